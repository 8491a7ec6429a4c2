using System.Text.Json;

namespace Migrations.Stress;

/// <summary>What a run of <c>up --output json</c> says that it did.</summary>
internal sealed class Account
{
    private readonly CliResult _result;
    private readonly JsonElement _error;

    private Account(CliResult result)
    {
        _result = result;
        Must.Hold(!result.All.Contains("   at ", StringComparison.Ordinal), $"A raw stack trace: {result}");
        Done =
        [
            .. result
                .Json.EnumerateArray()
                .Where(r => r.GetProperty("outcome").GetString() == "Done")
                .Select(r => r.GetProperty("name").GetString()!),
        ];
        _error = Errors(result).LastOrDefault();
        Must.Hold(
            _error.ValueKind == JsonValueKind.Undefined || _error.GetProperty("category").GetString() is not "Unexpected",
            $"An error that nobody foresaw: {result}"
        );
        Must.Hold(result.ExitCode == 0 == (_error.ValueKind == JsonValueKind.Undefined), $"Exit code and error disagree: {result}");
    }

    /// <summary>The migrations that it says are applied.</summary>
    public List<string> Done { get; }

    /// <summary>The error's id; null when it ended well.</summary>
    public string? ErrorId => _error.ValueKind == JsonValueKind.Undefined ? null : _error.GetProperty("id").GetString();

    public static Account Of(CliResult result) => new(result);

    /// <summary>That exactly what it says was done is in the database; where it says that it does not know, one more may be.</summary>
    /// <param name="present">What is in the database.</param>
    /// <param name="all">What there was to do.</param>
    public void Check(IReadOnlyList<string> present, IReadOnlyList<string> all)
    {
        Must.Hold(
            ErrorId is not null || present.SequenceEqual(all, StringComparer.Ordinal),
            $"It says that all is done, and the database has [{string.Join(", ", present)}]: {_result}"
        );
        if (Done.SequenceEqual(present, StringComparer.Ordinal))
            return;
        var open = ErrorId is nameof(Migrations.ErrorId.OutcomeUnknown)
            ? _error.GetProperty("notApplied").EnumerateArray().Select(e => e.GetString()!).ToList()
            : [];
        var mayBe = Done.Concat(open.Take(1));
        Must.Hold(
            present.SequenceEqual(mayBe, StringComparer.Ordinal)
                || (open.Count == all.Count && present.SequenceEqual(all, StringComparer.Ordinal)),
            $"It says that [{string.Join(", ", Done)}] is done, and the database has [{string.Join(", ", present)}]: {_result}"
        );
    }

    private static IEnumerable<JsonElement> Errors(CliResult result)
    {
        foreach (var line in result.Error.Split('\n').Where(l => l.StartsWith("{\"error\"", StringComparison.Ordinal)))
        {
            using var document = JsonDocument.Parse(line);
            yield return document.RootElement.GetProperty("error").Clone();
        }
    }
}
