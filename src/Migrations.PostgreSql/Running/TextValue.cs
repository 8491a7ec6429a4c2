using System.Globalization;

namespace Migrations.PostgreSql;

/// <summary>
/// Reads values as the server writes them (<see href="https://www.postgresql.org/docs/current/datatype.html"/>). What has no equal here
/// stays text: <c>infinity</c>, a numeric with more digits than a decimal holds, arrays, enums, and dates where <c>DateStyle</c> is not
/// ISO.
/// </summary>
internal static class TextValue
{
    // https://github.com/postgres/postgres/blob/master/src/include/catalog/pg_type.dat
    private static readonly Dictionary<uint, string> Names = new()
    {
        [16] = "boolean",
        [17] = "bytea",
        [20] = "bigint",
        [21] = "smallint",
        [23] = "integer",
        [25] = "text",
        [26] = "oid",
        [114] = "json",
        [700] = "real",
        [701] = "double precision",
        [1042] = "character",
        [1043] = "character varying",
        [1082] = "date",
        [1083] = "time",
        [1114] = "timestamp",
        [1184] = "timestamptz",
        [1186] = "interval",
        [1700] = "numeric",
        [2950] = "uuid",
        [3802] = "jsonb",
    };

    /// <summary>The name of a built-in type; null for one that has none here.</summary>
    public static string? NameOf(uint type) => Names.GetValueOrDefault(type);

    /// <summary>The value that a text means.</summary>
    /// <param name="type">The number of its type.</param>
    /// <param name="text">The server's text.</param>
    public static object Read(uint type, string text) => Parse(NameOf(type), text) ?? text;

    private static object? Parse(string? type, string text) =>
        type switch
        {
            "boolean" => text is "t",
            "smallint" => short.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null,
            "integer" => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null,
            "bigint" or "oid" => long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null,
            "real" => float.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null,
            "double precision" => double.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null,
            "numeric" => Decimal(text),
            "bytea" => Bytes(text),
            "uuid" => Guid.TryParse(text, out var id) ? id : null,
            "date" => Moment(text, "yyyy-MM-dd"),
            "timestamp" => Moment(text, "yyyy-MM-dd HH:mm:ss.FFFFFF"),
            "timestamptz" => DateTimeOffset.TryParseExact(
                text,
                ["yyyy-MM-dd HH:mm:ss.FFFFFFzz", "yyyy-MM-dd HH:mm:ss.FFFFFFzzz"],
                CultureInfo.InvariantCulture,
                DateTimeStyles.None,
                out var moment
            )
                ? moment
                : null,
            "time" => TimeSpan.TryParseExact(text, ["hh\\:mm\\:ss", "hh\\:mm\\:ss\\.FFFFFF"], CultureInfo.InvariantCulture, out var time)
                ? time
                : null,
            _ => null,
        };

    private static object? Moment(string text, string format) =>
        DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var moment) ? moment : null;

    /// <summary>A decimal only when it is the same number, with the same digits behind the point.</summary>
    private static object? Decimal(string text) =>
        decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out var number)
        && string.Equals(number.ToString(CultureInfo.InvariantCulture), text, StringComparison.Ordinal)
            ? number
            : null;

    private static object? Bytes(string text) =>
        text.StartsWith("\\x", StringComparison.Ordinal) ? Convert.FromHexString(text.AsSpan(2)) : null;
}
