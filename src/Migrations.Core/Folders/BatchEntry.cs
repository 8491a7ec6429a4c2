using System.Globalization;
using System.Text.RegularExpressions;

namespace Migrations.Folders;

/// <summary>Reads the value of <c>Batch:</c>.</summary>
internal static partial class BatchEntry
{
    /// <summary>How it is written, for messages.</summary>
    public const string Allowed =
        "'Batch: 5000 rows', 'Batch: 5000 rows pause 50ms' or 'Batch: 5000 rows by <column>, <column> pause 50ms', with 1 to 1000000 rows";

    private const int MostRows = 1_000_000;

    /// <summary>Takes the value into a header; null where it is malformed. What speaks of no rows is only a remark.</summary>
    public static MigrationHeader? Take(MigrationHeader header, string value) =>
        !char.IsAsciiDigit(value[0]) && !value.Contains("row", StringComparison.OrdinalIgnoreCase) ? header
        : Read(value) is { } rule ? header with { Batch = rule }
        : null;

    private static BatchRule? Read(string value)
    {
        if (Form().Match(value) is not { Success: true } match)
            return null;
        if (
            !int.TryParse(match.Groups["rows"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
            || rows is < 1 or > MostRows
        )
            return null;
        var pause = TimeSpan.Zero;
        if (match.Groups["pause"] is { Success: true } text)
        {
            if (HeaderEntry.ParseDuration(text.Value) is not { } given)
                return null;
            pause = given;
        }

        var key = match.Groups["key"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return new BatchRule(rows) { Pause = pause, Key = key };
    }

    [GeneratedRegex(
        @"^(?<rows>\d{1,9}) +rows?( +by +(?<key>[^,\s]+( *, *[^,\s]+)*))?( +pause +(?<pause>\S+))?$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Form();
}
