using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>The triggers of tables as they are at a place of a script, and what they do.</summary>
/// <param name="triggers">Those of the database.</param>
/// <param name="keys">The foreign keys that act.</param>
/// <param name="routines">The functions; null where the database has no trigger.</param>
internal sealed class TriggerForecast(IEnumerable<TableTrigger> triggers, IReadOnlyList<ActingKey> keys, HarmfulRoutines? routines)
{
    private readonly List<TableTrigger> _triggers = [.. triggers];
    private FiredTriggers? _fired;
    private HarmfulRoutines? _routines = routines;

    /// <summary>What they do.</summary>
    public FiredTriggers Fired => _fired ??= Read();

    /// <summary>Whether a statement makes a trigger, changes or drops one, its function, or its table.</summary>
    public static bool Concerns(string statement)
    {
        var words = new StatementWords(statement);
        return words[0] switch
        {
            "CREATE" => words[words[1] is "OR" ? 3 : 1] is "TRIGGER" or "CONSTRAINT" or "FUNCTION",
            "DROP" => words[1] is "TRIGGER" or "TABLE" or "FUNCTION",
            "ALTER" => words[1] is "TABLE" && (words.Contain("TRIGGER") || words.Contain("RENAME", "TO")),
            _ => false,
        };
    }

    /// <summary>Takes note of a statement that concerns them.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="known">The functions, where it makes something.</param>
    public void Observe(string statement, HarmfulRoutines? known)
    {
        var words = new StatementWords(statement);
        _fired = null;
        _routines ??= known;
        switch (words[0])
        {
            case "CREATE" when !words.Contain("INSTEAD"):
                Make(words);
                break;
            case "DROP" when words[1] is "TRIGGER":
                var (trigger, _) = NameAt(words, 2);
                var (table, _) = NameAt(words, Behind(words, "ON"));
                _triggers.RemoveAll(t => Same(t.Name, trigger) && Same(t.Table, table));
                break;
            case "DROP":
                var names = LossReader.Names(words, words[2] is "IF" ? 4 : 2).Select(SqlNames.PlainLast).ToHashSet(StringComparer.Ordinal);
                _triggers.RemoveAll(t => names.Contains(words[1] is "TABLE" ? t.Table : t.Function));
                break;
            case "ALTER":
                Alter(words);
                break;
        }
    }

    private void Make(StatementWords words)
    {
        var at = words[1] is "OR" ? 3 : 1;
        at += words[at] is "CONSTRAINT" ? 1 : 0;
        if (words[at] is not "TRIGGER")
            return;
        var (name, next) = NameAt(words, at + 1);
        var (table, _) = NameAt(words, Behind(words, "ON", next));
        var (function, _) = NameAt(words, Behind(words, "EXECUTE", next) + 1);
        var on = Behind(words, "ON", next);
        for (var i = next; i < on - 1; i++)
        {
            if (!Enum.TryParse<RowWriteKind>(words[i], ignoreCase: true, out var kind) || words[i] is "UNKNOWN")
                continue;
            _triggers.Add(new TableTrigger(name, table, kind, function, !words.Contain("EACH", "ROW"), ColumnsAt(words, i + 1), Key: null));
        }
    }

    private static List<string> ColumnsAt(StatementWords words, int at)
    {
        var columns = new List<string>();
        for (at++; words[at - 1] is "OF" or ","; at += 2)
            columns.Add(SqlNames.Plain(words[at]));
        return columns;
    }

    private void Alter(StatementWords words)
    {
        var at = words[2] is "IF" ? 4 : 2;
        at += words[at] is "ONLY" ? 1 : 0;
        var (table, next) = NameAt(words, at);
        for (var i = 0; i < _triggers.Count; i++)
        {
            if (!Same(_triggers[i].Table, table))
                continue;
            if (words[next] is "RENAME" && words[next + 1] is "TO")
                _triggers[i] = _triggers[i] with { Table = SqlNames.Plain(words[next + 2]) };
            else if (
                words[next] is "ENABLE" or "DISABLE"
                && (words[next + 2] is "ALL" or "USER" || Same(SqlNames.Plain(words[next + 2]), _triggers[i].Name))
            )
                _triggers[i] = _triggers[i] with { IsDisabled = words[next] is "DISABLE" };
        }
    }

    private FiredTriggers Read()
    {
        var fired = new FiredTriggers();
        foreach (var trigger in _triggers.Where(t => !t.IsDisabled))
        {
            if (_routines?.BodyOf(trigger.Function) is not { } body)
                continue;
            IReadOnlyList<RowWrite> writes =
                body.Length == 0
                    ? [new RowWrite("", RowWriteKind.Unknown)]
                    : new TriggerBody(body, trigger.Table, trigger.Key, _routines).WritesOf(trigger.On);
            fired.Add(trigger.Table, trigger.On, new FiredTrigger(trigger.Name, trigger.IsOfStatement, trigger.Columns, writes));
        }

        foreach (var key in fired.IsEmpty ? [] : keys)
        {
            var (parent, child) = (SqlNames.PlainLast(key.Parent), SqlNames.PlainLast(key.Child));
            if (key.OnDelete != KeyAction.None)
                fired.AddKey(
                    new RowWrite(parent, RowWriteKind.Delete),
                    new RowWrite(child, key.Cascades ? RowWriteKind.Delete : RowWriteKind.Update)
                );
            if (key.ActsOnUpdate)
                fired.AddKey(new RowWrite(parent, RowWriteKind.Update), new RowWrite(child, RowWriteKind.Update));
        }

        return fired;
    }

    private static int Behind(StatementWords words, string word, int from = 2)
    {
        var at = from;
        while (words[at].Length > 0 && !Same(words[at], word))
            at++;
        return at + 1;
    }

    private static (string Name, int Next) NameAt(StatementWords words, int at)
    {
        if (words[at] is "IF")
            at += 2;
        return (SqlNames.PlainLast(SqlNames.Qualified(words, ref at)), at);
    }

    private static bool Same(string one, string other) => string.Equals(one, other, StringComparison.Ordinal);
}
