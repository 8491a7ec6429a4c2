using System.Text;
using Migrations.Sql;

namespace Migrations.Databases;

/// <summary>
/// A DELETE or an UPDATE, read as far as needed to count the rows that it changes by a SELECT with the same condition:
/// <c>[WITH ...] DELETE FROM table [USING ...] [WHERE ...]</c>, <c>[WITH ...] UPDATE table SET ... [FROM ...] [WHERE ...]</c>
/// (<see href="https://www.postgresql.org/docs/current/sql-delete.html">PostgreSQL</see>, <see
/// href="https://sqlite.org/lang_delete.html">SQLite</see>).
/// </summary>
public sealed class RowChange
{
    private static readonly string[] Clauses = ["SET", "USING", "FROM", "WHERE", "RETURNING", "ORDER", "LIMIT"];

    private readonly string _text;
    private readonly List<SqlToken> _tokens;
    private readonly Dictionary<string, (int From, int To)> _clauses = new(StringComparer.OrdinalIgnoreCase);
    private readonly int _verb;
    private readonly int _target;

    private RowChange(string text, List<SqlToken> tokens, int verb)
    {
        (_text, _tokens, _verb) = (text, tokens, verb);
        IsDelete = Is(verb, "DELETE");
        _target = IsDelete ? verb + (Is(verb + 1, "FROM") ? 2 : 1) : verb + (Is(verb + 1, "OR") ? 3 : 1);
        FindClauses(_target);
        var name = _target + (Is(_target, "ONLY") ? 1 : 0);
        var end = name;
        while (Text(end + 1) is ".")
            end += 2;
        Table = Slice(name, end + 1);
    }

    /// <summary>Whether it deletes rows; else it overwrites values.</summary>
    public bool IsDelete { get; }

    /// <summary>The table, as written: with its schema and quotes.</summary>
    public string Table { get; }

    /// <summary>Whether it may leave rows of the table out.</summary>
    public bool IsConditional => _clauses.Keys.Any(c => c is "WHERE" or "USING" or "LIMIT" || (c is "FROM" && !IsDelete));

    /// <summary>The columns that an UPDATE gives values to, as written.</summary>
    public IReadOnlyList<string> Assigned => [.. AssignedColumns()];

    /// <summary>Every name in the statement, without quotes and in small letters: its tables are among them.</summary>
    public IReadOnlySet<string> Names => ScriptWrites.NamesIn(_text, _tokens);

    /// <summary>Reads a statement; null when it is neither, or one of its named queries changes rows itself.</summary>
    /// <param name="dialect">How it is read.</param>
    /// <param name="statement">Its text.</param>
    public static RowChange? Read(ISqlDialect dialect, string statement)
    {
        var tokens = ScriptWrites.Meaningful(dialect, statement);
        var depth = 0;
        for (var at = 0; at < tokens.Count; at++)
        {
            var token = tokens[at].In(statement);
            depth +=
                token is "(" ? 1
                : token is ")" ? -1
                : 0;
            if (tokens[at].Kind != SqlTokenKind.Word)
                continue;
            if (at == 0 && !IsWord(token, "WITH") && !IsWord(token, "DELETE") && !IsWord(token, "UPDATE"))
                return null;
            if (depth > 0 && tokens[at - 1].In(statement) is "(" && ScriptWrites.Changes(token))
                return null;
            if (depth == 0 && (IsWord(token, "DELETE") || IsWord(token, "UPDATE")))
                return new RowChange(statement, tokens, at);
            if (depth == 0 && (IsWord(token, "SELECT") || IsWord(token, "INSERT") || IsWord(token, "MERGE") || IsWord(token, "REPLACE")))
                return null;
        }

        return null;
    }

    /// <summary>The SELECT that counts its rows.</summary>
    /// <param name="count">The call that counts, as the database writes it when no one else's may be taken for it.</param>
    public string CountQuery(string count) => $"{Slice(0, _verb)}SELECT {count} FROM ({Found("1")}\n) AS counted";

    /// <summary>The SELECT that counts the rows of another table that go with those that it deletes.</summary>
    /// <param name="count">The call that counts.</param>
    /// <param name="way">The foreign keys from its table to that one.</param>
    /// <param name="equals">The operator that compares their columns.</param>
    public string CountQuery(string count, IReadOnlyList<ActingKey> way, string equals)
    {
        var (source, condition) = ($"({Found("*")}\n)", "");
        for (var at = 0; at < way.Count; at++)
        {
            var (child, parent) = ($"key{at + 1}", $"key{at}");
            var joined = way[at].ChildColumns.Zip(way[at].ParentColumns, (c, p) => $"{child}.{c} {equals} {parent}.{p}");
            condition =
                $"EXISTS (SELECT 1 FROM {source} AS {parent} WHERE "
                + $"{string.Join(" AND ", condition.Length == 0 ? joined : joined.Append(condition))})";
            source = way[at].Child;
        }

        return $"{Slice(0, _verb)}SELECT {count} FROM {source} AS key{way.Count} WHERE {condition}";
    }

    private string Found(string columns)
    {
        var query = new StringBuilder("SELECT ").Append(columns).Append(" FROM ").Append(Slice(_target, FirstClause));
        var condition = Clause("WHERE");
        if (Clause(IsDelete ? "USING" : "FROM") is { } others)
            query
                .Append(" WHERE EXISTS (SELECT 1 FROM ")
                .Append(others)
                .Append(condition is null ? "" : "\nWHERE " + condition)
                .Append("\n)");
        else if (condition is not null)
            query.Append(" WHERE ").Append(condition);
        foreach (var clause in new[] { "ORDER", "LIMIT" })
            query.Append(Clause(clause) is { } rest ? $"\n{clause} {rest}" : "");
        return query.ToString();
    }

    private int FirstClause => _clauses.Count == 0 ? _tokens.Count : _clauses.Values.Min(c => c.From) - 1;

    private string? Clause(string word) => _clauses.TryGetValue(word, out var clause) ? Slice(clause.From, clause.To) : null;

    private void FindClauses(int from)
    {
        string? open = null;
        var depth = 0;
        for (var at = from; at < _tokens.Count; at++)
        {
            depth +=
                Text(at) is "(" ? 1
                : Text(at) is ")" ? -1
                : 0;
            // IS DISTINCT FROM begins no list of tables.
            if (
                depth > 0
                || _tokens[at].Kind != SqlTokenKind.Word
                || Is(at - 1, "DISTINCT")
                || !Clauses.Contains(Text(at), StringComparer.OrdinalIgnoreCase)
            )
                continue;
            if (open is not null)
                _clauses[open] = (_clauses[open].From, at);
            open = Text(at).ToUpperInvariant();
            _clauses[open] = (at + 1, _tokens.Count);
        }
    }

    // SET a = ..., (b, c) = ..., d[1] = ...
    private IEnumerable<string> AssignedColumns()
    {
        if (!_clauses.TryGetValue("SET", out var clause))
            yield break;
        var depth = 0;
        var isTarget = true;
        for (var at = clause.From; at < clause.To; at++)
        {
            var text = Text(at);
            if (isTarget && _tokens[at].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName && Text(at + 1) is not ".")
                yield return text;
            depth +=
                text is "(" or "[" ? 1
                : text is ")" or "]" ? -1
                : 0;
            if (text is "=" or "[")
                isTarget = false;
            else if (text is "," && depth == 0)
                isTarget = true;
        }
    }

    private string Slice(int from, int to)
    {
        to = Math.Min(to, _tokens.Count);
        return from >= to ? "" : _text[_tokens[from].Start..(_tokens[to - 1].Start + _tokens[to - 1].Length)] + (from == 0 ? " " : "");
    }

    private string Text(int at) => at >= 0 && at < _tokens.Count ? _tokens[at].In(_text).ToString() : "";

    private bool Is(int at, string word) =>
        at >= 0 && at < _tokens.Count && _tokens[at].Kind == SqlTokenKind.Word && IsWord(_tokens[at].In(_text), word);

    private static bool IsWord(ReadOnlySpan<char> token, string word) => token.Equals(word, StringComparison.OrdinalIgnoreCase);
}
