using Migrations.Sql;
using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>
/// Reads the SELECT of a view (<see href="https://sqlite.org/lang_select.html"/>) as a tree that another engine can write: tables, joins,
/// conditions, groups, order. What is not among these (subqueries, several SELECTs, windows) is refused with a reason.
/// </summary>
internal sealed class SqliteQueryParser
{
    private static readonly string[] Clauses = ["FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT"];
    private static readonly string[] Beyond = ["UNION", "INTERSECT", "EXCEPT", "WINDOW", "OFFSET", "VALUES"];
    private static readonly string[] Joins = ["JOIN", "LEFT", "INNER", "CROSS", "NATURAL", "RIGHT", "FULL"];

    private readonly Func<string, (string Name, IReadOnlyList<string> Columns)?> _relation;
    private readonly List<(QuerySource Source, IReadOnlyList<string> Columns)> _sources = [];
    private readonly Dictionary<string, SqlExpression> _aliases = new(SqliteNames.Comparer);

    private SqliteQueryParser(Func<string, (string Name, IReadOnlyList<string> Columns)?> relation) => _relation = relation;

    /// <summary>Reads it.</summary>
    /// <param name="sql">The CREATE VIEW as SQLite stores it.</param>
    /// <param name="names">The names of the view's columns, as SQLite says them.</param>
    /// <param name="relation">Finds a table or view that is copied, with its columns, by its name in any case.</param>
    /// <exception cref="UntranslatableException">It has no equal.</exception>
    public static SqlQuery Parse(
        string sql,
        IReadOnlyList<string> names,
        Func<string, (string Name, IReadOnlyList<string> Columns)?> relation
    )
    {
        var tokens = new SqliteTokenCursor(SqliteTokenCursor.Read(sql));
        _ = tokens.SkipCreate("VIEW");
        _ = tokens.TakeParenthesised();
        _ = tokens.Skip("AS");
        return new SqliteQueryParser(relation).Parse(tokens.TakeRest(), names);
    }

    private SqlQuery Parse(List<SqliteToken> tokens, IReadOnlyList<string> names)
    {
        if (tokens.Count == 0 || !tokens[0].Is("SELECT"))
            throw new UntranslatableException("a view of this form is not translated");
        var clauses = Cut(tokens.GetRange(1, tokens.Count - 1));
        var list = clauses[""];
        var isDistinct = list is [var first, ..] && first.Is("DISTINCT");
        if (list is [var word, ..] && (isDistinct || word.Is("ALL")))
            list.RemoveAt(0);
        if (clauses.TryGetValue("FROM", out var from))
            ReadSources(new SqliteTokenCursor(from));
        var columns = Columns(list, names);
        return new SqlQuery
        {
            IsDistinct = isDistinct,
            Columns = columns,
            Sources = [.. _sources.Select(s => s.Source)],
            Where = clauses.TryGetValue("WHERE", out var where) ? Expression(where) : null,
            GroupBy = clauses.TryGetValue("GROUP", out var group)
                ? [.. SqliteTokenCursor.SplitAtCommas(Without(group, "BY")).Select(Expression)]
                : [],
            Having = clauses.TryGetValue("HAVING", out var having) ? Expression(having) : null,
            OrderBy = clauses.TryGetValue("ORDER", out var order)
                ? [.. SqliteTokenCursor.SplitAtCommas(Without(order, "BY")).Select(o => Order(o, columns))]
                : [],
            Limit = clauses.TryGetValue("LIMIT", out var limit) ? Expression(limit) : null,
        };
    }

    private static Dictionary<string, List<SqliteToken>> Cut(List<SqliteToken> tokens)
    {
        var clauses = new Dictionary<string, List<SqliteToken>>(StringComparer.Ordinal) { [""] = [] };
        var (current, depth) = ("", 0);
        foreach (var token in tokens)
        {
            depth +=
                token.Is('(') ? 1
                : token.Is(')') ? -1
                : 0;
            if (depth == 0 && Array.Find(Beyond, token.Is) is { } word)
                throw new UntranslatableException($"{word} is not translated");
            if (depth == 0 && Array.Find(Clauses, token.Is) is { } clause)
                clauses[current = clause] = [];
            else if (token.Kind != SqlTokenKind.Semicolon)
                clauses[current].Add(token);
        }

        return clauses;
    }

    private static List<SqliteToken> Without(List<SqliteToken> tokens, string word) =>
        tokens is [var first, ..] && first.Is(word) ? tokens.GetRange(1, tokens.Count - 1) : tokens;

    private void ReadSources(SqliteTokenCursor tokens)
    {
        var join = JoinForm.Inner;
        while (!tokens.IsAtEnd)
        {
            if (tokens.Current.Is('('))
                throw new UntranslatableException("a subquery is not translated");
            var name = tokens.TakeName();
            var (table, columns) =
                _relation(name) ?? throw new UntranslatableException($"there is no {name} in the copy that it could read");
            var alias = tokens.Skip("AS") || IsAlias(tokens.Current) ? tokens.Take().Name : name;
            _sources.Add((new QuerySource(table, alias, join, On: null), columns));
            if (tokens.Skip("USING"))
                throw new UntranslatableException("USING is not translated");
            if (tokens.Skip("ON"))
                _sources[^1] = (_sources[^1].Source with { On = Expression(TakeCondition(tokens)) }, columns);
            join = ReadJoin(tokens);
        }
    }

    private static bool IsAlias(SqliteToken token) =>
        token.Kind == SqlTokenKind.QuotedName
        || (token.Kind == SqlTokenKind.Word && !Array.Exists(Joins, token.Is) && !token.Is("ON") && !token.Is("USING"));

    private static List<SqliteToken> TakeCondition(SqliteTokenCursor tokens)
    {
        var condition = new List<SqliteToken>();
        for (var depth = 0; !tokens.IsAtEnd; condition.Add(tokens.Take()))
        {
            depth +=
                tokens.Current.Is('(') ? 1
                : tokens.Current.Is(')') ? -1
                : 0;
            if (depth == 0 && (tokens.Current.Is(',') || Array.Exists(Joins, tokens.Current.Is)))
                break;
        }

        return condition;
    }

    private static JoinForm ReadJoin(SqliteTokenCursor tokens)
    {
        if (tokens.IsAtEnd || tokens.Skip(','))
            return JoinForm.Inner;
        var isLeft = tokens.Skip("LEFT");
        if (isLeft)
            _ = tokens.Skip("OUTER");
        else if (!tokens.Skip("INNER"))
            _ = tokens.Skip("CROSS");
        return tokens.Skip("JOIN")
            ? (isLeft ? JoinForm.Left : JoinForm.Inner)
            : throw new UntranslatableException($"'{tokens.Current.Text}' is not translated");
    }

    private List<QueryColumn> Columns(List<SqliteToken> list, IReadOnlyList<string> names)
    {
        var found = new List<SqlExpression>();
        foreach (var item in SqliteTokenCursor.SplitAtCommas(list))
        {
            if (item is [.., var last] && last.Is('*') && item.Count is 1 or 3)
            {
                found.AddRange(
                    _sources
                        .Where(s => item.Count == 1 || SqliteNames.Comparer.Equals(s.Source.Alias, item[0].Name))
                        .SelectMany(s => s.Columns.Select(c => new ColumnReference(c, s.Source.Alias)))
                );
                continue;
            }

            var (text, alias) = WithoutAlias(item);
            var expression = Expression(text);
            found.Add(expression);
            if (alias is not null)
                _aliases.TryAdd(alias, expression);
        }

        return found.Count == names.Count
            ? [.. found.Select((e, i) => new QueryColumn(e, names[i]))]
            : throw new UntranslatableException("its columns are not those that its text names");
    }

    private static (List<SqliteToken> Text, string? Alias) WithoutAlias(List<SqliteToken> item)
    {
        if (item.Count >= 3 && item[^2].Is("AS"))
            return (item.GetRange(0, item.Count - 2), item[^1].Name);
        var isAlias =
            item.Count >= 2
            && item[^1].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName
            && !item[^1].Is("END")
            && !item[^1].Is("NULL")
            && (item[^2].Kind is not SqlTokenKind.Symbol || item[^2].Is(')'));
        return isAlias ? (item.GetRange(0, item.Count - 1), item[^1].Name) : (item, null);
    }

    private CopyIndexPart Order(List<SqliteToken> tokens, List<QueryColumn> columns)
    {
        var isDescending = tokens[^1].Is("DESC");
        var words = isDescending || tokens[^1].Is("ASC") ? tokens.GetRange(0, tokens.Count - 1) : tokens;
        if (words is [var only] && int.TryParse(only.Text, out var place) && place >= 1 && place <= columns.Count)
            return new CopyIndexPart(columns[place - 1].Expression, isDescending);
        return new CopyIndexPart(
            words is [var name] && _aliases.TryGetValue(name.Name, out var expression) ? expression : Expression(words),
            isDescending
        );
    }

    private SqlExpression Expression(List<SqliteToken> tokens) => SqliteExpressionParser.Parse(tokens, Find);

    private ColumnReference? Find(string? qualifier, string name)
    {
        foreach (var (source, columns) in _sources)
        {
            if (qualifier is not null && !SqliteNames.Comparer.Equals(qualifier, source.Alias))
                continue;
            if (columns.FirstOrDefault(c => SqliteNames.Comparer.Equals(c, name)) is { } column)
                return new ColumnReference(column, source.Alias);
        }

        return null;
    }
}
