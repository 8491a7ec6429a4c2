using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Queries the history table.</summary>
/// <param name="connection">The connection.</param>
/// <param name="errors">What is said when that fails.</param>
internal sealed class HistoryQuery(PostgreSqlConnection connection, HistoryErrors errors)
{
    /// <summary>Runs a query that waits for a lock on the table no longer than the session is to, and then says for whom.</summary>
    public Task RunAsync(string query, Action<NpgsqlDataReader> take, CancellationToken cancellationToken, params object?[] values) =>
        RunAsync(OwnSettings.Within(connection.Options), query, take, cancellationToken, values);

    /// <summary>The same, with a look at what else is to be known.</summary>
    public Task RunAsync(HistoryLook look, string query, Action<NpgsqlDataReader> take, CancellationToken cancellationToken) =>
        RunAsync(look.Settings(), query, take, cancellationToken, []);

    private async Task RunAsync(
        OwnSettings settings,
        string query,
        Action<NpgsqlDataReader> take,
        CancellationToken cancellationToken,
        object?[] values
    )
    {
        var watch = new BlockerWatch(connection, connection.Options.TableLockTimeout);
        await using var _ = watch.ConfigureAwait(false);
        try
        {
            await connection.QueryUnderAsync(settings, query, take, cancellationToken, values).ConfigureAwait(false);
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
                    ?? $"Wait until that session has ended its transaction, or end it: SELECT pg_terminate_backend(pid); or allow a "
                        + $"longer wait with {CallOption.TableLockTimeout} and {CallOption.StatementTimeout}.",
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
}
