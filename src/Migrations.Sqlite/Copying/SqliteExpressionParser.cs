using Migrations.Sql;
using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>
/// Reads an expression (<see href="https://sqlite.org/lang_expr.html"/>) as a tree that another engine can write. What has no equal
/// elsewhere is refused with a reason: LIKE with a function of its own, MATCH, subqueries, row values.
/// </summary>
internal sealed class SqliteExpressionParser
{
    // From the loosest to the tightest.
    private static readonly string[][] Levels =
    [
        ["<", "<=", ">", ">="],
        ["&", "|", "<<", ">>"],
        ["+", "-"],
        ["*", "/", "%"],
        ["||"],
    ];

    private readonly SqliteTokenCursor _tokens;
    private readonly Func<string?, string, ColumnReference?> _column;

    private SqliteExpressionParser(IReadOnlyList<SqliteToken> tokens, Func<string?, string, ColumnReference?> column) =>
        (_tokens, _column) = (new SqliteTokenCursor(tokens), column);

    /// <summary>Reads it.</summary>
    /// <param name="tokens">The expression.</param>
    /// <param name="column">Finds a column by its name in any case, and the table before it; null when there is no such column.</param>
    /// <exception cref="UntranslatableException">It has no equal.</exception>
    public static SqlExpression Parse(IReadOnlyList<SqliteToken> tokens, Func<string?, string, ColumnReference?> column)
    {
        var parser = new SqliteExpressionParser(tokens, column);
        var expression = parser.Or();
        return parser._tokens.IsAtEnd ? expression : throw Unknown(parser._tokens.Current);
    }

    /// <summary>Reads one that is about the columns of one table.</summary>
    /// <exception cref="UntranslatableException">It has no equal.</exception>
    public static SqlExpression Parse(IReadOnlyList<SqliteToken> tokens, Func<string, string?> column) =>
        Parse(tokens, (_, name) => column(name) is { } found ? new ColumnReference(found) : null);

    /// <summary>Reads one from a text.</summary>
    /// <exception cref="UntranslatableException">It has no equal.</exception>
    public static SqlExpression Parse(string text, Func<string, string?> column) => Parse(SqliteTokenCursor.Read(text), column);

    private static UntranslatableException Unknown(SqliteToken token) => new($"'{token.Text}' has no equal");

    private SqlExpression Or()
    {
        var left = And();
        while (_tokens.Skip("OR"))
            left = new BinaryExpression("OR", left, And());
        return left;
    }

    private SqlExpression And()
    {
        var left = Not();
        while (_tokens.Skip("AND"))
            left = new BinaryExpression("AND", left, Not());
        return left;
    }

    private SqlExpression Not() => _tokens.Skip("NOT") ? new UnaryExpression("NOT", Not()) : Equality();

    private SqlExpression Equality()
    {
        var left = Level(0);
        while (true)
        {
            if (Operator("=", "==", "<>", "!=") is { } equal)
                left = new BinaryExpression(equal is "=" or "==" ? "=" : "<>", left, Level(0));
            else if (_tokens.Skip("ISNULL"))
                left = new NullTest(left, IsNot: false);
            else if (_tokens.Skip("NOTNULL") || (_tokens.Current.Is("NOT") && _tokens.Ahead(1).Is("NULL") && Skip(2)))
                left = new NullTest(left, IsNot: true);
            else if (_tokens.Skip("IS"))
                left = Is(left);
            else if (Tested(left) is { } tested)
                left = tested;
            else
                return left;
        }
    }

    private SqlExpression Is(SqlExpression left)
    {
        var isNot = _tokens.Skip("NOT");
        if (_tokens.Current.Is("DISTINCT"))
        {
            _ = Skip(2);
            isNot = !isNot;
        }

        var right = Level(0);
        return right is NullLiteral ? new NullTest(left, isNot) : new BinaryExpression(isNot ? "IS NOT" : "IS", left, right);
    }

    private SqlExpression? Tested(SqlExpression left)
    {
        var isNot = _tokens.Current.Is("NOT");
        var word = isNot ? _tokens.Ahead(1) : _tokens.Current;
        if (!word.Is("BETWEEN") && !word.Is("IN") && !word.Is("LIKE"))
            return word.Is("GLOB") || word.Is("MATCH") || word.Is("REGEXP") ? throw Unknown(word) : null;
        _ = Skip(isNot ? 2 : 1);
        if (word.Is("IN"))
            return new InExpression(left, List(), isNot);
        var first = Level(0);
        if (word.Is("LIKE"))
            return new LikeExpression(left, first, _tokens.Skip("ESCAPE") ? Level(0) : null, isNot);
        return _tokens.Skip("AND") ? new BetweenExpression(left, first, Level(0), isNot) : throw Unknown(_tokens.Current);
    }

    private List<SqlExpression> List()
    {
        if (!_tokens.Current.Is('('))
            throw new UntranslatableException("IN with a table has no equal");
        var items = _tokens.TakeParenthesised();
        if (items is [var first, ..] && (first.Is("SELECT") || first.Is("VALUES") || first.Is("WITH")))
            throw new UntranslatableException("a subquery is not translated");
        return [.. SqliteTokenCursor.SplitAtCommas(items).Where(i => i.Count > 0).Select(i => Parse(i, _column))];
    }

    private SqlExpression Level(int level)
    {
        if (level == Levels.Length)
            return Collated();
        var left = Level(level + 1);
        while (Operator(Levels[level]) is { } sign)
            left = new BinaryExpression(sign, left, Level(level + 1));
        return left;
    }

    private SqlExpression Collated()
    {
        var operand = Unary();
        while (_tokens.Skip("COLLATE"))
        {
            var collation = SqliteNames.Fold(_tokens.Take().Name);
            operand = collation switch
            {
                "nocase" => new NoCaseExpression(operand),
                "binary" => operand,
                _ => throw new UntranslatableException($"the collation {collation} has no equal"),
            };
        }

        return operand;
    }

    private SqlExpression Unary() =>
        Operator("-", "+", "~") is { } sign ? (sign is "+" ? Unary() : new UnaryExpression(sign, Unary())) : Primary();

    private SqlExpression Primary()
    {
        if (_tokens.Current.Is('('))
        {
            var inner = _tokens.TakeParenthesised();
            if (inner is [var first, ..] && (first.Is("SELECT") || first.Is("WITH")))
                throw new UntranslatableException("a subquery is not translated");
            return Parse(inner, _column);
        }

        var token = _tokens.Take();
        return token.Kind switch
        {
            SqlTokenKind.Number => Number(token.Text),
            SqlTokenKind.Literal when token.Text[0] is 'x' or 'X' => new BytesLiteral(token.Text[2..^1]),
            SqlTokenKind.Literal => new TextLiteral(token.Name),
            SqlTokenKind.QuotedName => Column(token),
            SqlTokenKind.Word => Word(token),
            _ => throw Unknown(token),
        };
    }

    private static NumberLiteral Number(string text) =>
        text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
            ? throw new UntranslatableException("a hexadecimal number is not translated")
            : new NumberLiteral(text.Replace("_", "", StringComparison.Ordinal));

    private SqlExpression Word(SqliteToken token)
    {
        if (_tokens.Current.Is('('))
            return token.Is("CAST") ? Cast() : Function(SqliteNames.Fold(token.Text));
        return token.Text.ToUpperInvariant() switch
        {
            "NULL" => new NullLiteral(),
            "TRUE" when _column(null, token.Name) is null => new BooleanLiteral(Value: true),
            "FALSE" when _column(null, token.Name) is null => new BooleanLiteral(Value: false),
            "CURRENT_DATE" => new CurrentMoment(MomentForm.Date),
            "CURRENT_TIME" => new CurrentMoment(MomentForm.Time),
            "CURRENT_TIMESTAMP" => new CurrentMoment(MomentForm.Timestamp),
            "CASE" => Case(),
            _ => Column(token),
        };
    }

    private ColumnReference Column(SqliteToken token)
    {
        var (table, name) = _tokens.Skip('.') ? (token.Name, _tokens.Take().Name) : (null, token.Name);
        return _column(table, name) ?? throw new UntranslatableException($"there is no column {name}");
    }

    private CaseExpression Case()
    {
        var operand = _tokens.Current.Is("WHEN") ? null : Or();
        var branches = new List<(SqlExpression, SqlExpression)>();
        while (_tokens.Skip("WHEN"))
        {
            var condition = Or();
            if (!_tokens.Skip("THEN"))
                throw Unknown(_tokens.Current);
            branches.Add((condition, Or()));
        }

        var otherwise = _tokens.Skip("ELSE") ? Or() : null;
        return _tokens.Skip("END") ? new CaseExpression(operand, branches, otherwise) : throw Unknown(_tokens.Current);
    }

    private CastExpression Cast()
    {
        var inner = _tokens.TakeParenthesised();
        var at = inner.FindLastIndex(t => t.Is("AS"));
        var word = new DeclaredWord(string.Join(' ', inner.Skip(at + 1).Select(t => t.Name)).ToUpperInvariant());
        var kind = word.Affinity switch
        {
            Affinity.Integer => ColumnKind.Integer,
            Affinity.Real => ColumnKind.Real,
            Affinity.Text => ColumnKind.Text,
            _ => throw new UntranslatableException($"CAST to {word.Type} has no equal"),
        };
        return new CastExpression(Parse(inner.GetRange(0, at), _column), kind);
    }

    private SqlExpression Function(string name)
    {
        var inner = _tokens.TakeParenthesised();
        if (_tokens.Current.Is("FILTER") || _tokens.Current.Is("OVER"))
            throw Unknown(_tokens.Current);
        if (inner is [var star] && star.Is('*'))
            return new FunctionCall(name, []);
        var isDistinct = inner is [var first, ..] && first.Is("DISTINCT");
        if (isDistinct)
            inner.RemoveAt(0);
        List<SqlExpression> arguments = [.. SqliteTokenCursor.SplitAtCommas(inner).Where(i => i.Count > 0).Select(i => Parse(i, _column))];
        return (name, arguments) switch
        {
            ("date", [] or [TextLiteral { Value: "now" }]) => new CurrentMoment(MomentForm.Date),
            ("time", [] or [TextLiteral { Value: "now" }]) => new CurrentMoment(MomentForm.Time),
            ("datetime", [] or [TextLiteral { Value: "now" }]) => new CurrentMoment(MomentForm.Timestamp),
            ("unixepoch", [] or [TextLiteral { Value: "now" }]) => new CurrentMoment(MomentForm.Seconds),
            ("strftime", [TextLiteral { Value: "%s" }, TextLiteral { Value: "now" }]) => new CurrentMoment(MomentForm.Seconds),
            _ => new FunctionCall(name, arguments) { IsDistinct = isDistinct },
        };
    }

    private string? Operator(params string[] signs)
    {
        var token = _tokens.Current;
        if (token.Kind != SqlTokenKind.Symbol || Array.IndexOf(signs, token.Text) < 0)
            return null;
        return _tokens.Take().Text;
    }

    private bool Skip(int count)
    {
        for (var i = 0; i < count; i++)
            _ = _tokens.Take();
        return true;
    }
}
