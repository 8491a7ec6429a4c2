using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Migrations.Databases;
using Migrations.Sqlite.Native;
using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>Writes rows in the canonical form into a table, in the transaction of the whole copy.</summary>
internal sealed class SqliteRowWriter : IRowWriter
{
    private readonly SqliteHandle _handle;
    private readonly DatabaseTarget _target;
    private readonly ColumnKind[] _kinds;
    private readonly SqliteStatement _insert;

    public SqliteRowWriter(SqliteHandle handle, DatabaseTarget target, CopyTable table)
    {
        (_handle, _target) = (handle, target);
        var columns = table.Stored.ToList();
        _kinds = [.. columns.Select(c => c.Type.Kind)];
        _insert = handle.Prepare(
            columns.Count == 0
                ? $"INSERT INTO main.{SqliteNames.Quote(table.Name)} DEFAULT VALUES"
                : $"INSERT INTO main.{SqliteNames.Quote(table.Name)} ({string.Join(", ", columns.Select(c => SqliteNames.Quote(c.Name)))}) "
                    + $"VALUES ({string.Join(", ", Enumerable.Repeat("?", columns.Count))})"
        );
    }

    /// <inheritdoc/>
    public ValueTask WriteAsync(RowBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            _handle.Watch.Token = cancellationToken;
            for (var i = 0; i < batch.Rows; i++)
                Insert(batch[i]);
            return ValueTask.CompletedTask;
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
    public Task CompleteAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _insert.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Insert(ReadOnlySpan<byte> row)
    {
        var at = sizeof(short);
        for (var i = 0; i < _kinds.Length; i++)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(row[at..]);
            at += sizeof(int);
            if (length < 0)
            {
                _insert.Bind(i + 1, (long?)null);
                continue;
            }

            Bind(i + 1, _kinds[i], row.Slice(at, length));
            at += length;
        }

        _insert.Run();
    }

    private void Bind(int index, ColumnKind kind, ReadOnlySpan<byte> value)
    {
        switch (kind)
        {
            case ColumnKind.Integer:
                _insert.Bind(index, BinaryPrimitives.ReadInt64BigEndian(value));
                break;
            case ColumnKind.Boolean:
                _insert.Bind(index, (long?)value[0]);
                break;
            case ColumnKind.Real:
                _insert.BindReal(index, BinaryPrimitives.ReadDoubleBigEndian(value));
                break;
            case ColumnKind.Decimal:
                BindDecimal(index, DecimalForm.Text(value));
                break;
            case ColumnKind.Bytes:
                _insert.BindBlob(index, value);
                break;
            case ColumnKind.Date:
                _insert.Bind(index, MomentText.WriteDay(BinaryPrimitives.ReadInt32BigEndian(value)));
                break;
            case ColumnKind.Timestamp or ColumnKind.TimestampWithZone:
                _insert.Bind(
                    index,
                    MomentText.Write(BinaryPrimitives.ReadInt64BigEndian(value), isZoned: kind == ColumnKind.TimestampWithZone)
                );
                break;
            case ColumnKind.Uuid:
                _insert.BindText(index, Encoding.ASCII.GetBytes(new Guid(value, bigEndian: true).ToString()));
                break;
            default:
                _insert.BindText(index, value);
                break;
        }
    }

    // A whole number stays exact in 64 bits; any other that comes here is what its shortest decimal says.
    private void BindDecimal(int index, string text)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            _insert.Bind(index, number);
        else
            _insert.BindReal(index, double.Parse(text, CultureInfo.InvariantCulture));
    }
}
