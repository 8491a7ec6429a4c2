using System.Globalization;

namespace Migrations.Fixtures.Makers;

/// <summary>What tables look like and hold, read past the engine.</summary>
internal static class TableShapes
{
    private static readonly string[] Shop = ["artists", "albums", "tracks"];

    private const string SqliteColumns =
        "SELECT 'column ' || name || ' ' || upper(type) || ' ' || \"notnull\" || ' ' || coalesce(replace(dflt_value, ' ', ''), '-') "
        + "|| ' ' || pk FROM pragma_table_info('{0}')";

    private const string SqliteIndexes =
        "SELECT 'index ' || \"unique\" || ' ' || origin || ' ' || (SELECT group_concat(name) FROM pragma_index_info(i.name)) "
        + "FROM pragma_index_list('{0}') i ORDER BY 1";

    private const string PostgreSqlColumns =
        "SELECT 'column ' || attname || ' ' || format_type(atttypid, atttypmod) || ' ' || attnotnull || ' ' || "
        + "coalesce(pg_get_expr(adbin, adrelid), '-') FROM pg_attribute LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum "
        + "WHERE attrelid = '{1}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum";

    private const string PostgreSqlIndexes =
        "SELECT 'index ' || pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = '{1}'::regclass ORDER BY 1";

    /// <summary>All tables but the application's: columns, indexes and rows, with a star for the values of columns that always
    /// differ.</summary>
    public static async Task<string> OfAsync(TestDatabase database, IReadOnlyList<string> changing)
    {
        var lines = new List<string>();
        foreach (var table in (await database.TablesAsync()).Except(Shop, StringComparer.Ordinal))
        {
            var quoted = Quoted(table);
            lines.Add($"table {table}");
            var isFile = database is SqliteTestDatabase;
            foreach (var query in isFile ? new[] { SqliteColumns, SqliteIndexes } : [PostgreSqlColumns, PostgreSqlIndexes])
                lines.AddRange(await database.RowsAsync(string.Format(CultureInfo.InvariantCulture, query, table, quoted)));
            // Where D1 counts what it has done to the file.
            if (table is not "_cf_METADATA")
                lines.AddRange(await RowsAsync(database, quoted, changing));
        }

        return string.Join('\n', lines);
    }

    /// <summary>The rows of one table.</summary>
    public static async Task<IReadOnlyList<string>> RowsAsync(TestDatabase database, string table, IReadOnlyList<string> changing)
    {
        await using var connection = await database.ConnectAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = $"SELECT * FROM {table}";
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            var values = Enumerable.Range(0, reader.FieldCount).Select(i => $"{reader.GetName(i)}={Value(i)}");
            rows.Add("row " + string.Join(' ', values));
        }

        return [.. rows.Order(StringComparer.Ordinal)];

        string Value(int column) =>
            reader.IsDBNull(column) ? "NULL"
            : changing.Contains(reader.GetName(column), StringComparer.OrdinalIgnoreCase) ? "*"
            : reader.GetValue(column) is string[] texts ? string.Join(';', texts)
            : reader.GetValue(column) is byte[] bytes ? Convert.ToHexString(bytes)
            : Convert.ToString(reader.GetValue(column), CultureInfo.InvariantCulture)!;
    }

    private static string Quoted(string table) => string.Join('.', table.Split('.').Select(p => $"\"{p}\""));
}
