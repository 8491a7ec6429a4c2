using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>
/// Values by default in a dump. To define one runs nothing, and the COPY of a dump names every column that has one, so that none is taken
/// (<see href="https://www.postgresql.org/docs/current/sql-copy.html"/>); what takes one all the same is found here.
/// </summary>
/// <param name="reader">Knows what calls what.</param>
internal sealed class DumpedDefaults(ReachReader reader)
{
    // What ends a value by default inside the definition of a column: https://www.postgresql.org/docs/current/sql-createtable.html
    private static readonly HashSet<string> ColumnWords = new(StringComparer.Ordinal)
    {
        "CHECK",
        "COLLATE",
        "CONSTRAINT",
        "DEFAULT",
        "DEFERRABLE",
        "GENERATED",
        "INITIALLY",
        "NOT",
        "NULL",
        "PRIMARY",
        "REFERENCES",
        "UNIQUE",
    };

    // Of each table, as it is named, the columns whose values by default reach further.
    private readonly Dictionary<string, HashSet<string>> _columns = new(StringComparer.Ordinal);

    /// <summary>Whether there are any that must not be taken.</summary>
    public bool Any => _columns.Count > 0;

    /// <summary>
    /// A statement without the values by default that it only defines, which are looked at here; its lines stay where they are.
    /// </summary>
    public string Without(string statement)
    {
        var tokens = PlacedToken.Read(statement);
        var table = new DefinedTable(tokens);
        if (table.Name is not { } name)
            return statement;
        Inherit(name, tokens);
        var rest = statement.ToCharArray();
        foreach (var (column, from, to) in table.IsAltered ? Altered(tokens, table.Behind) : Created(tokens, table.Behind))
        {
            var value = statement[tokens[from + 1].Start..tokens[to - 1].End];
            if (reader.Find("SELECT " + value) is { Reach: >= Reach.Unseen } found)
                Note(name, column, found.Reach);
            for (var i = tokens[from].Start; i < tokens[to - 1].End; i++)
                rest[i] = rest[i] == '\n' ? '\n' : ' ';
        }

        return new string(rest);
    }

    /// <summary>
    /// Whether a statement is a COPY as a dump has it, which takes no value by default that reaches further: it may be to any other table,
    /// or names these columns.
    /// </summary>
    public bool IsPlainCopy(string statement)
    {
        var tokens = PlacedToken.Read(statement);
        var at = 1;
        if (tokens.Count < 4 || tokens[0].Word is not "COPY" || PlacedToken.NameAt(tokens, ref at) is not { } name)
            return false;
        if (tokens[at].Word is not ("(" or "FROM"))
            return false;
        var columns = new HashSet<string>(StringComparer.Ordinal);
        for (; at < tokens.Count && tokens[at].Word is not "FROM"; at++)
            columns.Add(tokens[at].Word);
        // And no option: WHERE calls functions, and DEFAULT takes values by default.
        var isPlain =
            at + 1 < tokens.Count
            && tokens[at + 1].Word is "STDIN"
            && (at + 2 == tokens.Count || (at + 3 == tokens.Count && tokens[at + 2].Kind == SqlTokenKind.Semicolon));
        return isPlain && Of(name).All(columns.Contains);
    }

    private IEnumerable<string> Of(string table) =>
        _columns.Where(c => IsSame(c.Key, table)).SelectMany(c => c.Value).Distinct(StringComparer.Ordinal);

    // Without its schema, a name may be that of any table of this name.
    private static bool IsSame(string one, string other) =>
        string.Equals(one, other, StringComparison.Ordinal)
        || (
            (!one.Contains('.', StringComparison.Ordinal) || !other.Contains('.', StringComparison.Ordinal))
            && string.Equals(Last(one), Last(other), StringComparison.Ordinal)
        );

    private static string Last(string name) => name[(name.LastIndexOf('.') + 1)..];

    private void Note(string table, string column, Reach reach)
    {
        if (!_columns.TryGetValue(table, out var columns))
            _columns[table] = columns = new HashSet<string>(StringComparer.Ordinal);
        columns.Add(column);
        reader.KnowTable(Last(table), reach);
    }

    /// <summary>A table that is made after another takes over its values by default.</summary>
    private void Inherit(string table, List<PlacedToken> tokens)
    {
        if (_columns.Count == 0 || !tokens.Exists(t => t.Word is "LIKE" or "INHERITS" or "OF"))
            return;
        foreach (
            var column in _columns
                .Where(c => tokens.Exists(t => string.Equals(Last(c.Key), t.Word, StringComparison.Ordinal)))
                .SelectMany(c => c.Value)
                .ToList()
        )
            Note(table, column, Reach.Unseen);
    }

    /// <summary>CREATE TABLE name (column type DEFAULT value, ...).</summary>
    private static IEnumerable<(string Column, int From, int To)> Created(List<PlacedToken> tokens, int at)
    {
        if (at >= tokens.Count || tokens[at].Word is not "(")
            yield break;
        var (depth, column) = (0, "");
        for (; at < tokens.Count; at++)
        {
            if (tokens[at].Word is "(" or ")")
                depth += tokens[at].Word is "(" ? 1 : -1;
            if (depth == 0)
                yield break;
            if (depth != 1)
                continue;
            if (tokens[at].Word is "(" or "," && at + 1 < tokens.Count)
                column = tokens[at + 1].Word;
            if (tokens[at] is not { Kind: SqlTokenKind.Word, Word: "DEFAULT" } || End(tokens, at + 1) is not (var end and > 0))
                continue;
            yield return (column, at, end);
            at = end - 1;
        }
    }

    /// <summary>Behind the last token of the value that begins at a place; 0 where none ends.</summary>
    private static int End(List<PlacedToken> tokens, int first)
    {
        var depth = 0;
        for (var at = first; at < tokens.Count; at++)
        {
            var word = tokens[at].Word;
            if (depth == 0 && at > first && (word is "," or ")" || (tokens[at].Kind == SqlTokenKind.Word && ColumnWords.Contains(word))))
                return at;
            depth +=
                word is "(" or "[" ? 1
                : word is ")" or "]" ? -1
                : 0;
            if (depth < 0)
                return 0;
        }

        return 0;
    }

    /// <summary>ALTER TABLE ONLY name ALTER COLUMN column SET DEFAULT value; and nothing else.</summary>
    private static IEnumerable<(string Column, int From, int To)> Altered(List<PlacedToken> tokens, int at)
    {
        var end = tokens[^1].Kind == SqlTokenKind.Semicolon ? tokens.Count - 1 : tokens.Count;
        if (
            at + 5 >= end
            || tokens[at].Word is not "ALTER"
            || tokens[at + 1].Word is not "COLUMN"
            || tokens[at + 3].Word is not "SET"
            || tokens[at + 4].Word is not "DEFAULT"
        )
            yield break;
        var depth = 0;
        for (var i = at + 5; i < end; i++)
        {
            depth +=
                tokens[i].Word is "(" or "[" ? 1
                : tokens[i].Word is ")" or "]" ? -1
                : 0;
            if (depth < 0 || (depth == 0 && tokens[i].Word is ","))
                yield break;
        }

        yield return (tokens[at + 2].Word, at + 4, end);
    }
}
