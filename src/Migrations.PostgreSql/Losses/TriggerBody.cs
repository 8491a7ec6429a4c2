using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>
/// Reads what a trigger function does to rows of other tables than the trigger's, or to other rows of it than the one that fires it.
/// </summary>
/// <param name="body">The body.</param>
/// <param name="table">The trigger's table, without its schema.</param>
/// <param name="key">The column that alone is its key, as the server keeps it; null where it has no such key.</param>
/// <param name="routines">The functions that may delete or overwrite rows.</param>
internal sealed class TriggerBody(string body, string table, string? key, HarmfulRoutines routines)
{
    private readonly StatementWords _words = new(body);
    private readonly HashSet<string> _made = new(StringComparer.Ordinal);

    /// <summary>What it does when an event fires it.</summary>
    public IReadOnlyList<RowWrite> WritesOf(RowWriteKind on)
    {
        var writes = new List<RowWrite>();
        foreach (var (at, begins) in new TriggerFlow(_words, on.ToString().ToUpperInvariant()).Reached())
        {
            if (routines.IsCalled(_words, at) || (begins && IsUnclear(at)))
                writes.Add(new RowWrite("", RowWriteKind.Unknown));
            if (_words[at] is "TABLE" && Before(at) is "CREATE" or "TEMP" or "TEMPORARY" or "UNLOGGED")
                _made.Add(NameAt(_words[at + 1] is "IF" ? at + 4 : at + 1));
            writes.AddRange(WritesAt(at, on).Where(w => !_made.Contains(w.Table)));
        }

        return [.. writes.Distinct()];
    }

    private IEnumerable<RowWrite> WritesAt(int at, RowWriteKind on)
    {
        switch (_words[at])
        {
            case "INSERT" when _words[at + 1] is "INTO":
                yield return new RowWrite(NameAt(at + 2), RowWriteKind.Insert);
                if (Says(at, "DO", "UPDATE"))
                    yield return new RowWrite(NameAt(at + 2), RowWriteKind.Update);
                break;
            case "MERGE" when _words[at + 1] is "INTO":
                yield return new RowWrite(NameAt(at + 2), RowWriteKind.Insert);
                if (Says(at, "THEN", "UPDATE"))
                    yield return new RowWrite(NameAt(at + 2), RowWriteKind.Update);
                if (Says(at, "THEN", "DELETE"))
                    yield return new RowWrite(NameAt(at + 2), RowWriteKind.Delete);
                break;
            // FOR UPDATE, FOR NO KEY UPDATE, ON CONFLICT DO UPDATE
            case "UPDATE" when Before(at) is not ("FOR" or "KEY" or "DO") && _words[at + 1] is not ("SET" or "OF" or ";" or ")" or ""):
                if (!IsOwnRow(at))
                    yield return new RowWrite(NameAt(at + 1), RowWriteKind.Update);
                break;
            case "DELETE" when _words[at + 1] is "FROM":
                // A row that has just come may go again.
                if (on != RowWriteKind.Insert || !IsOwnRow(at))
                    yield return new RowWrite(NameAt(at + 2), RowWriteKind.Delete);
                break;
            case "TRUNCATE":
                yield return new RowWrite(NameAt(_words[at + 1] is "TABLE" ? at + 2 : at + 1), RowWriteKind.Delete);
                break;
        }
    }

    // What it drops, and what it runs of a text that is put together. A text that begins as an INSERT or a CREATE is one that puts rows
    // into the parts of a table.
    private bool IsUnclear(int at)
    {
        if (_words[at] is "DROP" || (_words[at] is "ALTER" && !Says(at, "TRIGGER")))
            return true;
        if (_words[at] is not "EXECUTE")
            return false;
        var texts = new List<string>();
        for (var i = at + 1; _words[i].Length > 0 && _words[i] is not ";"; i++)
        {
            if (_words[i][0] is '\'' or '$' or 'E' && _words[i].Contains('\'', StringComparison.Ordinal))
                texts.Add(SqlLiterals.ValueOf(_words[i]));
        }

        return texts.Count == 0
            || new StatementWords(texts[0])[0] is not ("INSERT" or "CREATE" or "SELECT" or "NOTIFY" or "ANALYZE")
            || texts.Exists(t =>
                new StatementWords(t).ContainAny(w => w is "DELETE" or "UPDATE" or "TRUNCATE" or "DROP" or "MERGE" or "CONFLICT")
            );
    }

    // UPDATE own SET ... WHERE key = NEW.key
    private bool IsOwnRow(int at)
    {
        var name = at + (_words[at] is "DELETE" ? 2 : 1);
        if (key is null || !string.Equals(NameAt(name), table, StringComparison.Ordinal))
            return false;
        var where = at;
        while (_words[where] is not ("WHERE" or ";" or ""))
            where++;
        for (var i = where + 1; _words[where] is "WHERE" && _words[i] is not (";" or ""); i++)
        {
            if (_words[i] is "OR")
                return false;
            if (_words[i] is "=" && ((IsRowKey(i + 1) && IsKey(i - 1)) || (IsKey(i + 1) && IsRowKey(i - 3))))
                return !Says(i, "OR");
        }

        return false;
    }

    private string Before(int at) => at > 0 ? _words[at - 1] : "";

    private bool IsRowKey(int at) => at >= 0 && _words[at] is "NEW" or "OLD" && _words[at + 1] is "." && IsKey(at + 2);

    private bool IsKey(int at) => at >= 0 && string.Equals(SqlNames.Plain(_words[at]), key, StringComparison.Ordinal);

    private bool Says(int from, string first, string? second = null)
    {
        for (var at = from; _words[at] is not (";" or ""); at++)
        {
            if (
                string.Equals(_words[at], first, StringComparison.Ordinal)
                && (second is null || string.Equals(_words[at + 1], second, StringComparison.Ordinal))
            )
                return true;
        }

        return false;
    }

    private string NameAt(int at)
    {
        if (_words[at] is "ONLY")
            at++;
        return SqlNames.PlainLast(SqlNames.Qualified(_words, ref at));
    }
}
