namespace Migrations.PostgreSql;

/// <summary>A statement that copies rows into a table, as far as its text shows.</summary>
internal sealed class RowCopy
{
    private static readonly string[] Narrowing =
    [
        "WHERE",
        "LIMIT",
        "FETCH",
        "OFFSET",
        "JOIN",
        "GROUP",
        "DISTINCT",
        "INTERSECT",
        "EXCEPT",
        "CONFLICT",
        "TABLESAMPLE",
    ];

    private readonly HashSet<string> _columns = new(StringComparer.Ordinal);
    private readonly bool _takesAll;

    private RowCopy(StatementWords words, string into, int line)
    {
        (Into, Line) = (into, line);
        var outer = new Stack<(bool HasSelect, bool IsSelected)>();
        var (hasSelect, isSelected) = (false, false);
        for (var at = 0; words[at].Length > 0; at++)
        {
            var isComparison = at > 0 && words[at] is "DISTINCT" && words[at - 1] is "IS" or "NOT";
            MayLeaveRows |= !isComparison && Narrowing.Contains(words[at], StringComparer.Ordinal);
            // Neither IS DISTINCT FROM nor extract(... FROM ...) names a table.
            var isFrom = words[at] is "FROM" && hasSelect && !(at > 1 && words[at - 1] is "DISTINCT" && words[at - 2] is "IS" or "NOT");
            if (words[at] is "(")
            {
                outer.Push((hasSelect, isSelected));
                hasSelect = false;
            }
            else if (words[at] is ")")
            {
                (hasSelect, isSelected) = outer.TryPop(out var around) ? around : (false, false);
            }
            else if (words[at] is "SELECT" || isFrom)
            {
                (hasSelect, isSelected) = (true, !isFrom);
            }
            else if (isSelected && words[at] is "*")
            {
                _takesAll |= words[at + 1] is "FROM" or ",";
            }
            else if (isSelected && words[at - 1] is not "AS")
            {
                _columns.Add(SqlNames.Plain(words[at]));
            }

            if (isFrom || words[at] is "JOIN")
                AddSource(words, at + 1);
        }
    }

    /// <summary>The table, as written; unquoted letters in upper case.</summary>
    public string Into { get; }

    /// <summary>The tables that it reads, written so too.</summary>
    public List<string> From { get; } = [];

    /// <summary>The line that it stands in.</summary>
    public int Line { get; }

    /// <summary>Whether it may leave rows behind.</summary>
    public bool MayLeaveRows { get; }

    /// <summary>Reads a statement; null when it copies nothing.</summary>
    public static RowCopy? Read(string text, int line)
    {
        var words = new StatementWords(text);
        if (words[0] is not ("CREATE" or "INSERT" or "WITH") || !words.Contain("SELECT"))
            return null;
        if (words[0] is "CREATE")
            return LossReader.Read(text).FirstOrDefault(e => e.Act == LossAct.Create) is { } made
                ? new RowCopy(words, made.Name, line)
                : null;
        var at = 0;
        while (words[at] is not ("INTO" or ""))
            at++;
        at++;
        return words[at].Length > 0 ? new RowCopy(words, SqlNames.Qualified(words, ref at), line) : null;
    }

    /// <summary>Whether it takes a column.</summary>
    public bool Takes(string column) => _takesAll || _columns.Contains(column);

    private void AddSource(StatementWords words, int at)
    {
        if (words[at] is "ONLY")
            at++;
        if (words[at].Length > 0 && (char.IsLetter(words[at][0]) || words[at][0] is '_' or '"'))
            From.Add(SqlNames.Qualified(words, ref at));
    }
}
