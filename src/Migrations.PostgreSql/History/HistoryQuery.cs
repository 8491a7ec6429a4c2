using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Queries the history table.</summary>
/// <param name="connection">The connection.</param>
/// <param name="errors">What is said when that fails.</param>
internal sealed class HistoryQuery(PostgreSqlConnection connection, HistoryErrors errors)
{
    /// <summary>Runs a query that waits for a lock on the table no longer than the session is to, and then says for whom.</summary>
    public async Task RunAsync(string query, Action<NpgsqlDataReader> take, CancellationToken cancellationToken, params object?[] values)
    {
        var watch = new BlockerWatch(connection, connection.Options.TableLockTimeout);
        await using var _ = watch.ConfigureAwait(false);
        try
        {
            await connection.QueryWithinLimitsAsync(query, take, cancellationToken, values).ConfigureAwait(false);
        }
        catch (PostgresException e)
            when (e.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.QueryCanceled
                && !cancellationToken.IsCancellationRequested
            )
        {
            var blocker = await watch.StopAsync().ConfigureAwait(false);
            throw new MigrationException(
                PostgreSqlErrors.IdOf(e),
                $"Reading the history table {HistoryTable.Display(connection.Options)} failed: {e.MessageText} "
                    + $"({e.SqlState}).{(blocker is null ? "" : $" It waited for {blocker.Description}.")}",
                blocker?.WayOut
                    ?? "Wait until that session has ended its transaction, or end it: SELECT pg_terminate_backend(pid); or allow a "
                        + "longer wait with --table-lock-timeout and --statement-timeout.",
                e
            );
        }
    }

    /// <summary>Runs a query; what the server refuses becomes the engine's error.</summary>
    public async Task ReadAsync(string query, Action<NpgsqlDataReader> take, CancellationToken cancellationToken, params object?[] values)
    {
        try
        {
            await RunAsync(query, take, cancellationToken, values).ConfigureAwait(false);
        }
        catch (PostgresException e)
        {
            throw errors.Refused(e, "Reading");
        }
        catch (NpgsqlException e)
        {
            throw errors.Broken(e, "Reading");
        }
    }

    /// <summary>
    /// Refuses a partitioned table, which holds no row itself. Rows of tables that inherit from the history are not its own, and are
    /// not read (<see href="https://www.postgresql.org/docs/current/ddl-inherit.html"/>).
    /// </summary>
    public async Task DemandRowsOfItsOwnAsync(CancellationToken cancellationToken)
    {
        var (schema, table) = (HistoryTable.Schema(connection.Options), HistoryTable.Of(connection.Options));
        const string Partitioned = """
            SELECT 1 FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind = 'p'
            """;
        if (!await connection.AnyAsync(Partitioned, cancellationToken, schema, connection.Options.HistoryTable).ConfigureAwait(false))
            return;
        throw new MigrationException(
            ErrorId.HistoryTableConflict,
            $"The history table {HistoryTable.Display(connection.Options)} is partitioned: what guards its rows works on a "
                + "plain table only.",
            $"Make it a plain table: BEGIN; ALTER TABLE {table} RENAME TO old_journal; "
                + $"{string.Join(' ', HistoryCreation.Statement(table).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))};"
                + $" INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM {PostgreSqlText.Name(schema)}.old_journal ORDER BY id;"
                + $" SELECT setval(pg_get_serial_sequence({PostgreSqlText.Literal(table)}, 'id'), max(id)) FROM {table}; COMMIT;"
        );
    }
}
