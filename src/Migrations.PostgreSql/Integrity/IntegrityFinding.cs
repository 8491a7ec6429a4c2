using System.Globalization;

namespace Migrations.PostgreSql;

/// <summary>What a question to the server brought up.</summary>
/// <param name="Status">The answer.</param>
/// <param name="Message">The answer in a sentence.</param>
/// <param name="Objects">What it is about: name, and behind a colon what is wrong with it.</param>
/// <param name="NextStep">What to do.</param>
/// <param name="Expected">What should be.</param>
internal sealed record IntegrityFinding(
    CheckStatus Status,
    string Message,
    IReadOnlyList<string> Objects,
    Advice? NextStep = null,
    string? Expected = null
)
{
    /// <summary>What has everything looked at.</summary>
    public static readonly Advice Thorough =
        $"Have all of them read: {Call.Check.With(CallOption.Category.Of("engine")).With(CallOption.Thorough)}";

    private const int MostWays = 3;

    /// <summary>All is as it should be.</summary>
    public static IntegrityFinding Pass(string message) => new(CheckStatus.Pass, message, []);

    /// <summary>It could not be asked.</summary>
    public static IntegrityFinding NotRun(string reason, Advice? recommendation = null) =>
        new(CheckStatus.NotRun, reason, [], recommendation);

    /// <summary>What was found, if anything.</summary>
    /// <param name="found">The objects, each with what to do about it.</param>
    /// <param name="status">How bad that is.</param>
    /// <param name="good">The sentence when there are no such objects; it is also what is expected.</param>
    /// <param name="bad">The sentence when there are some, with <c>{0}</c> for how many.</param>
    /// <param name="one">What one is called, with its verb.</param>
    /// <param name="many">What several are called, with their verb.</param>
    public static IntegrityFinding Of(
        IReadOnlyList<(string Object, string Way)> found,
        CheckStatus status,
        string good,
        string bad,
        string one,
        string many
    )
    {
        if (found.Count == 0)
            return Pass(good);
        var count = string.Create(CultureInfo.InvariantCulture, $"{found.Count} {(found.Count == 1 ? one : many)}");
        return new IntegrityFinding(
            status,
            bad.Replace("{0}", count, StringComparison.Ordinal),
            [.. found.Select(f => f.Object)],
            WaysOf([.. found.Select(f => f.Way).Distinct(StringComparer.Ordinal)]),
            good
        );
    }

    private static string WaysOf(IReadOnlyList<string> ways) =>
        string.Join(' ', ways.Take(MostWays)) + (ways.Count > MostWays ? " And so on for the others." : "");
}
