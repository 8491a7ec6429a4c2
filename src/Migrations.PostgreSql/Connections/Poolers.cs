using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// What a connection pooler between us and the server does not allow. Behind one the process id that a connection was told is the pooler's
/// own (<see href="https://www.pgbouncer.org/features.html"/>).
/// </summary>
internal static class Poolers
{
    private const string StatementMode = "statement pooling mode";

    /// <summary>Whether the pooler refused a transaction: in statement mode it allows none.</summary>
    public static bool IsStatementMode(Exception e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.ProtocolViolation } p
        && p.MessageText.Contains(StatementMode, StringComparison.Ordinal);

    /// <summary>Refuses a pooler in statement mode before anything is done through it.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.PoolerUnsuitable"/>.</exception>
    public static async Task RefuseStatementModeAsync(PostgreSqlSession session, CancellationToken cancellationToken)
    {
        try
        {
            await session.ExecuteAsync("BEGIN", cancellationToken).ConfigureAwait(false);
            await session.ExecuteAsync("COMMIT", cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (IsStatementMode(e))
        {
            throw InStatementMode($"Taking the migration lock of {session.Target.Display}", e);
        }
    }

    /// <summary>
    /// Refuses any pooler: it keeps connections to the database that is to be replaced, ours too, and nothing says when it closes them.
    /// </summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.PoolerUnsuitable"/>.</exception>
    public static async Task RefuseForRestoreAsync(PostgreSqlSession session, CancellationToken cancellationToken)
    {
        if (
            await session
                .AnyAsync("SELECT 1 WHERE pg_catalog.pg_backend_pid() = $1", cancellationToken, session.Connection.ProcessID)
                .ConfigureAwait(false)
        )
            return;
        throw new MigrationException(
            ErrorId.PoolerUnsuitable,
            $"{session.Target.Display} is reached through a connection pooler, and a restore replaces the database, to which the pooler keeps connections. Nothing was changed.",
            "Connect to the server itself: give its own host and port. While other programs use the pooler, pause it first (PgBouncer: PAUSE in its console)."
        );
    }

    /// <summary>The refusal of a pooler in statement mode.</summary>
    /// <param name="doing">What failed, for the beginning of the sentence.</param>
    /// <param name="e">The pooler's error.</param>
    public static MigrationException InStatementMode(string doing, Exception e) =>
        new(
            ErrorId.PoolerUnsuitable,
            $"{doing} failed, because the connection goes through a pooler in statement mode, which allows no transaction: {PostgreSqlErrors.Words(e)}.",
            "Connect to the server itself, or to a pool in session or transaction mode.",
            e
        );
}
