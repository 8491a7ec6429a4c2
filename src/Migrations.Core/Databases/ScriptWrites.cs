using Migrations.Sql;

namespace Migrations.Databases;

/// <summary>
/// What the statements before one have changed, as far as their text shows: a condition that is evaluated before the script runs says
/// nothing about rows that the script changes first. When in doubt a table counts as changed.
/// </summary>
/// <param name="dialect">How statements are read.</param>
public sealed class ScriptWrites(ISqlDialect dialect)
{
    // Calls that change no rows.
    private static readonly HashSet<string> Quiet = new(StringComparer.OrdinalIgnoreCase)
    {
        "setval",
        "set_config",
        "nextval",
        "currval",
        "pg_get_serial_sequence",
        "count",
        "max",
        "min",
        "coalesce",
        "greatest",
        "load_extension",
    };

    // What stands in most statements, and says nothing about tables.
    private static readonly HashSet<string> KeyWords = new(StringComparer.Ordinal)
    {
        "insert",
        "into",
        "delete",
        "from",
        "update",
        "merge",
        "only",
        "replace",
        "or",
        "ignore",
        "abort",
        "fail",
        "rollback",
        "copy",
        "truncate",
        "table",
        "alter",
        "create",
        "drop",
        "rename",
        "to",
        "column",
        "type",
        "as",
        "if",
        "not",
        "exists",
        "select",
        "where",
        "and",
        "in",
        "is",
        "null",
        "values",
        "set",
        "on",
        "using",
        "with",
        "begin",
        "end",
        "returns",
    };

    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);
    private readonly HashSet<string> _filled = new(StringComparer.Ordinal);
    private bool _isAnything;

    /// <summary>Takes note of a statement that runs before.</summary>
    public void Observe(string statement)
    {
        var tokens = Meaningful(dialect, statement);
        if (tokens.Count == 0)
            return;
        var words = tokens.Where(t => t.Kind == SqlTokenKind.Word).Select(t => t.In(statement).ToString().ToUpperInvariant()).ToList();
        switch (words.Count == 0 ? "" : words[0])
        {
            case "INSERT" or "REPLACE" or "COPY" or "DELETE" or "TRUNCATE":
                var overwrites = words[0] is "REPLACE" || (words[0] is "INSERT" && (words.Contains("CONFLICT") || words[1] is "OR"));
                Add(
                    overwrites ? _changed : _filled,
                    statement,
                    tokens,
                    words[0] is "TRUNCATE" ? int.MaxValue : TargetEnd(statement, tokens)
                );
                break;
            case "UPDATE" or "MERGE" or "RENAME":
                Add(_changed, statement, tokens, TargetEnd(statement, tokens));
                break;
            case "ALTER"
                when !words.Contains("RENAME") && !words.Contains("TYPE") && !words.Contains("SCHEMA") && !words.Contains("EXPRESSION"):
            case "CREATE" or "DROP" when words.Contains("INDEX") || words.IndexOf("TRIGGER") is > 0 and < 4:
                break;
            case "ALTER" or "CREATE" or "DROP":
                Add(_changed, statement, tokens, int.MaxValue);
                break;
            case "WITH" or "DO" or "CALL" or "EXECUTE" or "PREPARE" or "EXPLAIN" or "IMPORT" or "REFRESH":
                _isAnything = true;
                break;
            case "SELECT":
                _isAnything |= CallsSomething(statement, tokens);
                break;
        }
    }

    /// <summary>
    /// Whether what was observed may have an influence on the rows that a DELETE or UPDATE finds. Rows that were put into its own table are
    /// not there yet, and no loss.
    /// </summary>
    public bool MayChange(RowChange change)
    {
        if (_isAnything)
            return true;
        var own = Plain(change.Table[(change.Table.LastIndexOf('.') + 1)..]);
        return change.Names.Any(n => _changed.Contains(n) || (_filled.Contains(n) && !string.Equals(n, own, StringComparison.Ordinal)));
    }

    /// <summary>Whether a word begins a statement that changes rows.</summary>
    internal static bool Changes(ReadOnlySpan<char> word) =>
        word.Equals("DELETE", StringComparison.OrdinalIgnoreCase)
        || word.Equals("UPDATE", StringComparison.OrdinalIgnoreCase)
        || word.Equals("INSERT", StringComparison.OrdinalIgnoreCase)
        || word.Equals("MERGE", StringComparison.OrdinalIgnoreCase);

    /// <summary>The tokens that are neither white space nor comments.</summary>
    internal static List<SqlToken> Meaningful(ISqlDialect dialect, string text) =>
        [.. dialect.Tokenize(text).Where(t => t.Kind is not (SqlTokenKind.WhiteSpace or SqlTokenKind.Comment or SqlTokenKind.Semicolon))];

    /// <summary>All names among tokens, without quotes and in small letters.</summary>
    internal static HashSet<string> NamesIn(string text, IEnumerable<SqlToken> tokens) =>
        tokens
            .Where(t => t.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName)
            .Select(t => Plain(t.In(text).ToString()))
            .ToHashSet(StringComparer.Ordinal);

    // The name behind INTO, FROM or UPDATE stands before the first parenthesis, SET, VALUES or condition.
    private static int TargetEnd(string statement, List<SqlToken> tokens)
    {
        var end = tokens.FindIndex(t => t.In(statement) is "(" || IsAny(t.In(statement), "SET", "VALUES", "SELECT", "USING", "WHERE"));
        return end < 0 ? tokens.Count : end;
    }

    private static void Add(HashSet<string> to, string statement, List<SqlToken> tokens, int end) =>
        to.UnionWith(NamesIn(statement, tokens.Take(end)).Except(KeyWords, StringComparer.Ordinal));

    private static bool CallsSomething(string statement, List<SqlToken> tokens)
    {
        for (var at = 1; at < tokens.Count; at++)
        {
            if (
                tokens[at].In(statement) is "("
                && tokens[at - 1].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName
                && !Quiet.Contains(Plain(tokens[at - 1].In(statement).ToString()))
            )
                return true;
        }

        return false;
    }

    private static bool IsAny(ReadOnlySpan<char> token, params ReadOnlySpan<string> words)
    {
        foreach (var word in words)
        {
            if (token.Equals(word, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    private static string Plain(string name) => (name.Length > 1 && name[0] is '"' or '`' or '[' ? name[1..^1] : name).ToLowerInvariant();
}
