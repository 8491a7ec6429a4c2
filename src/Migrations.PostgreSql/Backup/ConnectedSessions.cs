using System.Diagnostics;

namespace Migrations.PostgreSql;

/// <summary>
/// What is connected to a database that is to be renamed, prepared transactions too
/// (<see href="https://www.postgresql.org/docs/current/sql-prepare-transaction.html"/>). They are named and left alone: ending other
/// people's work is theirs to decide. Only what runs of ours have left idle, because a pooler keeps it, is ended.
/// </summary>
internal static class ConnectedSessions
{
    private const int MostShown = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// Refuses when anything but us is connected, and stays so for a moment: the server shows a closed connection a little longer.
    /// </summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.DatabaseInUse"/>.</exception>
    public static async Task RefuseAsync(
        PostgreSqlConnection server,
        DatabaseTarget target,
        int except,
        CancellationToken cancellationToken
    )
    {
        var patience = server.Options.LockTimeout < Patience ? server.Options.LockTimeout : Patience;
        var clock = Stopwatch.StartNew();
        for (
            var found = await ListAsync(server, target, except, cancellationToken).ConfigureAwait(false);
            found.Count > 0;
            found = await ListAsync(server, target, except, cancellationToken).ConfigureAwait(false)
        )
        {
            if (clock.Elapsed > patience)
                throw InUse(target, found);
            await LeftSessions.EndAsync(server, target, except, cancellationToken).ConfigureAwait(false);
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The refusal.</summary>
    public static MigrationException InUse(DatabaseTarget target, IReadOnlyList<DatabaseUser> users)
    {
        var more = users.Count > MostShown ? $"; and {users.Count - MostShown} more" : "";
        var who = users.Count == 0 ? "another session" : string.Join("; ", users.Take(MostShown).Select(u => u.Description)) + more;
        var ways = users
            .Select(u => u.WayOut)
            .Distinct(StringComparer.Ordinal)
            .Take(MostShown)
            .DefaultIfEmpty(DatabaseUser.EndSessions(target.Database));
        return new MigrationException(
            ErrorId.DatabaseInUse,
            $"{target.Display} cannot be replaced while others use it: {who}. Nothing was changed.",
            string.Join(" ", ways)
                + " Then run the command again. Where a connection pooler keeps sessions open, pause it first (PgBouncer: PAUSE in "
                + "its console)."
        );
    }

    private static async Task<List<DatabaseUser>> ListAsync(
        PostgreSqlConnection server,
        DatabaseTarget target,
        int except,
        CancellationToken cancellationToken
    )
    {
        var users = new List<DatabaseUser>();
        // Of another role's session one without rights sees only who it is. The server itself ends an autovacuum that is in the way.
        await server
            .QueryAsync(
                """
                SELECT a.pid, COALESCE(a.usename::text, ''), COALESCE(a.application_name, ''), COALESCE(pg_catalog.host(a.client_addr),
                    'local'), COALESCE(a.state, ''),
                    COALESCE(a.backend_type, 'client backend'), (SELECT pg_catalog.quote_ident(s.subname)
                        FROM pg_catalog.pg_stat_subscription s WHERE s.pid = a.pid LIMIT 1),
                    (SELECT r.slot_name::text FROM pg_catalog.pg_replication_slots r WHERE r.active_pid = a.pid)
                FROM pg_catalog.pg_stat_activity a
                WHERE a.datname = $1 AND a.pid <> $2 AND a.backend_type IS DISTINCT FROM 'autovacuum worker' AND (a.backend_type IS NOT NULL
                    OR a.usesysid IS NOT NULL)
                ORDER BY a.backend_start
                """,
                row => users.Add(DatabaseUser.OfSession(row, target.Database)),
                cancellationToken,
                target.Database,
                except
            )
            .ConfigureAwait(false);
        await server
            .QueryAsync(
                "SELECT p.gid, p.owner::text, EXTRACT(epoch FROM pg_catalog.now() - p.prepared)::bigint FROM "
                    + "pg_catalog.pg_prepared_xacts p WHERE p.database = $1 ORDER BY p.prepared",
                row => users.Add(DatabaseUser.OfPrepared(row.GetString(0), row.GetString(1), TimeSpan.FromSeconds(row.GetInt64(2)))),
                cancellationToken,
                target.Database
            )
            .ConfigureAwait(false);
        return users;
    }
}
