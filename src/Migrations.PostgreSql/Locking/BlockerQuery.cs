using System.Globalization;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Asks whom a backend waits for (<see href="https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-SESSION-TABLE"/>).
/// Prepared transactions have no backend: they are found by the locks that they hold, one of which is on their own number.
/// </summary>
internal static class BlockerQuery
{
    // Of an autovacuum a role without rights sees neither kind nor user.
    private const string Sessions = """
        SELECT a.pid, COALESCE(a.usename::text, ''), COALESCE(a.application_name, ''), COALESCE(a.state, ''), COALESCE(left(a.query, 500),
            ''),
            EXTRACT(epoch FROM clock_timestamp() - COALESCE(a.xact_start, a.backend_start))::bigint,
            COALESCE(a.backend_type = 'autovacuum worker', a.usesysid IS NULL), (SELECT s.setting::bigint FROM pg_settings s
                WHERE s.name = 'deadlock_timeout')
        FROM pg_stat_activity w, unnest(pg_blocking_pids(w.pid)) AS b(pid) JOIN pg_stat_activity a ON a.pid = b.pid
        WHERE w.pid = $1 OR (w.application_name = $2 AND w.datname = current_database()) ORDER BY a.xact_start LIMIT 1
        """;

    private const string Prepared = """
        SELECT p.gid, p.owner::text, EXTRACT(epoch FROM clock_timestamp() - p.prepared)::bigint
        FROM pg_stat_activity a JOIN pg_locks w ON w.pid = a.pid AND NOT w.granted
        JOIN pg_locks h ON h.granted AND h.pid IS NULL AND (h.locktype, h.database, h.relation, h.page, h.tuple, h.virtualxid,
            h.transactionid, h.classid, h.objid, h.objsubid)
            IS NOT DISTINCT FROM (w.locktype, w.database, w.relation, w.page, w.tuple, w.virtualxid, w.transactionid, w.classid, w.objid,
                w.objsubid)
        JOIN pg_locks o ON o.pid IS NULL AND o.granted AND o.locktype = 'transactionid' AND o.virtualtransaction = h.virtualtransaction
        JOIN pg_prepared_xacts p ON p.transaction = o.transactionid
        WHERE a.pid = $1 OR (a.application_name = $2 AND a.datname = current_database()) ORDER BY p.prepared LIMIT 1
        """;

    /// <summary>Asks.</summary>
    /// <param name="connection">A connection of its own.</param>
    /// <param name="process">The backend that may wait.</param>
    /// <param name="program">The application name of others that may wait too; null without any.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Null when no one is waited for.</returns>
    public static async Task<Blocker?> AskAsync(
        NpgsqlConnection connection,
        int process,
        string? program,
        CancellationToken cancellationToken
    )
    {
        var batch = connection.CreateBatch();
        await using var _ = batch.ConfigureAwait(false);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(OwnSettings.Catalogue.Enter));
        foreach (var query in (string[])[Sessions, Prepared])
        {
            var command = new NpgsqlBatchCommand(query);
            command.Parameters.Add(PostgreSqlText.Parameter((int?)process));
            command.Parameters.Add(PostgreSqlText.Parameter(program));
            batch.BatchCommands.Add(command);
        }

        var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        await using var __ = reader.ConfigureAwait(false);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        if (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            return reader.GetBoolean(6) ? Autovacuum(reader) : Session(reader);
        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
        if (!await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            return null;
        var prepared = DatabaseUser.OfPrepared(reader.GetString(0), reader.GetString(1), TimeSpan.FromSeconds(reader.GetInt64(2)));
        return new Blocker(prepared.Description) { WayOut = prepared.WayOut };
    }

    private static Blocker Session(NpgsqlDataReader row)
    {
        var application = row.GetString(2);
        var age = TimeSpan.FromSeconds(row.IsDBNull(5) ? 0 : row.GetInt64(5));
        return new Blocker(
            string.Create(
                CultureInfo.InvariantCulture,
                $"backend {row.GetInt32(0)} of user {row.GetString(1)}{(application.Length == 0 ? "" : $" ({application})")}, "
                    + $"{row.GetString(3)}, transaction open for {age:c}: {Secrets.FirstWords(row.GetString(4))}"
            )
        );
    }

    // The server's own words say what it works on, and whether it must be done to prevent wraparound: then it does not yield.
    private static Blocker Autovacuum(NpgsqlDataReader row)
    {
        var work = row.GetString(4);
        var yields = !work.Contains("to prevent wraparound", StringComparison.Ordinal);
        var after = TimeSpan.FromMilliseconds(row.GetInt64(7));
        var how = yields
            ? "yields only to a session that waits longer than the server's deadlock_timeout, "
                + $"{after.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture)} s"
            : "does not yield";
        return new Blocker(
            string.Create(
                CultureInfo.InvariantCulture,
                $"backend {row.GetInt32(0)}, "
                    + $"{(work.StartsWith("autovacuum", StringComparison.Ordinal) ? work : "an autovacuum")}, which {how}"
            ),
            yields ? after : null
        );
    }
}
