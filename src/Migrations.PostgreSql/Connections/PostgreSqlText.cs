using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Migrations.PostgreSql;

/// <summary>Names, literals and values in our own statements.</summary>
internal static class PostgreSqlText
{
    // Bytes, not characters.
    private const int LongestName = 63;

    /// <summary>A name, quoted.</summary>
    public static string Name(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    /// <summary>
    /// A name that the server keeps whole (<see
    /// href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS"/>): all of the end, and as much of the
    /// beginning as there is room for.
    /// </summary>
    public static string Fit(string beginning, string end)
    {
        var room = LongestName - Encoding.UTF8.GetByteCount(end);
        return string.Concat(beginning.EnumerateRunes().TakeWhile(r => (room -= r.Utf8SequenceLength) >= 0)) + end;
    }

    /// <summary>A literal, quoted.</summary>
    public static string Literal(string text) =>
        text.Contains('\\', StringComparison.Ordinal)
            ? "E'" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal) + "'"
            : "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    /// <summary>A value with its type, so that NULL has one too.</summary>
    public static NpgsqlParameter Parameter(object? value, NpgsqlDbType type) =>
        new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };

    /// <summary>A text; characters that PostgreSQL cannot store are left out.</summary>
    public static NpgsqlParameter Parameter(string? text) =>
        Parameter(text?.Replace("\0", "", StringComparison.Ordinal), NpgsqlDbType.Text);

    /// <summary>A number.</summary>
    public static NpgsqlParameter Parameter(long? number) => Parameter(number, NpgsqlDbType.Bigint);

    /// <summary>A number.</summary>
    public static NpgsqlParameter Parameter(int? number) => Parameter(number, NpgsqlDbType.Integer);

    /// <summary>A value of one of the types that our statements use.</summary>
    public static NpgsqlParameter Of(object? value) =>
        value switch
        {
            int number => Parameter((int?)number),
            long number => Parameter((long?)number),
            Guid id => new NpgsqlParameter<Guid> { TypedValue = id },
            TimeSpan time => Parameter((long?)(long)time.TotalMilliseconds),
            _ => Parameter((string?)value),
        };
}
