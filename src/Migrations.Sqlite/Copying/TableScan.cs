using System.Runtime.ExceptionServices;
using Migrations.Events;
using Migrations.Sqlite.Native;
using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>Looks at every value of a table, in one pass; of a large table, several connections look at some each.</summary>
internal sealed class TableScan
{
    private const int RowsBetweenQuestions = 1000;
    private const int RowsBetweenReports = 100_000;

    private readonly SourceTable _table;
    private readonly Func<string, ColumnType?> _chosen;
    private readonly IEventSink _events;
    private long _rows;

    private TableScan(SourceTable table, Func<string, ColumnType?> chosen, IEventSink events) =>
        (_table, _chosen, _events) = (table, chosen, events);

    /// <summary>Looks at them.</summary>
    /// <param name="handles">Connections with a read transaction of one state.</param>
    /// <param name="table">The table.</param>
    /// <param name="chosen">The types that the caller has chosen, by column.</param>
    /// <param name="events">Receives the progress.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The rows, and what the values of each column are.</returns>
    public static (long Rows, ColumnScan[] Columns) Read(
        IReadOnlyList<SqliteHandle> handles,
        SourceTable table,
        Func<string, ColumnType?> chosen,
        IEventSink events,
        CancellationToken cancellationToken
    )
    {
        var scan = new TableScan(table, chosen, events);
        var ranges = handles.Count > 1 ? RowidRanges.Of(handles[0], table) : null;
        var columns = ranges is { IsWorthSharing: true }
            ? scan.ReadShared(handles, ranges, cancellationToken)
            : scan.Read(handles[0], ranges: null, cancellationToken);
        return (scan._rows, columns);
    }

    private ColumnScan[] ReadShared(IReadOnlyList<SqliteHandle> handles, RowidRanges ranges, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<ColumnScan[]>[] parts = [.. handles.Select(h => Task.Run(() => Read(h, ranges, stop.Token), CancellationToken.None))];
        try
        {
            // Whichever fails, the others end before their connections are used again.
            while (Array.FindAll(parts, p => !p.IsCompleted) is { Length: > 0 } open)
            {
                _ = Task.WaitAny(open, CancellationToken.None);
                if (Array.Exists(parts, p => p.IsCompleted && !p.IsCompletedSuccessfully))
                    stop.Cancel();
            }

            Task.WaitAll(parts, CancellationToken.None);
        }
        catch (AggregateException e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ExceptionDispatchInfo.Throw(e.InnerExceptions.FirstOrDefault(i => i is not OperationCanceledException) ?? e);
        }

        var columns = parts[0].Result;
        foreach (var part in parts[1..])
        {
            for (var i = 0; i < columns.Length; i++)
                columns[i].Add(part.Result[i]);
        }

        return columns;
    }

    private ColumnScan[] Read(SqliteHandle handle, RowidRanges? ranges, CancellationToken cancellationToken)
    {
        ColumnScan[] columns = [.. _table.Text.Columns.Select(c => new ColumnScan(new DeclaredWord(c.Type), _chosen(c.Name)))];
        var list = _table.KeyColumns.Concat(_table.Text.Columns.Select(c => c.Name)).Select(SqliteNames.Quote);
        using var row = handle.Prepare($"SELECT {string.Join(", ", list)} FROM main.{_table.Shape.Quoted}{RowidRanges.Condition(ranges)}");
        string Key() => _table.KeyOf(row);
        Func<string> key = Key;
        var (rows, first) = (0L, _table.KeyColumns.Count);
        while (ranges is null || ranges.TryBind(row))
        {
            while (row.Step())
            {
                for (var i = 0; i < columns.Length; i++)
                    columns[i].Add(row, first + i, key);
                if (++rows % RowsBetweenQuestions == 0)
                    Report(RowsBetweenQuestions, cancellationToken);
            }

            if (ranges is null)
                break;
        }

        _ = Interlocked.Add(ref _rows, rows % RowsBetweenQuestions);
        return columns;
    }

    private void Report(int more, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var rows = Interlocked.Add(ref _rows, more);
        if (rows % RowsBetweenReports < more)
            _events.Publish(new WorkAdvanced($"Reading every value of {_table.Item.Name}", rows, Total: null, "rows"));
    }
}
