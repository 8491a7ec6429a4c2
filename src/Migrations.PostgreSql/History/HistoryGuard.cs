using Migrations.History;
using Npgsql;
using NpgsqlTypes;

namespace Migrations.PostgreSql;

/// <summary>
/// Makes sure, without reading the table, that a transaction adds one row of ours to the history and changes nothing else there, whatever
/// its script, a trigger or a rule does: the last row is ours, the table still has its file (TRUNCATE and DROP give it another), and its
/// counters (<see
/// href="https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-STATS-FUNCTIONS">pg_stat_get_xact_...</see>) have moved
/// by one insert. Where the server does not count, the rows are counted. Everything is qualified, because it runs under the script's
/// <c>search_path</c>.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="table">The history table.</param>
internal sealed class HistoryGuard(PostgreSqlConnection connection, string table)
{
    // Settings of this kind are not listed anywhere: a script that wants to write another state over it would have to know the name.
    private readonly string _remembered = "migrations.h" + Guid.NewGuid().ToString("N");
    private readonly string _oid = $"{PostgreSqlText.Literal(table)}::pg_catalog.regclass";

    // Made once: every step says them.
    private (bool CountsChanges, string Preparation, string Check)? _texts;

    /// <summary>An expression that remembers, for the transaction, how the table is before the script.</summary>
    public string Preparation => Texts.Preparation;

    private (bool CountsChanges, string Preparation, string Check) Texts =>
        _texts is { } made && made.CountsChanges == connection.Server.CountsChanges
            ? made
            : (
                _texts = (connection.Server.CountsChanges, $"pg_catalog.set_config('{_remembered}', {State(added: 0)}, true)", CheckText)
            ).Value;

    /// <summary>A statement that fails with a division by zero when the row is not the last one, or anything else has changed.</summary>
    /// <param name="entry">The row.</param>
    /// <param name="lastRead">The number of the last row that was read before; null when none was.</param>
    public NpgsqlBatchCommand Check(JournalEntry entry, long? lastRead)
    {
        var command = new NpgsqlBatchCommand(Texts.Check);
        command.Parameters.Add(PostgreSqlText.Parameter(entry.RunId, NpgsqlDbType.Uuid));
        command.Parameters.Add(PostgreSqlText.Parameter(entry.Name));
        command.Parameters.Add(PostgreSqlText.Parameter(JournalNames.Of(entry.Event)));
        command.Parameters.Add(PostgreSqlText.Parameter((long?)(lastRead ?? 0)));
        return command;
    }

    private string CheckText =>
        $"""
            SELECT 1 OPERATOR(pg_catalog./) (SELECT pg_catalog.count(*) FROM (SELECT run_id, name, event
                FROM ONLY {table} ORDER BY id DESC LIMIT 1) h
            WHERE h.run_id OPERATOR(pg_catalog.=) $1 AND h.name OPERATOR(pg_catalog.=) $2 AND h.event OPERATOR(pg_catalog.=) $3
                AND {Kept} AND CASE WHEN pg_catalog.length(COALESCE(pg_catalog.current_setting('{_remembered}', true),
                    '')) OPERATOR(pg_catalog.=) 0 THEN {Untouched}
                    ELSE {State(added: 1)} OPERATOR(pg_catalog.=) pg_catalog.current_setting('{_remembered}', true) END)
            """;

    /// <summary>
    /// A query of how the whole table is, for statements outside of transactions: what they change is committed before anything of ours
    /// looks. Which transaction wrote a row (<see href="https://www.postgresql.org/docs/current/ddl-system-columns.html">xmin</see>) shows
    /// an update.
    /// </summary>
    public string Whole =>
        "(SELECT pg_catalog.format('%s/%s/%s', pg_catalog.count(*), pg_catalog.max(id), "
        + $"pg_catalog.sum(xmin::pg_catalog.text::pg_catalog.int8)) FROM ONLY {table})";

    /// <summary>
    /// What shows, where a script has said RESET ALL and nothing is remembered, that no row was changed or taken away. Otherwise it would
    /// be too much to ask: the counters still have what a transaction before has changed, although it was rolled back.
    /// </summary>
    private string Untouched =>
        $"pg_catalog.pg_stat_get_xact_tuples_updated({_oid}) OPERATOR(pg_catalog.=) 0 "
        + $"AND pg_catalog.pg_stat_get_xact_tuples_deleted({_oid}) OPERATOR(pg_catalog.=) 0";

    /// <summary>
    /// What shows, whatever is remembered, that the last row that was read is there, and older than this transaction.
    /// </summary>
    private string Kept =>
        $"""
            ($4 OPERATOR(pg_catalog.=) 0::pg_catalog.int8 OR EXISTS (SELECT FROM ONLY {table} k
                WHERE k.id OPERATOR(pg_catalog.=) $4 AND {IsOlder}))
            """;

    // Of a row that the transaction has written, or a part of it, the number is the transaction's own or a later one.
    private const string IsOlder =
        "pg_catalog.age(k.xmin) OPERATOR(pg_catalog.>) pg_catalog.age(pg_catalog.pg_current_xact_id()::pg_catalog.xid)";

    private string State(int added) =>
        connection.Server.CountsChanges
            ? $"pg_catalog.format('%s/%s/%s/%s/', pg_catalog.pg_relation_filenode({_oid}), "
                + $"pg_catalog.pg_stat_get_xact_tuples_updated({_oid}), pg_catalog.pg_stat_get_xact_tuples_deleted({_oid}), "
                + $"pg_catalog.pg_stat_get_xact_tuples_inserted({_oid}){Without(added)})"
            : $"pg_catalog.format('%s/%s/', pg_catalog.pg_relation_filenode({_oid}), (SELECT pg_catalog.count(*) FROM ONLY "
                + $"{table}){Without(added)})";

    private static string Without(int added) => added == 0 ? "" : " OPERATOR(pg_catalog.-) 1";
}
