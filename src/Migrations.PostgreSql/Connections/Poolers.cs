using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// What a connection pooler between us and the server does not allow. Behind one the process id that a connection was given is the pooler's
/// own (<see href="https://www.pgbouncer.org/features.html"/>).
/// </summary>
internal static class Poolers
{
    /// <summary>Refuses a pooler in statement mode before anything is done through it.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.PoolerUnsuitable"/>.</exception>
    public static async Task RefuseStatementModeAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            await connection.ExecuteAsync("BEGIN", cancellationToken).ConfigureAwait(false);
            await connection.ExecuteAsync("COMMIT", cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (StatementPooling.IsRefusal(e))
        {
            throw StatementPooling.Refusal($"Taking the migration lock of {connection.Target.Display}", e);
        }
    }

    /// <summary>
    /// Refuses any pooler: it keeps connections to the database that is to be replaced, ours too, and nothing says when it closes them.
    /// </summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.PoolerUnsuitable"/>.</exception>
    public static async Task RefuseForRestoreAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        if (
            await connection
                .AnyAsync("SELECT 1 WHERE pg_catalog.pg_backend_pid() = $1", cancellationToken, connection.ProcessId)
                .ConfigureAwait(false)
        )
            return;
        throw new MigrationException(
            ErrorId.PoolerUnsuitable,
            $"{connection.Target.Display} is reached through a connection pooler, and a restore replaces the database, to "
                + "which the pooler keeps connections. Nothing was changed.",
            "Connect to the server itself: give its own host and port. While other programs use the pooler, pause it first "
                + "(PgBouncer: PAUSE in its console)."
        );
    }
}
