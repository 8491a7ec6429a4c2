namespace Migrations.PostgreSql;

/// <summary>
/// What acts in place of, or besides, a statement that writes rows, and may delete or overwrite others: <see
/// href="https://www.postgresql.org/docs/current/sql-createrule.html">rules</see>, and triggers that act instead of a statement on a view.
/// </summary>
internal sealed class WriteHooks
{
    private const string All = """
        SELECT c.relname::text, CASE r.ev_type WHEN '2' THEN 'UPDATE' WHEN '3' THEN 'INSERT' ELSE 'DELETE' END,
            pg_catalog.pg_get_ruledef(r.oid)
            FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class WHERE r.ev_type <> '1' AND r.oid >= 16384
        UNION ALL SELECT c.relname::text, e.event, pg_catalog.quote_ident(p.proname) || '()'
            FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
            JOIN (VALUES ('INSERT', 4), ('DELETE', 8), ('UPDATE', 16)) e (event, bit) ON t.tgtype & e.bit <> 0
            WHERE NOT t.tgisinternal AND t.tgtype & 64 <> 0
        """;

    private readonly HashSet<(string Relation, string Event)> _harmful = [];

    /// <summary>Reads those of a database.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="routines">Reads the functions that may delete or overwrite; only where there is a rule or a trigger.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<WriteHooks> ReadAsync(
        PostgreSqlConnection connection,
        Func<Task<HarmfulRoutines>> routines,
        CancellationToken cancellationToken
    )
    {
        var found = new List<(string Relation, string Event, string Text)>();
        await connection
            .QueryAsync(All, row => found.Add((row.GetString(0), row.GetString(1), row.GetString(2))), cancellationToken)
            .ConfigureAwait(false);
        var hooks = new WriteHooks();
        if (found.Count == 0)
            return hooks;
        var harmful = await routines().ConfigureAwait(false);
        hooks._harmful.UnionWith(found.Where(h => IsHarmful(h.Text, harmful)).Select(h => (h.Relation, h.Event)));
        return hooks;
    }

    /// <summary>Takes note of a rule or a trigger that the script makes.</summary>
    public void Observe(string statement, HarmfulRoutines routines)
    {
        var words = new StatementWords(statement);
        var at = words[1] is "OR" ? 3 : 1;
        at += words[at] is "CONSTRAINT" ? 1 : 0;
        if (words[0] is not "CREATE" || words[at] is not ("RULE" or "TRIGGER") || !IsHarmful(statement, routines))
            return;
        // A rule says ON event TO table, a trigger event OR event ON table.
        var events = new List<string>();
        var isRule = words[at] is "RULE";
        for (; words[at].Length > 0 && words[at] is not "TO" && (isRule || words[at] is not "ON"); at++)
        {
            if (words[at] is "INSERT" or "UPDATE" or "DELETE")
                events.Add(words[at]);
        }

        at++;
        var relation = SqlNames.PlainLast(SqlNames.Qualified(words, ref at));
        _harmful.UnionWith(events.Select(e => (relation, e)));
    }

    /// <summary>The table or view by whose rule or trigger a statement may delete or overwrite other rows; null where it does
    /// not.</summary>
    /// <param name="part">A statement that changes rows, without others in it.</param>
    public string? UsedBy(string part)
    {
        if (_harmful.Count == 0 || Written(new StatementWords(part)) is not { } written)
            return null;
        var relation = SqlNames.PlainLast(written.Relation);
        string[] events =
            written.Event is "MERGE" ? ["INSERT", "UPDATE", "DELETE"]
            : written.IsUpsert ? ["INSERT", "UPDATE"]
            : [written.Event];
        return Array.Exists(events, e => _harmful.Contains((relation, e))) ? relation : null;
    }

    private static bool IsHarmful(string text, HarmfulRoutines routines)
    {
        var words = new StatementWords(text);
        var at = 0;
        while (words[at].Length > 0 && words[at] is not "DO")
            at++;
        for (; words[at].Length > 0; at++)
        {
            if (words[at] is "DELETE" or "UPDATE")
                return true;
        }

        return routines.CalledIn(text) is not null;
    }

    private static (string Event, string Relation, bool IsUpsert)? Written(StatementWords words)
    {
        for (int at = 0, depth = 0; words[at].Length > 0; at++)
        {
            depth +=
                words[at] is "(" ? 1
                : words[at] is ")" ? -1
                : 0;
            if (depth > 0 || words[at] is not ("INSERT" or "UPDATE" or "DELETE" or "MERGE"))
                continue;
            var verb = words[at++];
            while (words[at] is "INTO" or "FROM" or "ONLY")
                at++;
            return (verb, SqlNames.Qualified(words, ref at), verb is "INSERT" && words.Contain("DO", "UPDATE"));
        }

        return null;
    }
}
