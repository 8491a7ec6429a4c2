using System.Security.Cryptography;
using System.Text;
using Migrations.Tables;

namespace Migrations.PostgreSql;

/// <summary>
/// The names that objects get. They are kept as they are; one that the server would cut off
/// (<see href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS"/>) ends in a hash of all of it, so
/// that it is the same on every run and clashes with no other.
/// </summary>
internal static class TargetNames
{
    private const int LongestName = 63;

    /// <summary>The name that a name gets.</summary>
    public static string Of(string name)
    {
        var bytes = Encoding.UTF8.GetBytes(name);
        return bytes.Length <= LongestName
            ? name
            : PostgreSqlText.Fit(name, "_" + Convert.ToHexString(SHA256.HashData(bytes))[..8].ToLowerInvariant());
    }

    /// <summary>A name that is written into a statement.</summary>
    public static string Quoted(string name) => PostgreSqlText.Name(Of(name));

    /// <summary>Names that are written into a statement.</summary>
    public static string List(IEnumerable<string> names) => string.Join(", ", names.Select(Quoted));

    /// <summary>A table's name with its schema.</summary>
    public static string Qualified(string schema, string table) => PostgreSqlText.Name(schema) + "." + Quoted(table);

    /// <summary>A type in the server's words.</summary>
    public static string TypeOf(ColumnType type) =>
        type.Kind switch
        {
            ColumnKind.Timestamp => "timestamp without time zone",
            ColumnKind.TimestampWithZone => "timestamp with time zone",
            ColumnKind.Any => "text",
            _ => type.ToString(),
        };
}
