using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Who is connected to a database that is to be renamed. They are named and left alone: ending other people's work is theirs to decide.</summary>
internal static class ConnectedSessions
{
    private const int MostShown = 10;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Refuses when anybody but us is connected, and stays so for a moment: the server shows a closed connection a little longer.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.DatabaseInUse"/>.</exception>
    public static async Task RefuseAsync(PostgreSqlSession server, DatabaseTarget target, int except, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        for (var sessions = await ListAsync(server, target, except, cancellationToken).ConfigureAwait(false);
            sessions.Count > 0;
            sessions = await ListAsync(server, target, except, cancellationToken).ConfigureAwait(false))
        {
            if (clock.Elapsed > Patience)
                throw InUse(target, sessions);
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The refusal.</summary>
    public static MigrationException InUse(DatabaseTarget target, IReadOnlyList<string> sessions)
    {
        var more = sessions.Count > MostShown ? $", and {sessions.Count - MostShown} more" : "";
        var who = sessions.Count == 0 ? "somebody" : string.Join("; ", sessions.Take(MostShown)) + more;
        return new MigrationException(
            ErrorId.DatabaseInUse,
            $"{target.Display} cannot be replaced while others are connected: {who}. Nothing was changed.",
            $"Stop what is connected, or end it: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = {PostgreSqlText.Literal(target.Database)}; then run the command again.");
    }

    private static async Task<List<string>> ListAsync(PostgreSqlSession server, DatabaseTarget target, int except, CancellationToken cancellationToken)
    {
        var sessions = new List<string>();
        // Of another role's session one without rights sees only who it is.
        await server.QueryAsync(
            """
            SELECT a.pid, COALESCE(a.usename::text, ''), COALESCE(a.application_name, ''), COALESCE(pg_catalog.host(a.client_addr), 'local'), COALESCE(a.state, ''),
                (SELECT pg_catalog.quote_ident(s.subname) FROM pg_catalog.pg_stat_subscription s WHERE s.pid = a.pid LIMIT 1)
            FROM pg_catalog.pg_stat_activity a WHERE a.datname = $1 AND a.pid <> $2 AND (a.backend_type IN ('client backend', 'logical replication worker', 'logical replication apply worker', 'logical replication parallel worker')
                OR (a.backend_type IS NULL AND a.usesysid IS NOT NULL)) ORDER BY a.backend_start
            """,
            row => sessions.Add(Describe(row)),
            cancellationToken,
            target.Database,
            except).ConfigureAwait(false);
        return sessions;
    }

    private static string Describe(NpgsqlDataReader row)
    {
        if (!row.IsDBNull(5))
            return string.Create(CultureInfo.InvariantCulture, $"backend {row.GetInt32(0)}, which works for the subscription {row.GetString(5)} (in the database: ALTER SUBSCRIPTION {row.GetString(5)} DISABLE)");
        var application = row.GetString(2);
        return string.Create(
            CultureInfo.InvariantCulture, $"backend {row.GetInt32(0)} of user {row.GetString(1)}{(application.Length == 0 ? "" : $" ({application})")} from {row.GetString(3)}, {row.GetString(4)}");
    }
}
