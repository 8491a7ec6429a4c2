namespace Migrations.PostgreSql;

/// <summary>
/// The name that the server gives to a column of a query that is only a conversion: the type's own name, where the standard's words stand
/// for one (<see href="https://www.postgresql.org/docs/current/datatype.html">data types</see>).
/// </summary>
internal static class CastName
{
    /// <summary>The name, without quotes; null when the words are no type.</summary>
    /// <param name="words">The type as the server writes it, word by word; without lengths and array brackets.</param>
    public static string? Of(IReadOnlyList<string> words) =>
        string.Join(' ', words) switch
        {
            "smallint" => "int2",
            "integer" => "int4",
            "bigint" => "int8",
            "real" => "float4",
            "double precision" => "float8",
            "boolean" => "bool",
            "character" => "bpchar",
            "character varying" => "varchar",
            "bit varying" => "varbit",
            "time without time zone" => "time",
            "time with time zone" => "timetz",
            "timestamp without time zone" => "timestamp",
            "timestamp with time zone" => "timestamptz",
            _ when words is ["interval", ..] => "interval",
            _ when words is [var name] => Unquoted(name),
            _ when words is [.., ".", var name] && words.Count % 2 == 1 && words.Where((_, i) => i % 2 == 1).All(w => w is ".") => Unquoted(
                name
            ),
            _ => null,
        };

    /// <summary>A name as it is stored.</summary>
    public static string Unquoted(string name) => name.StartsWith('"') ? name[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal) : name;
}
