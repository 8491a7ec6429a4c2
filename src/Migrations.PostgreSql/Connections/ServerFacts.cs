using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// What the server is, and what it and the scripts so far may run beside what is said to them. Until it is read, the worst is assumed.
/// </summary>
internal sealed class ServerFacts
{
    /// <summary>What distinguishes a backend from every other one, of a row <c>a</c> of pg_stat_activity: process numbers are used
    /// again.</summary>
    public const string BackendOf = "'backend ' || a.pid || ', started ' || (EXTRACT(epoch FROM a.backend_start) * 1000000)::bigint";

    /// <summary>What distinguishes a database from every other one, however it is reached: when its server was started, to the microsecond,
    /// the server's port, and the database's number.</summary>
    public const string DatabaseIdentity =
        "(EXTRACT(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint || ':' || current_setting('port') || '/' || (SELECT d.oid "
        + "FROM pg_database d WHERE d.datname = current_database())";

    private const string CheckName = "client_connection_check_interval";
    private const string CheckValue = "500ms";

    /// <summary>Whether the server counts the rows that a transaction changes
    /// (<see href="https://www.postgresql.org/docs/current/runtime-config-statistics.html">track_counts</see>).</summary>
    public bool CountsChanges { get; private set; } = true;

    /// <summary>What distinguishes this connection's backend from every other one, before and after; null where that is not
    /// known.</summary>
    public string? Backend { get; private set; }

    /// <summary>What distinguishes the database from every other one, as <see cref="DatabaseIdentity"/> says; null while that is not
    /// known.</summary>
    public string? Identity { get; private set; }

    /// <summary>Whether the database may have event triggers: one could add a trigger to every table that is made.</summary>
    public bool MayHaveEventTriggers { get; private set; } = true;

    /// <summary>
    /// Whether code that is not ours may run in a step: what a script does beside defining things, an event trigger, or whatever the
    /// history table has (triggers, rules, policies, checks, defaults, expressions in indexes).
    /// </summary>
    public bool MayRunCode { get; private set; } = true;

    /// <summary>
    /// Whether the database has domains: their defaults and checks call functions where values are put into a table that was just made.
    /// </summary>
    public bool HasDomains { get; private set; } = true;

    /// <summary>
    /// The setting by which the server notices in the middle of a statement that the client is gone
    /// (<see href="https://www.postgresql.org/docs/current/runtime-config-connection.html#GUC-CLIENT-CONNECTION-CHECK-INTERVAL"/>), and
    /// frees its lock; null where it cannot.
    /// </summary>
    public (string Name, string Value)? ClientCheck { get; private set; }

    /// <summary>
    /// Finds out what the server counts, whether definitions run code of the user's, and whether it can look after its client: since
    /// version 14 most can; what they run on decides.
    /// </summary>
    public async Task ReadAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        var query = $"""
            SELECT current_setting('track_counts')::boolean, EXISTS (SELECT FROM pg_event_trigger),
                (SELECT {BackendOf} FROM pg_stat_get_activity(pg_backend_pid()) a),
                EXISTS (SELECT FROM pg_class c WHERE c.oid = to_regclass({PostgreSqlText.Literal(HistoryTable.Of(connection.Options))})
                    AND (c.relhastriggers OR c.relhasrules OR c.relrowsecurity OR c.relchecks > 0 OR c.relkind <> 'r'
                        OR EXISTS (SELECT FROM pg_attrdef d WHERE d.adrelid = c.oid) OR EXISTS (SELECT FROM pg_index i
                            WHERE i.indrelid = c.oid AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL)))),
                EXISTS (SELECT FROM pg_type WHERE typtype = 'd' AND oid >= 16384), {DatabaseIdentity}
            """;
        void Take(NpgsqlDataReader row) =>
            (CountsChanges, MayHaveEventTriggers, Backend, MayRunCode, HasDomains, Identity) = (
                row.GetBoolean(0),
                row.GetBoolean(1),
                connection.IsPooled || row.IsDBNull(2) ? null : row.GetString(2),
                row.GetBoolean(1) || row.GetBoolean(3),
                row.GetBoolean(4),
                row.GetString(5)
            );
        try
        {
            if (connection.ServerVersion >= 14)
            {
                await connection
                    .QueryAsync(query + ", set_config($1, $2, true)", Take, cancellationToken, CheckName, CheckValue)
                    .ConfigureAwait(false);
                ClientCheck = (CheckName, CheckValue);
                return;
            }
        }
        catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e))
        {
            // Then the lock of a killed run is free when its statement ends.
        }

        await connection.QueryAsync(query, Take, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes note of a statement that defines something, or that fills what was defined before it.</summary>
    public void ObserveDefinition(string statement) =>
        MayRunCode |=
            statement.Contains("TRIGGER", StringComparison.OrdinalIgnoreCase)
            || statement.Contains("POLICY", StringComparison.OrdinalIgnoreCase);

    /// <summary>Takes note of any other statement, after which everything may run.</summary>
    public void ObserveOther(string statement)
    {
        MayHaveEventTriggers |= statement.Contains("EVENT", StringComparison.OrdinalIgnoreCase);
        MayRunCode = true;
    }

    /// <summary>Takes note of what may run anything: a script without a transaction, or a history that is not as it should be.</summary>
    public void ObserveScript() => MayRunCode = true;
}
