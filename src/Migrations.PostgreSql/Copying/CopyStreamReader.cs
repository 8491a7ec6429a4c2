using System.Buffers.Binary;
using Migrations.Databases;
using Migrations.Tables;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Reads rows by COPY BINARY; of all types but decimal numbers, what the server sends is the canonical form.</summary>
internal sealed class CopyStreamReader : IRowReader
{
    private const int BytesBetweenCollections = 32 * 1024 * 1024;

    private readonly NpgsqlRawCopyStream _stream;
    private readonly bool[]? _decimals;
    private byte[] _buffer = new byte[RowBatch.Size];
    private int _from;
    private int _to;
    private bool _isAtEnd;
    private int _sinceCollection;

    private CopyStreamReader(NpgsqlRawCopyStream stream, IReadOnlyList<ReadColumn> columns)
    {
        _stream = stream;
        _decimals = columns.Any(c => c.Type.Kind == ColumnKind.Decimal)
            ? [.. columns.Select(c => c.Type.Kind == ColumnKind.Decimal)]
            : null;
    }

    /// <summary>Begins.</summary>
    public static async Task<CopyStreamReader> OpenAsync(
        PostgreSqlConnection connection,
        string sql,
        IReadOnlyList<ReadColumn> columns,
        CancellationToken cancellationToken
    )
    {
        var stream = await connection.Npgsql.BeginRawBinaryCopyAsync(sql, cancellationToken).ConfigureAwait(false);
        var reader = new CopyStreamReader(stream, columns);
        await reader.FillAsync(CopyStreamWriter.Head.Length, cancellationToken).ConfigureAwait(false);
        reader._from += CopyStreamWriter.Head.Length;
        return reader;
    }

    /// <inheritdoc/>
    public async ValueTask<bool> ReadAsync(RowBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            while (!_isAtEnd && !batch.IsFull)
            {
                var length = LengthOfRow();
                if (length < 0)
                {
                    await FillAsync(Math.Max(-length, _to - _from + 1), cancellationToken).ConfigureAwait(false);
                    continue;
                }

                if (length == 0)
                    _isAtEnd = true;
                else
                    Add(batch, _buffer.AsSpan(_from, length));
                _from += length;
            }

            return batch.Rows > 0;
        }
        catch (PostgresException e)
        {
            throw PostgreSqlErrors.General(e, "Reading rows");
        }
        catch (Exception e) when (e is NpgsqlException or IOException)
        {
            throw new MigrationException(
                ErrorId.ConnectionFailed,
                $"Reading rows failed, because the connection broke: {PostgreSqlErrors.Message(e).TrimEnd('.')}.",
                "Check the server and the network, then run the command again.",
                e
            );
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or IOException)
        {
            // What was read is read.
        }
    }

    /// <summary>The length of the row at hand: 0 at the end of all rows, below 0 how many bytes are needed to know more.</summary>
    private int LengthOfRow()
    {
        var bytes = _buffer.AsSpan(_from, _to - _from);
        if (bytes.Length < sizeof(short))
            return -sizeof(short);
        var fields = BinaryPrimitives.ReadInt16BigEndian(bytes);
        if (fields < 0)
            return 0;
        var at = sizeof(short);
        for (var i = 0; i < fields; i++)
        {
            if (bytes.Length < at + sizeof(int))
                return -(at + sizeof(int));
            var length = BinaryPrimitives.ReadInt32BigEndian(bytes[at..]);
            at += sizeof(int) + Math.Max(0, length);
        }

        return at <= bytes.Length ? at : -at;
    }

    private void Add(RowBatch batch, ReadOnlySpan<byte> row)
    {
        if (_decimals is null)
        {
            batch.AddRow(row);
            return;
        }

        batch.BeginRow(_decimals.Length);
        var at = sizeof(short);
        foreach (var isDecimal in _decimals)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(row[at..]);
            at += sizeof(int);
            if (length < 0)
            {
                batch.AddNull();
                continue;
            }

            if (isDecimal)
                DecimalForm.Add(batch, row.Slice(at, length));
            else
                batch.Add(row.Slice(at, length));
            at += length;
        }

        batch.EndRow();
    }

    // Npgsql makes an object for each message. Where the processor's cache is large, the runtime would let hundreds of megabytes of them
    // gather before it looks; each of these looks takes about a millisecond.
    private void Collect()
    {
        _sinceCollection += _to;
        if (_sinceCollection < BytesBetweenCollections)
            return;
        _sinceCollection = 0;
        GC.Collect(0, GCCollectionMode.Forced, blocking: true);
    }

    private async ValueTask FillAsync(int needed, CancellationToken cancellationToken)
    {
        if (_from > 0)
        {
            _buffer.AsSpan(_from, _to - _from).CopyTo(_buffer);
            (_from, _to) = (0, _to - _from);
        }

        if (needed > _buffer.Length)
            Array.Resize(ref _buffer, checked((int)Math.Min(Array.MaxLength, Math.Max(2L * _buffer.Length, needed))));
        while (_to < needed)
        {
            var read = await _stream.ReadAsync(_buffer.AsMemory(_to), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                throw new IOException("the stream of rows ended too early");
            _to += read;
        }

        // The server sends a message for each row: many of them are parsed at a time.
        while (_to < RowBatch.Size / 2)
        {
            var read = await _stream.ReadAsync(_buffer.AsMemory(_to), cancellationToken).ConfigureAwait(false);
            if (read == 0)
                return;
            _to += read;
        }

        Collect();
    }
}
