using Migrations.History;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Makes sure, without reading the table, that a transaction adds one row of ours to the history and changes nothing else there, whatever
/// its script, a trigger or a rule does: the last row is ours, the table still has its file (TRUNCATE and DROP give it another), and its
/// counters (<see
/// href="https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-STATS-FUNCTIONS">pg_stat_get_xact_...</see>) have moved
/// by one insert. Counters can be switched off, and locks cannot: only where the script holds one for writing to the table, or code of the
/// user's may run with our row, are the rows read and compared. After the last look the transaction can write nothing more. Where the
/// server does not count, the rows are counted. Everything is qualified, because it runs under the script's <c>search_path</c>.
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="table">The history table.</param>
/// <param name="rows">The rows that must be there.</param>
internal sealed class HistoryGuard(PostgreSqlConnection connection, string table, KnownRows rows)
{
    // Settings of this kind are not listed anywhere: a script that wants to write another state over it would have to know the name.
    private readonly string _remembered = "migrations.h" + Guid.NewGuid().ToString("N");
    private readonly string _oid = $"{PostgreSqlText.Literal(table)}::pg_catalog.regclass";

    // Made once: every step says them.
    private (bool CountsChanges, string Preparation, string Check, string CheckOfLast, string CheckOfQuiet)? _texts;

    /// <summary>An expression that remembers, for the transaction, how the table is before the script.</summary>
    public string Preparation => Texts.Preparation;

    private (bool CountsChanges, string Preparation, string Check, string CheckOfLast, string CheckOfQuiet) Texts =>
        _texts is { } made && made.CountsChanges == connection.Server.CountsChanges
            ? made
            : (
                _texts = (
                    connection.Server.CountsChanges,
                    $"pg_catalog.set_config('{_remembered}', {State(added: 0)}, true)",
                    CheckText(Others),
                    CheckText(NoOthers),
                    CheckText($"{NoOthers} AND NOT {RunsCode}")
                )
            ).Value;

    /// <summary>
    /// What is said after the last check of a transaction: what its script has put off until the COMMIT (a trigger that defers constraints
    /// again, a cursor WITH HOLD) can write no more, and no one can take that back
    /// (<see href="https://www.postgresql.org/docs/current/sql-set-transaction.html"/>).
    /// </summary>
    public const string Closing = "SET TRANSACTION READ ONLY";

    /// <summary>
    /// A statement for a transaction that has not written to the table yet: it fails with a division by zero when its script has changed
    /// it. Whatever writes to a table holds a lock on it until the transaction, or the part of it that is rolled back, ends
    /// (<see href="https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES"/>).
    /// </summary>
    /// <param name="entry">The row that follows.</param>
    public NpgsqlBatchCommand Before(JournalEntry entry) =>
        Kept(
            $"""
            SELECT 1 OPERATOR(pg_catalog./) CASE WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_lock_status() l
                    WHERE l.relation OPERATOR(pg_catalog.=) {_oid}::pg_catalog.oid
                        AND l.pid OPERATOR(pg_catalog.=) pg_catalog.pg_backend_pid()
                        AND l.mode OPERATOR(pg_catalog.=) 'RowExclusiveLock') THEN 1
                WHEN {rows.AreKept} THEN 1 ELSE 0 END
            """,
            entry
        );

    /// <summary>A statement that fails with a division by zero when the transaction of a run has changed other rows than its own.</summary>
    /// <param name="entry">The last row of the run.</param>
    public NpgsqlBatchCommand AtEnd(JournalEntry entry) =>
        Kept($"SELECT 1 OPERATOR(pg_catalog./) CASE WHEN {rows.AreKept} AND {rows.AreInPlace} THEN 1 ELSE 0 END", entry);

    private NpgsqlBatchCommand Kept(string text, JournalEntry entry)
    {
        var command = new NpgsqlBatchCommand(text);
        rows.AddTo(command, entry.RunId, rows.Open);
        return command;
    }

    /// <summary>A statement that fails with a division by zero when the row is not the last one, or anything else has changed.</summary>
    /// <param name="entry">The row.</param>
    /// <param name="isOurs">Whether the transaction is the tool's, so that it has written no other rows than ours.</param>
    public NpgsqlBatchCommand Check(JournalEntry entry, bool isOurs) => Check(entry, isOurs ? Texts.Check : Texts.CheckOfLast);

    /// <summary>
    /// The same for a step in which no code of the user's has run: it is enough that no one else has made any run with our row meanwhile.
    /// </summary>
    /// <param name="entry">The row.</param>
    public NpgsqlBatchCommand CheckQuiet(JournalEntry entry) => Check(entry, Texts.CheckOfQuiet);

    private NpgsqlBatchCommand Check(JournalEntry entry, string text)
    {
        var command = new NpgsqlBatchCommand(text);
        rows.AddTo(command, entry.RunId, rows.Open + 1);
        command.Parameters.Add(PostgreSqlText.Parameter(entry.Name));
        command.Parameters.Add(PostgreSqlText.Parameter(JournalNames.Of(entry.Event)));
        return command;
    }

    // Code that runs with our row can have changed others where no counter shows it.
    private string Others => $"CASE WHEN {IsPlain} THEN true ELSE {rows.AreKept} END";

    // In a transaction of the script's own, what it has written so far is not known.
    private const string NoOthers = "$5 OPERATOR(pg_catalog.>=) 0::pg_catalog.int8 AND $6 OPERATOR(pg_catalog.>=) 0::pg_catalog.int8";

    private string CheckText(string others) =>
        $"""
            SELECT 1 OPERATOR(pg_catalog./) (SELECT pg_catalog.count(*) FROM (SELECT run_id, name, event
                FROM ONLY {table} ORDER BY id DESC LIMIT 1) h
            WHERE h.run_id OPERATOR(pg_catalog.=) $1 AND h.name OPERATOR(pg_catalog.=) $7 AND h.event OPERATOR(pg_catalog.=) $8
                AND {rows.IsLastKept} AND {others}
                AND CASE WHEN pg_catalog.length(COALESCE(pg_catalog.current_setting('{_remembered}', true),
                    '')) OPERATOR(pg_catalog.=) 0 THEN {Untouched}
                    ELSE {State(added: 1)} OPERATOR(pg_catalog.=) pg_catalog.current_setting('{_remembered}', true) END)
            """;

    /// <summary>
    /// A query of how the whole table is, for statements outside of transactions: what they change is committed before anything of ours
    /// looks. Which transaction wrote a row (<see href="https://www.postgresql.org/docs/current/ddl-system-columns.html">xmin</see>) shows
    /// an update.
    /// </summary>
    public string Whole =>
        "(SELECT pg_catalog.format('%s/%s/%s', pg_catalog.count(*), pg_catalog.max(k.id), "
        + $"pg_catalog.sum({KnownRows.Mark("k")})) FROM ONLY {table} k)";

    /// <summary>
    /// What shows, where a script has said RESET ALL and nothing is remembered, that no row was changed or taken away. Otherwise it would
    /// be too much to ask: the counters still have what a transaction before has changed, although it was rolled back.
    /// </summary>
    private string Untouched =>
        $"pg_catalog.pg_stat_get_xact_tuples_updated({_oid}) OPERATOR(pg_catalog.=) 0 "
        + $"AND pg_catalog.pg_stat_get_xact_tuples_deleted({_oid}) OPERATOR(pg_catalog.=) 0";

    /// <summary>Whether the table has a trigger, a rule, a policy or a check.</summary>
    private string RunsCode =>
        $"""
            EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid OPERATOR(pg_catalog.=) {_oid}
                    AND (c.relhastriggers OR c.relhasrules OR c.relrowsecurity OR c.relchecks OPERATOR(pg_catalog.>) 0::pg_catalog.int2))
            """;

    /// <summary>Whether no code of the user's runs when a row is added: no trigger, rule, policy, check, default or expression.</summary>
    private string IsPlain =>
        $"""
            NOT {RunsCode}
                AND NOT EXISTS (SELECT FROM pg_catalog.pg_attrdef d WHERE d.adrelid OPERATOR(pg_catalog.=) {_oid})
                AND NOT EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid OPERATOR(pg_catalog.=) {_oid}
                    AND (i.indexprs IS NOT NULL OR i.indpred IS NOT NULL))
            """;

    private string State(int added) =>
        connection.Server.CountsChanges
            ? $"pg_catalog.format('%s/%s/%s/%s/', pg_catalog.pg_relation_filenode({_oid}), "
                + $"pg_catalog.pg_stat_get_xact_tuples_updated({_oid}), pg_catalog.pg_stat_get_xact_tuples_deleted({_oid}), "
                + $"pg_catalog.pg_stat_get_xact_tuples_inserted({_oid}){Without(added)})"
            : $"pg_catalog.format('%s/%s/', pg_catalog.pg_relation_filenode({_oid}), (SELECT pg_catalog.count(*) FROM ONLY "
                + $"{table}){Without(added)})";

    private static string Without(int added) => added == 0 ? "" : " OPERATOR(pg_catalog.-) 1";
}
