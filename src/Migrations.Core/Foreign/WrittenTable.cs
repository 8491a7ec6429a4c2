using Migrations.Databases;

namespace Migrations.Foreign;

/// <summary>Another tool's table that is written.</summary>
/// <param name="table">The table.</param>
/// <param name="rows">Its rows as they were before.</param>
internal sealed class WrittenTable(ForeignTable table, IReadOnlyList<ForeignRow> rows)
{
    /// <summary>Its rows as they were before.</summary>
    public IReadOnlyList<ForeignRow> Rows => rows;

    /// <summary>A column as it stands in statements: in quotes where the table does not write it in small letters.</summary>
    public string Column(string name)
    {
        var real = table.Columns.FirstOrDefault(c => string.Equals(c, name, StringComparison.OrdinalIgnoreCase)) ?? name;
        return real.All(c => char.IsAsciiLetterLower(c) || c is '_') ? real : $"\"{real.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>A literal of bytes: PostgreSQL, which has schemas, writes them otherwise than SQLite.</summary>
    public string Bytes(string hexadecimal) => table.Schema is null ? $"x'{hexadecimal}'" : $"'\\x{hexadecimal}'";

    /// <summary>The moment of the transaction, for a tool that keeps milliseconds since 1970 where the engine has no type for
    /// moments.</summary>
    public string Moment => table.Schema is null ? "CAST(strftime('%s', 'now') AS integer) * 1000" : ForeignSql.Now;

    /// <summary>The table as it stands in statements.</summary>
    public override string ToString() => table.Sql;
}
