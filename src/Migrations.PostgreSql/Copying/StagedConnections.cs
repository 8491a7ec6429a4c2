using System.Threading.Channels;
using Migrations.Databases;
using Migrations.Tables;

namespace Migrations.PostgreSql;

/// <summary>
/// The connections through which tables are written, and read back, at once. The first is the copy's own; the others only ever work on
/// tables that the first has created and committed.
/// </summary>
/// <param name="first">The connection of the copy.</param>
internal sealed class StagedConnections(PostgreSqlConnection first) : IAsyncDisposable
{
    private readonly List<PostgreSqlConnection> _others = [];
    private readonly Channel<PostgreSqlConnection> _free = ChannelOf(first);

    /// <summary>Opens others.</summary>
    /// <param name="most">How many there are to be in all.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>How many there are: fewer where the server has no room for more.</returns>
    public async Task<int> WidenAsync(int most, CancellationToken cancellationToken)
    {
        var options = first.Options with { Access = SessionAccess.Write, ConnectAttempts = 1, ConnectWait = TimeSpan.Zero };
        try
        {
            while (_others.Count + 1 < most)
            {
                var other = await PostgreSqlConnection
                    .OpenAsync(first.Target, options, first.Connector, cancellationToken)
                    .ConfigureAwait(false);
                _others.Add(other);
                _free.Writer.TryWrite(other);
            }
        }
        catch (MigrationException)
        {
            // The copy needs one connection, and has it.
        }

        return _others.Count + 1;
    }

    /// <summary>Opens a table to write it, on a connection that no one else uses until the writer is disposed.</summary>
    public async Task<IRowWriter> WriteAsync(
        Func<PostgreSqlConnection, Task<CopyStreamWriter>> open,
        CancellationToken cancellationToken
    ) =>
        await TakeAsync(async c => new Writer(await open(c).ConfigureAwait(false), () => Free(c)), cancellationToken).ConfigureAwait(false);

    /// <summary>Opens a table to read it, on a connection that no one else uses until the reader is disposed.</summary>
    public async Task<IRowReader> ReadAsync(Func<PostgreSqlConnection, Task<CopyStreamReader>> open, CancellationToken cancellationToken) =>
        await TakeAsync(async c => new Reader(await open(c).ConfigureAwait(false), () => Free(c)), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var other in _others)
            await other.DisposeAsync().ConfigureAwait(false);
    }

    private static Channel<PostgreSqlConnection> ChannelOf(PostgreSqlConnection first)
    {
        var channel = Channel.CreateUnbounded<PostgreSqlConnection>();
        channel.Writer.TryWrite(first);
        return channel;
    }

    private void Free(PostgreSqlConnection connection) => _free.Writer.TryWrite(connection);

    private async Task<T> TakeAsync<T>(Func<PostgreSqlConnection, Task<T>> open, CancellationToken cancellationToken)
    {
        var connection = await _free.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await open(connection).ConfigureAwait(false);
        }
        catch
        {
            Free(connection);
            throw;
        }
    }

    private sealed class Writer(CopyStreamWriter inner, Action released) : IRowWriter
    {
        public ValueTask WriteAsync(RowBatch batch, CancellationToken cancellationToken) => inner.WriteAsync(batch, cancellationToken);

        public Task CompleteAsync(CancellationToken cancellationToken) => inner.CompleteAsync(cancellationToken);

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync().ConfigureAwait(false);
            released();
        }
    }

    private sealed class Reader(CopyStreamReader inner, Action released) : IRowReader
    {
        public ValueTask<bool> ReadAsync(RowBatch batch, CancellationToken cancellationToken) => inner.ReadAsync(batch, cancellationToken);

        public async ValueTask DisposeAsync()
        {
            await inner.DisposeAsync().ConfigureAwait(false);
            released();
        }
    }
}
