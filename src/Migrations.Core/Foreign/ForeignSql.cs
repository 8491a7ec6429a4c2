namespace Migrations.Foreign;

/// <summary>Statements that change another tool's history, the same on every engine.</summary>
internal static class ForeignSql
{
    /// <summary>The moment of the transaction, as every engine writes it.</summary>
    public const string Now = "CURRENT_TIMESTAMP";

    /// <summary>A literal; the engine gives it the type of its column.</summary>
    public static string Text(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    /// <summary>Adds a row.</summary>
    /// <param name="table">The table.</param>
    /// <param name="values">Columns and the SQL of their values.</param>
    public static string Insert(WrittenTable table, params (string Column, string Sql)[] values) =>
        $"INSERT INTO {table} ({string.Join(", ", values.Select(v => table.Column(v.Column)))}) "
        + $"VALUES ({string.Join(", ", values.Select(v => v.Sql))})";

    /// <summary>Removes the rows with a value.</summary>
    public static string Delete(WrittenTable table, string column, string text) =>
        $"DELETE FROM {table} WHERE {table.Column(column)} = {Text(text)}";
}
