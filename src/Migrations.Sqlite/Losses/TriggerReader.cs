using Migrations.Databases;

namespace Migrations.Sqlite;

/// <summary>
/// Reads what a trigger does to rows (<see href="https://sqlite.org/lang_createtrigger.html"/>): to those of other tables, or to other rows
/// of its own than the one that fires it.
/// </summary>
/// <param name="tokens">The definition.</param>
/// <param name="keyOf">The column that alone is the key of a table; null where it has no such key.</param>
internal sealed class TriggerReader(List<SqliteToken> tokens, Func<string, string?> keyOf)
{
    private static readonly string[] Rowids = ["rowid", "oid", "_rowid_"];

    private int _event;
    private int _on;
    private int _body;

    /// <summary>Its table or view, as names are compared.</summary>
    public string Table { get; private set; } = "";

    /// <summary>What fires it.</summary>
    public RowWriteKind On => KindOf(tokens[_event]);

    /// <summary>Reads the definition.</summary>
    /// <returns>The trigger; null where the text creates no trigger.</returns>
    public FiredTrigger? Read()
    {
        _event = tokens.FindIndex(t => t.Is("INSERT") || t.Is("UPDATE") || t.Is("DELETE"));
        _on = _event < 0 ? -1 : tokens.FindIndex(_event, t => t.Is("ON"));
        _body = _on < 0 ? -1 : tokens.FindIndex(_on, t => t.Is("BEGIN"));
        if (_body < 0)
            return null;
        var name = new SqliteTokenCursor(tokens).SkipCreate("TRIGGER");
        Table = Fold(new SqliteTokenCursor(tokens.GetRange(_on + 1, _body - _on - 1)).TakeName());
        var columns = tokens
            .GetRange(_event + 1, _on - _event - 1)
            .Where(t => !t.Is("OF") && !t.Is(','))
            .Select(t => Fold(t.Name))
            .ToList();
        var isInstead = _event > 1 && tokens[_event - 2].Is("INSTEAD");
        return new FiredTrigger(Fold(name), isInstead, columns, [.. Statements().SelectMany(s => WritesOf(s, isInstead))]);
    }

    private IEnumerable<List<SqliteToken>> Statements()
    {
        var start = _body + 1;
        for (var at = start; at < tokens.Count; at++)
        {
            if (!tokens[at].Is(';'))
                continue;
            yield return tokens.GetRange(start, at - start);
            start = at + 1;
        }
    }

    private IEnumerable<RowWrite> WritesOf(List<SqliteToken> statement, bool isInstead)
    {
        var verb = statement.FindIndex(t => t.Is("INSERT") || t.Is("UPDATE") || t.Is("DELETE") || t.Is("REPLACE") || t.Is("SELECT"));
        if (verb < 0 || statement[verb].Is("SELECT"))
            yield break;
        var target = verb + 1;
        while (target < statement.Count && (statement[target].Is("OR") || statement[target - 1].Is("OR")))
            target++;
        target += target < statement.Count && (statement[target].Is("INTO") || statement[target].Is("FROM")) ? 1 : 0;
        var table = Fold(new SqliteTokenCursor(statement.GetRange(target, statement.Count - target)).TakeName());
        var replaces = statement[verb].Is("REPLACE") || (statement[verb + 1].Is("OR") && statement[verb + 2].Is("REPLACE"));
        var kind = statement[verb].Is("REPLACE") ? RowWriteKind.Insert : KindOf(statement[verb]);
        if (!isInstead && kind != RowWriteKind.Insert && IsOwnRow(statement, table, kind))
            yield break;
        yield return new RowWrite(table, kind);
        if (kind == RowWriteKind.Insert && (replaces || UpdatesOnConflict(statement)))
            yield return new RowWrite(table, RowWriteKind.Update);
    }

    private static bool UpdatesOnConflict(List<SqliteToken> statement)
    {
        for (var at = 0; at + 1 < statement.Count; at++)
        {
            if (statement[at].Is("DO") && statement[at + 1].Is("UPDATE"))
                return true;
        }

        return false;
    }

    // The row that fires the trigger is written by the statement itself; a row that has just come may go again.
    private bool IsOwnRow(List<SqliteToken> statement, string table, RowWriteKind kind)
    {
        if (!string.Equals(table, Table, StringComparison.Ordinal) || (kind == RowWriteKind.Delete && On != RowWriteKind.Insert))
            return false;
        var where = statement.FindLastIndex(t => t.Is("WHERE"));
        for (var at = where + 1; where >= 0 && at + 4 < statement.Count; at++)
        {
            if (
                statement[at + 1].Is('=')
                && IsRow(statement[at + 2])
                && statement[at + 3].Is('.')
                && IsKey(statement[at], statement[at + 4])
            )
                return !statement.Exists(t => t.Is("OR"));
            if (
                statement[at + 1].Is('.')
                && IsRow(statement[at])
                && statement[at + 3].Is('=')
                && IsKey(statement[at + 2], statement[at + 4])
            )
                return !statement.Exists(t => t.Is("OR"));
        }

        return false;
    }

    private static bool IsRow(SqliteToken token) => token.Is("NEW") || token.Is("OLD");

    private bool IsKey(SqliteToken one, SqliteToken other)
    {
        bool Is(SqliteToken token) =>
            Rowids.Contains(Fold(token.Name), StringComparer.Ordinal)
            || (keyOf(Table) is { } key && string.Equals(Fold(key), Fold(token.Name), StringComparison.Ordinal));
        return Is(one) && Is(other);
    }

    private static RowWriteKind KindOf(SqliteToken token) =>
        token.Is("INSERT") ? RowWriteKind.Insert
        : token.Is("UPDATE") ? RowWriteKind.Update
        : RowWriteKind.Delete;

    private static string Fold(string name) => SqliteNames.Fold(name);
}
