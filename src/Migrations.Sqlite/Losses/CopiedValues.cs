using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>
/// Which values a statement that copies rows puts into which columns: <c>INSERT INTO table [(columns)] SELECT values FROM ...</c>,
/// <c>CREATE TABLE table AS SELECT values FROM ...</c>.
/// </summary>
internal sealed class CopiedValues
{
    private readonly string _text;
    private readonly List<(SqliteToken Token, int Start)> _tokens;

    private CopiedValues(string text, List<(SqliteToken Token, int Start)> tokens)
    {
        (_text, _tokens) = (text, tokens);
        Source = "";
    }

    /// <summary>The columns that it names; null when it names none.</summary>
    public IReadOnlyList<string>? Columns { get; private set; }

    /// <summary>The values, in their order.</summary>
    public List<CopiedValue> Values { get; } = [];

    /// <summary>The statement from FROM on: where they come from.</summary>
    public string Source { get; private set; }

    /// <summary>Reads a statement; null where it is more than one plain SELECT.</summary>
    public static CopiedValues? Read(string text)
    {
        var values = new CopiedValues(text, [.. SqliteTokenCursor.ReadPlaced(text)]);
        return values.Read() ? values : null;
    }

    private bool Read()
    {
        var select = Find(0, t => t.Is("SELECT"));
        if (select >= _tokens.Count || Find(0, t => t.Is("WITH")) < select)
            return false;
        var from = select;
        do
        {
            from = Find(from + 1, t => t.Is("FROM"));
        } while (from < _tokens.Count && _tokens[from - 1].Token.Is("DISTINCT"));
        if (from >= _tokens.Count || Find(from, t => t.Is("UNION") || t.Is("INTERSECT") || t.Is("EXCEPT")) < _tokens.Count)
            return false;
        ReadColumns(select);
        ReadValues(select + 1, from);
        var end = Find(from, t => t.Is(';') || t.Is("RETURNING"));
        var conflict = Find(from, t => t.Is("CONFLICT"));
        Source = Slice(from, Math.Min(end, conflict < _tokens.Count ? conflict - 1 : end));
        return true;
    }

    private void ReadColumns(int select)
    {
        var open = _tokens.FindIndex(0, select, t => t.Token.Is('('));
        if (open > 0 && _tokens[0].Token.Is("CREATE") is false)
            Columns = [.. _tokens.GetRange(open, select - open).Select(t => t.Token).Where(IsName).Select(t => t.Name)];
    }

    private void ReadValues(int from, int to)
    {
        if (_tokens[from].Token.Is("DISTINCT") || _tokens[from].Token.Is("ALL"))
            from++;
        for (var at = from; at < to; at = from)
        {
            var end = Math.Min(to, Find(at, t => t.Is(',')));
            Add(at, end);
            from = end + 1;
        }
    }

    private void Add(int from, int to)
    {
        var tokens = _tokens.GetRange(from, to - from).ConvertAll(t => t.Token);
        string? alias = null;
        if (tokens.Count > 1 && IsName(tokens[^1]) && !tokens[^1].Is("END") && ForecastCopy.IsAlias(tokens[^2]))
        {
            alias = tokens[^1].Name;
            tokens.RemoveRange(tokens.Count - (tokens[^2].Is("AS") ? 2 : 1), tokens[^2].Is("AS") ? 2 : 1);
        }

        Values.Add(new CopiedValue(tokens, Slice(from, from + tokens.Count), alias));
    }

    private static bool IsName(SqliteToken token) =>
        token.Kind == SqlTokenKind.QuotedName || (token.Kind == SqlTokenKind.Word && !SqliteKeywords.IsReserved(token.Text));

    // The first outside parentheses.
    private int Find(int from, Predicate<SqliteToken> condition)
    {
        var depth = 0;
        for (var at = from; at < _tokens.Count; at++)
        {
            var token = _tokens[at].Token;
            if (depth == 0 && condition(token))
                return at;
            depth +=
                token.Is('(') ? 1
                : token.Is(')') ? -1
                : 0;
        }

        return _tokens.Count;
    }

    private string Slice(int from, int to) =>
        from >= to ? "" : _text[_tokens[from].Start..(_tokens[to - 1].Start + _tokens[to - 1].Token.Text.Length)];
}
