using Migrations.Databases;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// What acts in place of, or besides, a statement that writes rows, and may delete or overwrite others: <see
/// href="https://www.postgresql.org/docs/current/sql-createrule.html">rules</see>, triggers that act instead of a statement on a view, and
/// triggers of tables.
/// </summary>
internal sealed class WriteHooks
{
    private const string All = """
        SELECT c.relname::text, CASE r.ev_type WHEN '2' THEN 'UPDATE' WHEN '3' THEN 'INSERT' ELSE 'DELETE' END,
            pg_catalog.pg_get_ruledef(r.oid), NULL, NULL, true, '', NULL
            FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class c ON c.oid = r.ev_class WHERE r.ev_type <> '1' AND r.oid >= 16384
        UNION ALL SELECT c.relname::text, e.event, pg_catalog.quote_ident(p.proname) || '()',
            CASE WHEN t.tgtype & 64 = 0 THEN t.tgname::text END, p.proname::text, t.tgtype & 1 = 0,
            (SELECT pg_catalog.string_agg(a.attname, pg_catalog.chr(10)) FROM pg_catalog.pg_attribute a
                WHERE a.attrelid = t.tgrelid AND a.attnum = ANY (t.tgattr)),
            (SELECT a.attname::text FROM pg_catalog.pg_index i
                JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
                WHERE i.indrelid = t.tgrelid AND i.indisprimary AND i.indnkeyatts = 1)
            FROM pg_catalog.pg_trigger t
            JOIN LATERAL (SELECT t.tgrelid AS id UNION SELECT x.relid FROM pg_catalog.pg_partition_ancestors(t.tgrelid) x) o ON true
            JOIN pg_catalog.pg_class c ON c.oid = o.id JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
            JOIN (VALUES ('INSERT', 4), ('DELETE', 8), ('UPDATE', 16), ('TRUNCATE', 32)) e (event, bit) ON t.tgtype & e.bit <> 0
            WHERE NOT t.tgisinternal AND t.tgenabled IN ('O', 'A')
        """;

    private readonly HashSet<(string Relation, string Event)> _harmful = [];
    private readonly TriggerForecast _triggers;

    private WriteHooks(TriggerForecast triggers) => _triggers = triggers;

    /// <summary>Reads those of a database.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="routines">Reads the functions that may delete or overwrite; only where there is a rule or a trigger.</param>
    /// <param name="keys">Reads the foreign keys that act; only where there is a trigger.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<WriteHooks> ReadAsync(
        PostgreSqlConnection connection,
        Func<Task<HarmfulRoutines>> routines,
        Func<Task<IReadOnlyList<ActingKey>>> keys,
        CancellationToken cancellationToken
    )
    {
        var found = new List<(string Relation, string Event, string Text)>();
        var triggers = new List<TableTrigger>();
        await connection
            .QueryAsync(
                All,
                row =>
                {
                    if (row.IsDBNull(3))
                        found.Add((row.GetString(0), row.GetString(1), row.GetString(2)));
                    else
                        triggers.Add(TriggerOf(row));
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        if (found.Count == 0 && triggers.Count == 0)
            return new WriteHooks(new TriggerForecast([], [], routines: null));
        var harmful = await routines().ConfigureAwait(false);
        var hooks = new WriteHooks(new TriggerForecast(triggers, triggers.Count == 0 ? [] : await keys().ConfigureAwait(false), harmful));
        hooks._harmful.UnionWith(found.Where(h => IsHarmful(h.Text, harmful)).Select(h => (h.Relation, h.Event)));
        return hooks;
    }

    private static TableTrigger TriggerOf(NpgsqlDataReader row) =>
        new(
            row.GetString(3),
            row.GetString(0),
            Enum.Parse<RowWriteKind>(row.GetString(1), ignoreCase: true),
            row.GetString(4),
            row.GetBoolean(5),
            row.IsDBNull(6) ? [] : row.GetString(6).Split('\n'),
            row.IsDBNull(7) ? null : row.GetString(7)
        );

    /// <summary>Whether a statement says something about triggers and rules.</summary>
    public static bool Concerns(string statement)
    {
        var words = new StatementWords(statement);
        return (words[0] is "CREATE" && words[words[1] is "OR" ? 3 : 1] is "RULE") || TriggerForecast.Concerns(statement);
    }

    /// <summary>Takes note of what the script says about triggers and rules.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="routines">The functions, where it makes something.</param>
    public void Observe(string statement, HarmfulRoutines? routines)
    {
        if (TriggerForecast.Concerns(statement))
            _triggers.Observe(statement, routines);
        if (routines is null)
            return;
        var words = new StatementWords(statement);
        var at = words[1] is "OR" ? 3 : 1;
        var isRule = words[at] is "RULE";
        if (
            words[0] is not "CREATE"
            || !(isRule || (words[at] is "TRIGGER" && words.Contain("INSTEAD")))
            || !IsHarmful(statement, routines)
        )
            return;
        // A rule says ON event TO table, a trigger event OR event ON table.
        var events = new List<string>();
        for (; words[at].Length > 0 && words[at] is not "TO" && (isRule || words[at] is not "ON"); at++)
        {
            if (words[at] is "INSERT" or "UPDATE" or "DELETE")
                events.Add(words[at]);
        }

        at++;
        var relation = SqlNames.PlainLast(SqlNames.Qualified(words, ref at));
        _harmful.UnionWith(events.Select(e => (relation, e)));
    }

    /// <summary>What triggers delete or overwrite because a statement fires them, and the table that it writes to.</summary>
    /// <param name="part">A statement that changes rows, without others in it.</param>
    /// <param name="losses">What it loses without them.</param>
    public (string Relation, IReadOnlyList<RowWrite> Writes) FiredBy(string part, IReadOnlyList<DataLoss> losses)
    {
        var words = new StatementWords(part);
        if (_triggers.Fired.IsEmpty || Written(words) is not { } written)
            return ("", []);
        var relation = SqlNames.PlainLast(written.Relation);
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var at = 0; words[at].Length > 0; at++)
            names.Add(SqlNames.Plain(words[at]));
        var findsRows = losses.Count == 0 || losses.Any(l => l.Rows is not 0);
        var passedOn = losses
            .Where(l => l.Kind == DataLossKind.Cascaded || !string.Equals(SqlNames.PlainLast(l.Name), relation, StringComparison.Ordinal))
            .Select(l => new RowWrite(
                SqlNames.PlainLast(l.Name),
                l.Kind == DataLossKind.Cascaded ? RowWriteKind.Delete : RowWriteKind.Update
            ))
            .ToList();
        RowWriteKind[] kinds = written.Event switch
        {
            "MERGE" => [RowWriteKind.Insert, RowWriteKind.Update, RowWriteKind.Delete],
            "INSERT" when written.IsUpsert && findsRows => [RowWriteKind.Insert, RowWriteKind.Update],
            _ => [Enum.Parse<RowWriteKind>(written.Event, ignoreCase: true)],
        };
        return (
            relation,
            [
                .. kinds
                    .SelectMany(k => _triggers.Fired.Of(new RowWrite(relation, k), passedOn, findsRows || k == RowWriteKind.Insert, names))
                    .Distinct(),
            ]
        );
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
        if (words[0] is "COPY" && words[1] is not "(" && words.Contain("FROM"))
        {
            var name = 1;
            return ("INSERT", SqlNames.Qualified(words, ref name), false);
        }

        for (int at = 0, depth = 0; words[at].Length > 0; at++)
        {
            depth +=
                words[at] is "(" ? 1
                : words[at] is ")" ? -1
                : 0;
            if (depth > 0 || words[at] is not ("INSERT" or "UPDATE" or "DELETE" or "MERGE" or "TRUNCATE"))
                continue;
            var verb = words[at++];
            while (words[at] is "INTO" or "FROM" or "ONLY" or "TABLE")
                at++;
            return (verb, SqlNames.Qualified(words, ref at), verb is "INSERT" && words.Contain("DO", "UPDATE"));
        }

        return null;
    }
}
