using System.Globalization;
using Migrations.Sqlite.Native;
using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>The highest number that a table has given out (<see href="https://sqlite.org/autoinc.html"/>).</summary>
internal static class SqliteNumbering
{
    /// <summary>The statement that sets it, for people; null where there is nothing to set.</summary>
    public static string? Show(CopyTable table) =>
        SqliteTableScript.Numbered(table) is { HighestId: > 0 } column
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"INSERT INTO sqlite_sequence (name, seq) VALUES ({SqliteExpressionWriter.Literal(table.Name)}, {column.HighestId})"
            )
            : null;

    /// <summary>Sets it, in an empty table too.</summary>
    public static void Set(SqliteHandle handle, CopyTable table)
    {
        if (SqliteTableScript.Numbered(table) is { HighestId: > 0 } column)
            Set(handle, table.Name, column.HighestId);
    }

    /// <summary>Sets it to a number.</summary>
    public static void Set(SqliteHandle handle, string table, long highest)
    {
        // The rows have set their own mark, which may be lower.
        using (var old = handle.Prepare("DELETE FROM main.sqlite_sequence WHERE name = ?"))
        {
            old.Bind(1, table);
            old.Run();
        }

        using var mark = handle.Prepare("INSERT INTO main.sqlite_sequence (name, seq) VALUES (?, ?)");
        mark.Bind(1, table);
        mark.Bind(2, highest);
        mark.Run();
    }

    /// <summary>The number; 0 where none was given out.</summary>
    public static long Of(SqliteHandle handle, string table) =>
        handle.QueryInt64("SELECT seq FROM main.sqlite_sequence WHERE name = ?", table) ?? 0;
}
