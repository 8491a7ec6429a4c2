using Migrations.Databases;
using Migrations.Sqlite.Native;
using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>Reads the rows of a table in the canonical form: all of them, or those of the ranges that it takes.</summary>
internal sealed class SqliteRowReader : IRowReader
{
    private readonly SqliteHandle _handle;
    private readonly DatabaseTarget _target;
    private readonly SourceTable _table;
    private readonly RowRequest _request;
    private readonly ColumnType[] _types;
    private readonly SqliteStatement _row;
    private readonly int _first;
    private readonly RowidRanges? _ranges;
    private bool _isAtEnd;

    public SqliteRowReader(SqliteHandle handle, DatabaseTarget target, SourceTable table, RowRequest request, RowidRanges? ranges = null)
    {
        (_handle, _target, _table, _request) = (handle, target, table, request);
        _types = [.. request.Columns.Select(c => c.Type)];
        // The key is needed only to name a row that does not fit.
        IReadOnlyList<string> key = request.Rejected is null ? [] : table.KeyColumns;
        _first = key.Count;
        var list = key.Concat(request.Columns.Select(c => c.Name)).Select(SqliteNames.Quote);
        _row = handle.Prepare($"SELECT {string.Join(", ", list)} FROM main.{table.Shape.Quoted}{RowidRanges.Condition(ranges)}");
        _ranges = ranges;
        _isAtEnd = ranges?.TryBind(_row) == false;
    }

    /// <summary>Is called when the reader is done with its connection.</summary>
    public Action? Released { get; init; }

    /// <inheritdoc/>
    public ValueTask<bool> ReadAsync(RowBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            _handle.Watch.Token = cancellationToken;
            while (!_isAtEnd && !batch.IsFull)
            {
                if (_row.Step())
                    Add(batch);
                else
                    _isAtEnd = _ranges?.TryBind(_row) != true;
            }

            return ValueTask.FromResult(batch.Rows > 0);
        }
        catch (SqliteFailure) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (SqliteFailure e)
        {
            throw SqliteErrors.Translate(e, _target);
        }
        finally
        {
            _handle.Watch.Token = CancellationToken.None;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _row.Dispose();
        Released?.Invoke();
        return ValueTask.CompletedTask;
    }

    private void Add(RowBatch batch)
    {
        batch.BeginRow(_types.Length);
        for (var i = 0; i < _types.Length; i++)
        {
            if (RowEncoder.TryAdd(batch, _row, _first + i, _types[i]))
                continue;
            if (_request.Rejected is { } rejected)
            {
                batch.DropRow();
                rejected(Rejected(i));
                return;
            }

            RowEncoder.AddUnfit(batch, _row, _first + i);
        }

        batch.EndRow();
    }

    private RejectedRow Rejected(int column) =>
        new(
            _table.Item.Name,
            _table.KeyOf(_row),
            _request.Columns[column].Name,
            $"INSERT INTO {_table.Shape.Quoted} ({string.Join(", ", _request.Columns.Select(c => SqliteNames.Quote(c.Name)))}) VALUES ("
                + string.Join(", ", Enumerable.Range(_first, _types.Length).Select(i => RowLiteral.Of(_row, i)))
                + ")"
        );
}
