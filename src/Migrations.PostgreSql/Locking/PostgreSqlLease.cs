using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// The migration lock behind a pooler in transaction mode: a row with the holder's token and a heartbeat. Each step's transaction holds
/// <c>FOR KEY SHARE</c> on the row, the heartbeat does not touch its key, and a takeover needs <c>FOR UPDATE</c>: so a running step is
/// never overtaken, however long the heart stands still.
/// </summary>
internal sealed class PostgreSqlLease : IAsyncDisposable
{
    private const string StaleAfter = "interval '30 seconds'";
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    private readonly PostgreSqlConnection _connection;
    private readonly string _table;
    private readonly Guid _token = Guid.NewGuid();
    private readonly CancellationTokenSource _stop = new();
    private Task _heart = Task.CompletedTask;
    private readonly SemaphoreSlim _news = new(0);
    private string _owner = ApplicationName.Of(migration: null);
    private bool _isTaken;

    private PostgreSqlLease(PostgreSqlConnection connection)
    {
        _connection = connection;
        _table = Table(connection);
    }

    /// <summary>A SQL expression that fails when the row has another token, and keeps the row until the transaction ends.</summary>
    public string Guard =>
        $"""
            1 OPERATOR(pg_catalog./) (SELECT pg_catalog.count(*) FROM (SELECT 1 FROM {_table}
                WHERE name OPERATOR(pg_catalog.=) {PostgreSqlText.Literal(_connection.Options.HistoryTable)}
                AND token OPERATOR(pg_catalog.=) '{_token}'::pg_catalog.uuid FOR KEY SHARE) AS lease)
            """;

    /// <summary>Makes sure that the table is there.</summary>
    public static async Task<PostgreSqlLease> PrepareAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        var lease = new PostgreSqlLease(connection);
        // Before the row is there, which only a transaction could guard.
        await Poolers.RefuseStatementModeAsync(connection, cancellationToken).ConfigureAwait(false);
        for (
            var attempt = 1;
            !await connection
                .AnyAsync("SELECT 1 WHERE pg_catalog.to_regclass($1) IS NOT NULL", cancellationToken, lease._table)
                .ConfigureAwait(false);
            attempt++
        )
        {
            try
            {
                await lease.CreateAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException e) when (attempt < 5 && PostgreSqlErrors.IsRace(e))
            {
                // Look again.
            }
            catch (PostgresException e)
            {
                throw new LockException(
                    ErrorId.LockUnsupported,
                    $"Behind a pooler in transaction mode the migration lock is a row in {lease._table}, and that table cannot be "
                        + $"created: {e.MessageText} ({e.SqlState}).",
                    $"Connect to the server itself instead of the pooler, or have an administrator run '{Call.Up}' once.",
                    holder: null
                );
            }
        }

        return lease;
    }

    /// <summary>Who holds the row; null when no one does.</summary>
    public static async Task<LockHolder?> FindHolderAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        LockHolder? holder = null;
        try
        {
            await connection
                .QueryWithinLimitsAsync(
                    $"SELECT owner, since FROM {Table(connection)} WHERE name = $1 AND beat > pg_catalog.clock_timestamp() - {StaleAfter}",
                    row => holder = Holder(row.GetString(0), row.GetDateTime(1)),
                    cancellationToken,
                    connection.Options.HistoryTable
                )
                .ConfigureAwait(false);
        }
        catch (PostgresException e)
            when (e.SqlState
                    is PostgresErrorCodes.UndefinedTable
                        or PostgresErrorCodes.InvalidSchemaName
                        or PostgresErrorCodes.InsufficientPrivilege
                        or PostgresErrorCodes.UndefinedColumn
                        or PostgresErrorCodes.LockNotAvailable
                        or PostgresErrorCodes.QueryCanceled
            )
        {
            return null; // No pooler has ever been between, or it is not for us to see.
        }

        return holder;
    }

    /// <summary>Takes the row when it is free, ours, or left behind.</summary>
    public async Task<bool> TryTakeAsync(CancellationToken cancellationToken)
    {
        var (name, token, owner) = (_connection.Options.HistoryTable, _token, _owner);
        var taken =
            await _connection
                .AnyAsync(
                    $"INSERT INTO {_table} (name, token, owner, since, beat) VALUES ($1, $2, $3, pg_catalog.clock_timestamp(), "
                        + "pg_catalog.clock_timestamp()) ON CONFLICT (name) DO NOTHING RETURNING 1",
                    cancellationToken,
                    name,
                    token,
                    owner
                )
                .ConfigureAwait(false)
            || await _connection
                .AnyAsync(
                    $"""
                    WITH stale AS (
                        SELECT name FROM {_table} WHERE name = $1 AND (token = $2 OR beat < pg_catalog.clock_timestamp() - {StaleAfter})
                            FOR UPDATE SKIP LOCKED)
                    UPDATE {_table} AS l SET token = $2, owner = $3, since = pg_catalog.clock_timestamp(),
                        beat = pg_catalog.clock_timestamp() FROM stale WHERE l.name = stale.name RETURNING 1
                    """,
                    cancellationToken,
                    name,
                    token,
                    owner
                )
                .ConfigureAwait(false);
        if (taken && !_isTaken)
            _heart = Task.Run(() => BeatAsync(_stop.Token), CancellationToken.None);
        _isTaken |= taken;
        return taken;
    }

    /// <summary>Writes into the row which migration is being worked on.</summary>
    public void WorkOn(string migration)
    {
        _owner = ApplicationName.Of(migration);
        _news.Release();
    }

    /// <summary>Gives the row back.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _heart.ConfigureAwait(false);
        _stop.Dispose();
        _news.Dispose();
        if (!_isTaken || !_connection.IsOpen)
            return;
        try
        {
            await _connection
                .AnyAsync(
                    $"DELETE FROM {_table} WHERE name = $1 AND token = $2 RETURNING 1",
                    CancellationToken.None,
                    _connection.Options.HistoryTable,
                    _token
                )
                .ConfigureAwait(false);
        }
        catch (NpgsqlException e) when (PostgreSqlErrors.IsBroken(e))
        {
            // The row grows stale and is taken over.
        }
    }

    private static string Table(PostgreSqlConnection connection) =>
        PostgreSqlText.Name(connection.Options.HistorySchema ?? "public") + ".\"migration_lock\"";

    private static LockHolder Holder(string owner, DateTime since)
    {
        var (host, process, migration) = ApplicationName.Read(owner);
        return new LockHolder
        {
            ProcessId = process,
            Host = host,
            Since = new DateTimeOffset(since, TimeSpan.Zero),
            Migration = migration,
        };
    }

    private async Task CreateAsync(CancellationToken cancellationToken)
    {
        if (
            _connection.Options.HistorySchema is { } schema
            && !await _connection
                .AnyAsync("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", cancellationToken, schema)
                .ConfigureAwait(false)
        )
            await _connection
                .ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {PostgreSqlText.Name(schema)}", cancellationToken)
                .ConfigureAwait(false);
        await _connection
            .ExecuteAsync(
                $"CREATE TABLE IF NOT EXISTS {_table} (name pg_catalog.text PRIMARY KEY, token pg_catalog.uuid NOT NULL, owner "
                    + "pg_catalog.text NOT NULL, since pg_catalog.timestamptz NOT NULL, beat pg_catalog.timestamptz NOT NULL)",
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    /// <summary>Keeps the row fresh from a connection of its own; the session's is busy with scripts.</summary>
    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var connection = await _connection.Connector.OpenSecondAsync(cancellationToken).ConfigureAwait(false);
                await using var _ = connection.ConfigureAwait(false);
                using var command = new NpgsqlCommand(
                    $"UPDATE {_table} SET beat = pg_catalog.clock_timestamp(), owner = $3 WHERE name OPERATOR(pg_catalog.=) $1 "
                        + "AND token OPERATOR(pg_catalog.=) $2",
                    connection
                );
                var owner = PostgreSqlText.Parameter(_owner);
                command.Parameters.Add(PostgreSqlText.Parameter(_connection.Options.HistoryTable));
                command.Parameters.Add(new NpgsqlParameter<Guid> { TypedValue = _token });
                command.Parameters.Add(owner);
                while (true)
                {
                    await _news.WaitAsync(Beat, cancellationToken).ConfigureAwait(false);
                    owner.Value = _owner;
                    await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e) when (PostgreSqlErrors.MayPass(e) || PostgreSqlErrors.IsBroken(e))
            {
                await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
