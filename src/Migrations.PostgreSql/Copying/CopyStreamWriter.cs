using Migrations.Databases;
using Migrations.Tables;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Writes rows by <see href="https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-BINARY-FORMAT">COPY BINARY</see>, in an open
/// transaction. The canonical form of rows is that of the stream, so they go there as they are.
/// </summary>
internal sealed class CopyStreamWriter : IRowWriter
{
    /// <summary>What a stream begins with: the signature, no flags, no extension.</summary>
    public static readonly byte[] Head = [.. "PGCOPY\n"u8, 0xFF, (byte)'\r', (byte)'\n', 0, 0, 0, 0, 0, 0, 0, 0, 0];

    private static readonly byte[] End = [0xFF, 0xFF];

    private readonly PostgreSqlConnection _connection;
    private readonly Func<CancellationToken, Task> _completed;
    private NpgsqlRawCopyStream? _stream;

    private CopyStreamWriter(PostgreSqlConnection connection, NpgsqlRawCopyStream stream, Func<CancellationToken, Task> completed) =>
        (_connection, _stream, _completed) = (connection, stream, completed);

    /// <summary>Begins.</summary>
    /// <param name="connection">The connection, in the transaction, which ends when the rows are not completed.</param>
    /// <param name="sql">The COPY.</param>
    /// <param name="completed">What is done when all rows are there.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<CopyStreamWriter> OpenAsync(
        PostgreSqlConnection connection,
        string sql,
        Func<CancellationToken, Task> completed,
        CancellationToken cancellationToken
    )
    {
        var stream = await connection.Npgsql.BeginRawBinaryCopyAsync(sql, cancellationToken).ConfigureAwait(false);
        await stream.WriteAsync(Head, cancellationToken).ConfigureAwait(false);
        return new CopyStreamWriter(connection, stream, completed);
    }

    /// <inheritdoc/>
    public async ValueTask WriteAsync(RowBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            await _stream!.WriteAsync(batch.Memory, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or IOException)
        {
            throw await FailedAsync(e).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public Task CompleteAsync(CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(EndAsync(cancellationToken), "Copying rows");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_stream is not { } stream)
            return;
        _stream = null;
        try
        {
            await stream.CancelAsync().ConfigureAwait(false);
            await stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception e) when (e is NpgsqlException or IOException or InvalidOperationException)
        {
            // The transaction ends with the connection.
        }

        await _connection.RollBackAsync().ConfigureAwait(false);
    }

    private async Task EndAsync(CancellationToken cancellationToken)
    {
        await _stream!.WriteAsync(End, cancellationToken).ConfigureAwait(false);
        var stream = _stream;
        _stream = null;
        await stream.DisposeAsync().ConfigureAwait(false);
        await _completed(cancellationToken).ConfigureAwait(false);
    }

    // The server refuses a row while later ones are already being sent: its words come when the stream is closed.
    private async Task<Exception> FailedAsync(Exception failure)
    {
        try
        {
            var stream = _stream!;
            _stream = null;
            await stream.DisposeAsync().ConfigureAwait(false);
            return failure;
        }
        catch (PostgresException e)
        {
            return PostgreSqlErrors.General(e, "Copying rows");
        }
        catch (Exception e) when (e is NpgsqlException or IOException)
        {
            return new MigrationException(
                ErrorId.ConnectionFailed,
                $"Copying rows failed, because the connection broke: {PostgreSqlErrors.Message(e).TrimEnd('.')}.",
                "Check the server and the network, then run the command again.",
                e
            );
        }
    }
}
