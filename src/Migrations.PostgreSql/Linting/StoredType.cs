using System.Globalization;

namespace Migrations.PostgreSql;

/// <summary>
/// Types of columns, and which changes of a type leave the rows as they are
/// (<see href="https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES"/>).
/// </summary>
internal static class StoredType
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["int"] = "integer",
        ["int4"] = "integer",
        ["int8"] = "bigint",
        ["int2"] = "smallint",
        ["varchar"] = "character varying",
        ["char"] = "character",
        ["bpchar"] = "character",
        ["bool"] = "boolean",
        ["decimal"] = "numeric",
        ["float"] = "double precision",
        ["float8"] = "double precision",
        ["float4"] = "real",
        ["timestamptz"] = "timestamp with time zone",
        ["timestamp"] = "timestamp without time zone",
        ["timetz"] = "time with time zone",
        ["time"] = "time without time zone",
        ["varbit"] = "bit varying",
    };

    /// <summary>A type as the server writes it, without blanks in its parentheses.</summary>
    public static string Normal(string written)
    {
        var text = string.Join(' ', written.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();
        text = text.Replace("pg_catalog.", "", StringComparison.Ordinal).Replace(" (", "(", StringComparison.Ordinal);
        text = text.Replace("( ", "(", StringComparison.Ordinal).Replace(" )", ")", StringComparison.Ordinal);
        text = text.Replace(", ", ",", StringComparison.Ordinal).Replace("\"", "", StringComparison.Ordinal);
        var end = text.IndexOfAny(['(', '[', ' ']);
        var (name, rest) = end < 0 ? (text, "") : (text[..end], text[end..]);
        if (rest.StartsWith(" with", StringComparison.Ordinal))
            return text;
        if (name is "timestamp" or "time" && rest.Contains(" with", StringComparison.Ordinal))
            return name + rest[rest.IndexOf(" with", StringComparison.Ordinal)..] + rest[..rest.IndexOf(" with", StringComparison.Ordinal)];
        return (
                name is "character" or "bit" && rest.StartsWith(" varying", StringComparison.Ordinal)
                    ? name
                    : Names.GetValueOrDefault(name, name)
            ) + rest;
    }

    /// <summary>Whether a column of a type takes its value from a sequence.</summary>
    public static bool IsSerial(string type) => type is "serial" or "bigserial" or "smallserial" or "serial4" or "serial8" or "serial2";

    /// <summary>The type that the values of such a column have.</summary>
    public static string OfSerial(string type) =>
        type switch
        {
            "bigserial" or "serial8" => "bigint",
            "smallserial" or "serial2" => "smallint",
            _ => "integer",
        };

    /// <summary>Whether a change of type writes every row again; null where that depends on the old type, which is not known.</summary>
    /// <param name="from">The old type; null where it is not known.</param>
    /// <param name="to">The new one.</param>
    public static bool? Rewrites(string? from, string to)
    {
        if (from is null)
            return to is "text" || to.StartsWith("character varying", StringComparison.Ordinal) ? null : true;
        var ((oldName, oldSize), (newName, newSize)) = (Parts(from), Parts(to));
        if (string.Equals(from, to, StringComparison.Ordinal))
            return false;
        var isWider = newSize.Count == 0 || (oldSize.Count > 0 && newSize[0] >= oldSize[0]);
        return (oldName, newName) switch
        {
            ("character varying", "character varying") => !isWider,
            ("character varying" or "text" or "citext", "text") => false,
            ("text", "character varying") => newSize.Count > 0,
            ("citext", "character varying") or ("character varying" or "text", "citext") => newSize.Count > 0,
            ("numeric", "numeric") => newSize.Count > 0 && !(isWider && Scale(oldSize) == Scale(newSize)),
            ("bit varying", "bit varying") => !isWider,
            ("cidr", "inet") => false,
            ("timestamp without time zone", "timestamp without time zone") => !isWider,
            ("timestamp with time zone", "timestamp with time zone") => !isWider,
            _ => true,
        };
    }

    private static int Scale(List<int> size) => size.Count > 1 ? size[1] : 0;

    private static (string Name, List<int> Size) Parts(string type)
    {
        var open = type.IndexOf('(', StringComparison.Ordinal);
        if (open < 0 || !type.EndsWith(')'))
            return (type, []);
        var size = type[(open + 1)..^1].Split(',').Select(n => int.TryParse(n, CultureInfo.InvariantCulture, out var number) ? number : -1);
        return (type[..open], [.. size]);
    }
}
