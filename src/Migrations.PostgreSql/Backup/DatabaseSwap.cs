using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Renames a restored database into the place of the old one, in one transaction. The rename of the old one waits, with new connections
/// kept out, until the last session has left it (<see href="https://www.postgresql.org/docs/current/sql-alterdatabase.html"/>); so our own,
/// which holds the migration lock, leaves only then, and no other run comes between.
/// </summary>
/// <param name="server">A session on another database.</param>
/// <param name="target">The database.</param>
/// <param name="restored">The name of the restored one.</param>
internal sealed class DatabaseSwap(PostgreSqlConnection server, DatabaseTarget target, string restored)
{
    /// <summary>Does it.</summary>
    /// <param name="old">The session that holds the lock in the old database, which is disposed; null when there is no old one.</param>
    /// <param name="mark">The name that the old one is given, and what its comment will say of it.</param>
    /// <param name="cancellationToken">Stops it before it has begun.</param>
    /// <returns>The old one's name; null without one.</returns>
    public async Task<string?> RunAsync(PostgreSqlSession? old, KeptMark mark, CancellationToken cancellationToken)
    {
        if (old is null)
        {
            await server.ExecuteAsync(Rename(restored, target.Database), cancellationToken).ConfigureAwait(false);
            return null;
        }

        await ConnectedSessions.RefuseAsync(server, target, old.Connection.ProcessId, cancellationToken).ConfigureAwait(false);
        await server.ExecuteAsync("BEGIN", cancellationToken).ConfigureAwait(false);
        try
        {
            var renaming = server.ExecuteAsync(Rename(target.Database, mark.Name), CancellationToken.None);
            await WaitUntilClosedAsync(old.Connection, renaming).ConfigureAwait(false);
            await old.DisposeAsync().ConfigureAwait(false);
            await renaming.ConfigureAwait(false);
            await server.ExecuteAsync(Rename(restored, target.Database), CancellationToken.None).ConfigureAwait(false);
            await MarkedDatabases.MarkAsync(server, mark).ConfigureAwait(false);
            await server.ExecuteAsync("COMMIT", CancellationToken.None).ConfigureAwait(false);
            return mark.Name;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.ObjectInUse)
        {
            await server.RollBackAsync().ConfigureAwait(false);
            await ConnectedSessions.RefuseAsync(server, target, except: 0, CancellationToken.None).ConfigureAwait(false);
            throw ConnectedSessions.InUse(target, []);
        }
        catch
        {
            await server.RollBackAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Waits until the rename holds the database closed, or has failed.</summary>
    private async Task WaitUntilClosedAsync(PostgreSqlConnection old, Task renaming)
    {
        while (
            !renaming.IsCompleted
            && !await old.AnyAsync(
                    """
                    SELECT 1 FROM pg_catalog.pg_locks WHERE pid = $1 AND granted AND locktype = 'object' AND mode = 'AccessExclusiveLock'
                        AND classid = 'pg_catalog.pg_database'::regclass
                    AND objid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())
                    """,
                    CancellationToken.None,
                    server.ProcessId
                )
                .ConfigureAwait(false)
        )
            await Task.Delay(5).ConfigureAwait(false);
    }

    private static string Rename(string from, string to) =>
        $"ALTER DATABASE {PostgreSqlText.Name(from)} RENAME TO {PostgreSqlText.Name(to)}";
}
