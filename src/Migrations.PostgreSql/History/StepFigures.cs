namespace Migrations.PostgreSql;

/// <summary>
/// How the server computes a step's figures: duration and rows inserted, updated and deleted, triggers and functions included. The rows are
/// those of <see
/// href="https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-ALL-TABLES-VIEW">pg_stat_xact_user_tables</see>,
/// whose counters also hold what earlier transactions of the backend have not yet handed over to the cumulative statistics. Everything is
/// qualified, because it is computed under the script's <c>search_path</c>.
/// </summary>
/// <param name="historyTable">The history table, whose own rows do not count.</param>
/// <param name="serverVersion">The server's major version.</param>
/// <param name="sharesTransaction">Whether other steps ran in the same transaction.</param>
internal sealed class StepFigures(string historyTable, int serverVersion, bool sharesTransaction)
{
    /// <summary>
    /// Makes the transaction in which it stands hand over what it has counted at its end, so that the next one begins at zero.
    /// </summary>
    public const string HandOver = "pg_catalog.pg_stat_force_next_flush()";

    /// <summary>Whether the connection has temporary tables or prepared statements, which outlive a transaction.</summary>
    /// <param name="which">A condition of a prepared statement <c>p</c>.</param>
    public static string Leftovers(string which) =>
        "(pg_catalog.pg_my_temp_schema() OPERATOR(pg_catalog.<>) 0::pg_catalog.oid OR EXISTS (SELECT FROM "
        + $"pg_catalog.pg_prepared_statement() p WHERE {which}))";

    // Where a step can begin at zero, only locked tables need to be looked at.
    private readonly bool _handsOver = HandsOver(serverVersion);

    /// <summary>Whether the server has <see cref="HandOver"/>.</summary>
    public static bool HandsOver(int serverVersion) => serverVersion >= 15;

    /// <summary>Expressions for the first statement of the step.</summary>
    public IEnumerable<string> Preparations
    {
        get
        {
            if (sharesTransaction)
                yield return "pg_catalog.set_config('migrations.started', pg_catalog.clock_timestamp()::pg_catalog.text, true)";
            if (RemembersRows)
                yield return $"pg_catalog.set_config('migrations.rows', COALESCE({RowsSoFar}, 0)::pg_catalog.text, true)";
        }
    }

    /// <summary>Milliseconds since the step began.</summary>
    public string Elapsed
    {
        get
        {
            var start = sharesTransaction
                ? $"COALESCE({Remembered("started")}::pg_catalog.timestamptz, pg_catalog.clock_timestamp())"
                : "pg_catalog.transaction_timestamp()";
            return $"(pg_catalog.date_part('epoch', pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) {start}) "
                + "OPERATOR(pg_catalog.*) 1000::pg_catalog.float8)::pg_catalog.int8";
        }
    }

    /// <summary>Rows changed since the step began; NULL where the server does not count.</summary>
    public string Rows =>
        RemembersRows ? $"GREATEST(0, ({RowsSoFar}) OPERATOR(pg_catalog.-) {Remembered("rows")}::pg_catalog.int8)" : RowsSoFar;

    /// <summary>Whether rows that the script's text shows need not be counted: those counted later must not come on top.</summary>
    public bool TakesRowsFromScript => sharesTransaction || _handsOver;

    /// <summary>Rows that the script's text shows.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="parameter">The parameter that holds the number.</param>
    public string Known(long rows, string parameter) => rows == 0 || RemembersRows ? parameter : $"(SELECT {parameter} FROM {HandOver})";

    // NULL when the script has said RESET ALL. NULLIF would look up its operator in the script's search_path.
    private static string Remembered(string name) =>
        $"(CASE WHEN pg_catalog.length(pg_catalog.current_setting('migrations.{name}', true)) OPERATOR(pg_catalog.>) 0 "
        + $"THEN pg_catalog.current_setting('migrations.{name}', true) END)";

    private bool RemembersRows => sharesTransaction || !_handsOver;

    // TOAST tables, which only ever show with their schema, hold no rows of their own. Only tables with changed rows are asked for their
    // names. A join with pg_class would say the same and take longer to plan.
    private string RowsSoFar =>
        $"""
            CASE WHEN pg_catalog.current_setting('track_counts')::pg_catalog.bool THEN COALESCE((
                SELECT pg_catalog.sum(t.changed)::pg_catalog.int8 FROM ({(_handsOver ? LockedTables : AllTables)}) AS t
                WHERE CASE WHEN t.changed OPERATOR(pg_catalog.>) 0
                    THEN t.oid OPERATOR(pg_catalog.<>) '{historyTable.Replace("'", "''", StringComparison.Ordinal)}'::pg_catalog.regclass
                        AND t.oid::pg_catalog.regclass::pg_catalog.text OPERATOR(pg_catalog.!~~) 'pg\_toast%.%' END), 0) END
            """;

    // 16384: the first number that the server gives to what users create. Whatever is written is locked.
    private static string LockedTables =>
        $"""
            SELECT DISTINCT l.relation AS oid, {Changed("l.relation")} AS changed FROM pg_catalog.pg_lock_status() l, {HandOver}
            WHERE l.relation OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid AND l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()
                AND l.locktype OPERATOR(pg_catalog.=) 'relation'
            """;

    private static string AllTables =>
        $"SELECT c.oid, {Changed("c.oid")} AS changed FROM pg_catalog.pg_class c WHERE c.relkind OPERATOR(pg_catalog.=) "
        + "'r' AND c.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid";

    private static string Changed(string table) =>
        $"pg_catalog.pg_stat_get_xact_tuples_inserted({table}) OPERATOR(pg_catalog.+) "
        + $"pg_catalog.pg_stat_get_xact_tuples_updated({table}) OPERATOR(pg_catalog.+) "
        + $"pg_catalog.pg_stat_get_xact_tuples_deleted({table})";
}
