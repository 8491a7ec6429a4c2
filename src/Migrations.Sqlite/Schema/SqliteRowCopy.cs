using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Copies the rows of a table as they are stored.</summary>
internal static class SqliteRowCopy
{
    /// <summary>Copies all rows into a table of the same shape.</summary>
    public static void Copy(SqliteHandle source, SqliteHandle destination, SqliteTableShape table)
    {
        using var rows = source.Prepare($"SELECT {table.List} FROM main.{table.Quoted}");
        using var insert = destination.Prepare(table.Insert);
        while (rows.Step())
            Copy(rows, insert, table.Values);
    }

    /// <summary>Copies the row that is read.</summary>
    public static void Copy(SqliteStatement row, SqliteStatement insert, int values)
    {
        for (var i = 0; i < values; i++)
            insert.Bind(i + 1, row, i);
        insert.Run();
    }
}
