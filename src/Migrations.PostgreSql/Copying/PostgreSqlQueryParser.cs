using Migrations.Sql;
using Migrations.Tables;

namespace Migrations.PostgreSql;

/// <summary>
/// Reads the SELECT of a view as the server writes it back
/// (<see href="https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-CATALOG">pg_get_viewdef</see>) as a tree that
/// SQLite's driver can write: tables, joins, conditions, groups, order. What is not among these is refused with a reason.
/// </summary>
internal sealed class PostgreSqlQueryParser
{
    private static readonly string[] Beyond = ["UNION", "INTERSECT", "EXCEPT", "WINDOW", "OFFSET", "FETCH", "FOR"];

    private static readonly string[] NotAliases =
    [
        .. Beyond,
        "ON",
        "USING",
        "JOIN",
        "LEFT",
        "RIGHT",
        "FULL",
        "CROSS",
        "NATURAL",
        "WHERE",
        "GROUP",
        "HAVING",
        "ORDER",
        "LIMIT",
    ];

    private readonly ExpressionTokens _tokens;
    private readonly PostgreSqlExpressionParser _expressions;
    private readonly string _schema;
    private readonly Func<string, IReadOnlyDictionary<string, ColumnKind?>?> _relation;
    private readonly List<QuerySource> _sources = [];
    private readonly Dictionary<string, IReadOnlyDictionary<string, ColumnKind?>> _columns = new(StringComparer.Ordinal);

    private PostgreSqlQueryParser(string text, string schema, Func<string, IReadOnlyDictionary<string, ColumnKind?>?> relation)
    {
        (_tokens, _schema, _relation) = (new ExpressionTokens(text.TrimEnd().TrimEnd(';')), schema, relation);
        _expressions = new PostgreSqlExpressionParser(_tokens, KindOf) { TakesAggregates = true };
    }

    /// <summary>Reads it.</summary>
    /// <param name="text">The SELECT.</param>
    /// <param name="schema">The schema whose tables it may read.</param>
    /// <param name="relation">Finds a table or view that is copied: its columns with their kinds, null for values that are written in
    /// another form.</param>
    /// <returns>The query, and what its columns are.</returns>
    /// <exception cref="UntranslatableException">It has no equal.</exception>
    public static (SqlQuery Query, IReadOnlyDictionary<string, ColumnKind?> Columns) Parse(
        string text,
        string schema,
        Func<string, IReadOnlyDictionary<string, ColumnKind?>?> relation
    ) => new PostgreSqlQueryParser(text, schema, relation).Read();

    private (SqlQuery, IReadOnlyDictionary<string, ColumnKind?>) Read()
    {
        if (!_tokens.Skip("SELECT"))
            throw new UntranslatableException("a view of this form is not translated");
        var isDistinct = _tokens.Skip("DISTINCT");
        if (isDistinct && _tokens.Current.Is("ON"))
            throw new UntranslatableException("DISTINCT ON is not translated");
        // What a column is, is known when the tables are.
        var list = _tokens.Mark();
        PassList();
        if (_tokens.Skip("FROM"))
            ReadSources();
        _expressions.OnlyTable = _sources is [var only] ? only.Alias : null;
        var rest = _tokens.Mark();
        _tokens.ReturnTo(list);
        var columns = ReadList();
        _tokens.ReturnTo(rest);
        var query = new SqlQuery
        {
            IsDistinct = isDistinct,
            Columns = [.. columns.Select(c => c.Column)],
            Sources = _sources,
            Where = _tokens.Skip("WHERE") ? _expressions.Read() : null,
            GroupBy = _tokens.Skip("GROUP", "BY") ? List(_expressions.Read) : [],
            Having = _tokens.Skip("HAVING") ? _expressions.Read() : null,
            OrderBy = _tokens.Skip("ORDER", "BY") ? List(Order) : [],
            Limit = _tokens.Skip("LIMIT") ? _expressions.Read() : null,
        };
        return _tokens.IsAtEnd
            ? (query, columns.ToDictionary(c => c.Column.Name, c => c.Kind, StringComparer.Ordinal))
            : throw new UntranslatableException($"{_tokens.Current.Text} is not translated");
    }

    private void PassList()
    {
        for (var depth = 0; !_tokens.IsAtEnd && !(depth == 0 && _tokens.Current.Is("FROM")); _ = _tokens.Take())
        {
            depth +=
                _tokens.Current.Is("(") ? 1
                : _tokens.Current.Is(")") ? -1
                : 0;
            if (depth == 0 && Array.Find(Beyond, _tokens.Current.Is) is { } word)
                throw new UntranslatableException($"{word} is not translated");
        }
    }

    private List<(QueryColumn Column, ColumnKind? Kind)> ReadList()
    {
        var columns = new List<(QueryColumn, ColumnKind?)>();
        do columns.Add(BareColumn() ?? Column());
        while (_tokens.Skip(","));
        return columns;
    }

    private (QueryColumn, ColumnKind?) Column()
    {
        var expression = _expressions.Read();
        var name =
            _tokens.Skip("AS") ? _tokens.Take().Name
            : expression is ColumnReference column ? column.Name
            : throw new UntranslatableException("a column has no name");
        return (new QueryColumn(expression, name), _expressions.KindOf(expression));
    }

    // Shown as it is, a column may hold values of any form.
    private (QueryColumn, ColumnKind?)? BareColumn()
    {
        var length = _tokens.Ahead(1).Is(".") ? 3 : 1;
        var next = _tokens.Ahead(length);
        var isName = _tokens.Current.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName;
        if (!isName || !(next.Is(",") || next.Is("AS") || next.Is("FROM")))
            return null;
        var alias =
            length == 1
                ? _sources is [var only]
                    ? only.Alias
                    : null
                : _tokens.Current.Name;
        var name = _tokens.Ahead(length - 1).Name;
        if (alias is null || !_columns.TryGetValue(alias, out var columns) || !columns.TryGetValue(name, out var kind))
            return null;
        for (var i = 0; i < length; i++)
            _ = _tokens.Take();
        return (new QueryColumn(new ColumnReference(name, alias), _tokens.Skip("AS") ? _tokens.Take().Name : name), kind);
    }

    private void ReadSources()
    {
        do ReadSource();
        while (_tokens.Skip(","));
    }

    private void ReadSource()
    {
        if (!_tokens.Skip("("))
        {
            ReadTable(JoinForm.Inner);
            return;
        }

        ReadSource();
        while (!_tokens.Skip(")"))
        {
            var form = ReadJoin();
            if (_tokens.Current.Is("(") && !_tokens.Ahead(1).Is("SELECT"))
                throw new UntranslatableException("a join in parentheses is not translated");
            ReadTable(form);
            if (_tokens.Skip("ON"))
                _sources[^1] = _sources[^1] with { On = _expressions.Read() };
        }
    }

    private JoinForm ReadJoin()
    {
        if (_tokens.Skip("LEFT", "JOIN"))
            return JoinForm.Left;
        if (_tokens.Skip("JOIN") || _tokens.Skip("CROSS", "JOIN"))
            return JoinForm.Inner;
        throw new UntranslatableException($"{_tokens.Current.Text} is not translated");
    }

    private void ReadTable(JoinForm form)
    {
        if (_tokens.Current.Is("(") || _tokens.Current.Is("SELECT") || _tokens.Current.Is("LATERAL"))
            throw new UntranslatableException("a subquery is not translated");
        var name = _tokens.Take().Name;
        if (_tokens.Skip("."))
            name = string.Equals(name, _schema, StringComparison.Ordinal)
                ? _tokens.Take().Name
                : throw new UntranslatableException($"it reads the schema {name}");
        var columns = _relation(name) ?? throw new UntranslatableException($"there is no {name} in the copy that it could read");
        var alias = IsAlias(_tokens.Current) ? _tokens.Take().Name : name;
        if (_tokens.Current.Is("("))
            throw new UntranslatableException("other names for the columns of a table are not translated");
        _sources.Add(new QuerySource(name, alias, form, On: null));
        _columns[alias] = columns;
    }

    private static bool IsAlias(ExpressionToken token) =>
        token.Kind == SqlTokenKind.QuotedName || (token.Kind == SqlTokenKind.Word && !Array.Exists(NotAliases, token.Is));

    // SQLite takes NULL for the lowest value, PostgreSQL for the highest.
    private CopyIndexPart Order()
    {
        var expression = _expressions.Read();
        _expressions.DemandByBytes(expression);
        var isDescending = _tokens.Skip("DESC");
        var isNullFirst = _tokens.Skip("NULLS", "FIRST") || (!_tokens.Skip("NULLS", "LAST") && isDescending);
        return new CopyIndexPart(expression, isDescending) { IsNullHighest = isNullFirst == isDescending };
    }

    private List<T> List<T>(Func<T> read)
    {
        var items = new List<T>();
        do items.Add(read());
        while (_tokens.Skip(","));
        return items;
    }

    private ColumnKind KindOf(ColumnReference column) =>
        column.Table is not { } alias || !_columns.TryGetValue(alias, out var columns) || !columns.TryGetValue(column.Name, out var kind)
            ? throw new UntranslatableException($"there is no column {column.Name}")
            : kind ?? throw new UntranslatableException($"the values of {column.Name} are written as text");
}
