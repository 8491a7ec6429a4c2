using Migrations.Events;
using Migrations.Sqlite.Native;
using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>Looks at every value of a table, in one pass.</summary>
internal static class TableScan
{
    private const int RowsBetweenQuestions = 1000;

    /// <summary>Looks at them.</summary>
    /// <param name="handle">A connection with a read transaction.</param>
    /// <param name="table">The table.</param>
    /// <param name="chosen">The types that the caller has chosen, by column.</param>
    /// <param name="events">Receives the progress.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The rows, and what the values of each column are.</returns>
    public static (long Rows, ColumnScan[] Columns) Read(
        SqliteHandle handle,
        SourceTable table,
        Func<string, ColumnType?> chosen,
        IEventSink events,
        CancellationToken cancellationToken
    )
    {
        ColumnScan[] columns = [.. table.Text.Columns.Select(c => new ColumnScan(new DeclaredWord(c.Type), chosen(c.Name)))];
        var list = table.KeyColumns.Concat(table.Text.Columns.Select(c => c.Name)).Select(SqliteNames.Quote);
        using var row = handle.Prepare($"SELECT {string.Join(", ", list)} FROM main.{table.Shape.Quoted}");
        var (rows, first) = (0L, table.KeyColumns.Count);
        var activity = $"Reading every value of {table.Item.Name}";
        string Key() => table.KeyOf(row);
        Func<string> key = Key;
        while (row.Step())
        {
            for (var i = 0; i < columns.Length; i++)
                columns[i].Add(row, first + i, key);
            if (++rows % RowsBetweenQuestions != 0)
                continue;
            cancellationToken.ThrowIfCancellationRequested();
            if (rows % 100_000 == 0)
                events.Publish(new WorkAdvanced(activity, rows, Total: null, "rows"));
        }

        return (rows, columns);
    }
}
