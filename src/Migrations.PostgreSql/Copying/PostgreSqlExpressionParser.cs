using Migrations.Sql;
using Migrations.Tables;

namespace Migrations.PostgreSql;

/// <summary>
/// Reads an expression as the server writes it back
/// (<see href="https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-CATALOG">pg_get_expr</see>) as a tree that
/// SQLite's driver can write. What SQLite would compute otherwise is refused with a reason: exact decimals, the order of texts by a
/// language, LIKE that distinguishes cases.
/// </summary>
internal sealed class PostgreSqlExpressionParser
{
    private static readonly string[] Comparisons = ["=", "<>", "<", "<=", ">", ">="];

    // Functions that mean the same in SQLite, by the names that they have there.
    private static readonly Dictionary<string, string> Functions = new(StringComparer.Ordinal)
    {
        ["length"] = "length",
        ["octet_length"] = "length",
        ["btrim"] = "trim",
        ["ltrim"] = "ltrim",
        ["rtrim"] = "rtrim",
        ["replace"] = "replace",
        ["strpos"] = "instr",
        ["substr"] = "substr",
        ["lower"] = "lower",
        ["upper"] = "upper",
        ["abs"] = "abs",
        ["coalesce"] = "coalesce",
        ["nullif"] = "nullif",
    };

    private static readonly string[] Aggregates = ["count", "sum", "avg", "min", "max", "string_agg"];

    private readonly ExpressionTokens _tokens;
    private readonly Func<ColumnReference, ColumnKind> _kinds;
    private readonly ExpressionWriter _typing;
    private readonly ExpressionCasts _casts;

    // Texts that are compared by their bytes, as SQLite compares all.
    private readonly HashSet<SqlExpression> _byBytes = new(ReferenceEqualityComparer.Instance);

    // Sums of integers, of which the server makes decimals unless they are cast.
    private readonly HashSet<SqlExpression> _sums = new(ReferenceEqualityComparer.Instance);

    /// <param name="tokens">The tokens, which a query goes on with.</param>
    /// <param name="kinds">Finds the kind of a column; throws where its values are written in another form.</param>
    /// <param name="isDefault">Whether it is a default: a literal of any type is what it says.</param>
    public PostgreSqlExpressionParser(ExpressionTokens tokens, Func<ColumnReference, ColumnKind> kinds, bool isDefault = false)
    {
        (_tokens, _kinds, _typing) = (tokens, kinds, new ExpressionWriter(kinds));
        _casts = new ExpressionCasts(tokens, _typing, isDefault);
    }

    /// <summary>Whether values of many rows can be put together in it.</summary>
    public bool TakesAggregates { private get; init; }

    /// <summary>The table of columns that are named without one; null where none is to be said.</summary>
    public string? OnlyTable { private get; set; }

    /// <summary>Reads it.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="kinds">Finds the kind of a column; throws where its values are written in another form.</param>
    /// <exception cref="UntranslatableException">It has no equal.</exception>
    public static SqlExpression Parse(string text, Func<string, ColumnKind> kinds) =>
        new PostgreSqlExpressionParser(new ExpressionTokens(text), c => kinds(c.Name)).Whole();

    /// <summary>Reads a part of an index: texts without regard to case are a column compared so.</summary>
    /// <exception cref="UntranslatableException">It has no equal.</exception>
    public static SqlExpression ParsePart(string text, Func<string, ColumnKind> kinds) =>
        Parse(text, kinds) is var part && part is FunctionCall { Name: "lower", Arguments: [var operand] }
            ? new NoCaseExpression(operand)
            : part;

    /// <summary>Reads a default for a column of a kind.</summary>
    /// <exception cref="UntranslatableException">It has no equal.</exception>
    public static SqlExpression ParseDefault(string text, ColumnKind kind) =>
        CurrentMoments.Find(text, kind)
        ?? new PostgreSqlExpressionParser(
            new ExpressionTokens(text),
            _ => throw new UntranslatableException("a default reads no column"),
            isDefault: true
        ).Whole();

    /// <summary>Reads an expression, up to what does not belong to it.</summary>
    public SqlExpression Read() => Or();

    /// <summary>What kind of values an expression gives that was read; null where that is not known.</summary>
    public ColumnKind? KindOf(SqlExpression expression) => _sums.Contains(expression) ? ColumnKind.Decimal : _typing.KindOf(expression);

    /// <summary>Demands that values are sorted here as in SQLite.</summary>
    /// <exception cref="UntranslatableException">They are sorted by a language.</exception>
    public void DemandByBytes(SqlExpression expression)
    {
        if (_typing.KindOf(expression) is ColumnKind.Text && !_byBytes.Contains(expression))
            throw new UntranslatableException("the order of texts depends on the language");
    }

    private SqlExpression Whole()
    {
        var expression = Or();
        return _tokens.IsAtEnd ? expression : throw Unknown(_tokens.Current);
    }

    private static UntranslatableException Unknown(ExpressionToken token) => new($"'{token.Text}' has no equal");

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

    private SqlExpression Not() => _tokens.Skip("NOT") ? new UnaryExpression("NOT", Not()) : Test();

    private SqlExpression Test()
    {
        var left = Comparison();
        while (_tokens.Skip("IS"))
        {
            var isNot = _tokens.Skip("NOT");
            if (_tokens.Skip("NULL"))
                left = new NullTest(left, isNot);
            else if (_tokens.Skip("DISTINCT", "FROM"))
                left = new BinaryExpression(isNot ? "IS" : "IS NOT", left, Comparison());
            else if (_tokens.Current.Is("TRUE") || _tokens.Current.Is("FALSE"))
                left = new BinaryExpression(isNot ? "IS NOT" : "IS", left, new BooleanLiteral(_tokens.Take().Is("TRUE")));
            else
                throw Unknown(_tokens.Current);
        }

        return left;
    }

    private SqlExpression Comparison()
    {
        var left = Sum();
        if (_tokens.Current is { Kind: SqlTokenKind.Symbol, Text: "~~*" or "!~~*" } like)
        {
            _ = _tokens.Take();
            return Like(left, isNot: like.Text[0] == '!');
        }

        if (_tokens.Current.Kind != SqlTokenKind.Symbol || Array.IndexOf(Comparisons, _tokens.Current.Text) < 0)
            return left;
        var sign = _tokens.Take().Text;
        if ((sign is "=" && _tokens.Skip("ANY", "(")) || (sign is "<>" && _tokens.Skip("ALL", "(")))
            return List(left, isNot: sign is "<>");
        var right = Sum();
        var isOrder = sign is not ("=" or "<>");
        if (isOrder && _typing.KindOf(left) is ColumnKind.Text && !_byBytes.Contains(left) && !_byBytes.Contains(right))
            throw new UntranslatableException("the order of texts depends on the language");
        return new BinaryExpression(sign, left, right);
    }

    private LikeExpression Like(SqlExpression left, bool isNot)
    {
        if (!_byBytes.Contains(left))
            throw new UntranslatableException("ILIKE knows the case of all letters, SQLite that of ASCII letters");
        if (!_tokens.Skip("like_escape", "("))
            throw new UntranslatableException("a backslash in the pattern of LIKE is no escape in SQLite");
        var pattern = Or();
        _tokens.Demand(",");
        var escape = Or();
        _tokens.Demand(")");
        return new LikeExpression(left, pattern, escape is TextLiteral { Value: "" } ? null : escape, isNot);
    }

    // The list of IN, as the server writes it back: = ANY (ARRAY[...]).
    private InExpression List(SqlExpression left, bool isNot)
    {
        var depth = 0;
        while (_tokens.Skip("("))
            depth++;
        _tokens.Demand("ARRAY");
        _tokens.Demand("[");
        var items = new List<SqlExpression>();
        do items.Add(Or());
        while (_tokens.Skip(","));
        _tokens.Demand("]");
        // Varying characters are cast as a whole: (ARRAY['a'::character varying])::text[].
        for (; depth > 0; depth--)
            _tokens.Demand(")");
        if (_tokens.Skip("::"))
        {
            if (_casts.TypeName() is not ("text[]" or "character varying[]" or "bpchar[]"))
                throw new UntranslatableException("a cast of a list has no equal");
        }

        _tokens.Demand(")");
        return new InExpression(left, items, isNot);
    }

    private SqlExpression Sum()
    {
        var left = Product();
        while (_tokens.Current is { Kind: SqlTokenKind.Symbol, Text: "+" or "-" or "||" or "&" or "|" } sign)
        {
            _ = _tokens.Take();
            left = Operation(sign.Text, left, Product());
        }

        return left;
    }

    private SqlExpression Product()
    {
        var left = Signed();
        while (_tokens.Current is { Kind: SqlTokenKind.Symbol, Text: "*" or "/" or "%" } sign)
        {
            _ = _tokens.Take();
            left = Operation(sign.Text, left, Signed());
        }

        return left;
    }

    private BinaryExpression Operation(string sign, SqlExpression left, SqlExpression right)
    {
        if (_sums.Contains(left) || _sums.Contains(right))
            throw new UntranslatableException("a sum of integers is a decimal number here");
        var kinds = new[] { _typing.KindOf(left), _typing.KindOf(right) };
        var fits = sign is "||"
            ? kinds.All(k => k is ColumnKind.Text)
            : kinds.All(k => k is ColumnKind.Integer) || (sign is "+" or "-" or "*" or "/" && kinds.All(k => k is ColumnKind.Real));
        return fits
            ? new BinaryExpression(sign, left, right)
            : throw new UntranslatableException($"SQLite computes {sign} of these types in another way");
    }

    private SqlExpression Signed() => _tokens.Skip("-") ? new UnaryExpression("-", Signed()) : Suffixed(Primary());

    private SqlExpression Suffixed(SqlExpression operand)
    {
        while (true)
        {
            if (_tokens.Skip("::"))
                operand = Cast(operand);
            else if (_tokens.Skip("COLLATE"))
                operand = Collated(operand);
            else if (_tokens.Current.Is("OVER") || _tokens.Current.Is("FILTER"))
                throw new UntranslatableException($"{_tokens.Current.Text} is not translated");
            else
                return operand;
        }
    }

    // A sum that is cast to an integer is one.
    private SqlExpression Cast(SqlExpression operand) =>
        _casts.Cast(operand, _casts.TypeName()) is var cast && _sums.Contains(cast) ? cast with { } : cast;

    private SqlExpression Collated(SqlExpression operand)
    {
        var name = _tokens.Take().Name;
        if (_tokens.Skip("."))
            name = _tokens.Take().Name;
        if (name is not ("C" or "POSIX" or "ucs_basic"))
            throw new UntranslatableException($"the collation {name} has no equal");
        _byBytes.Add(operand);
        return operand;
    }

    private SqlExpression Primary()
    {
        if (_tokens.Current.Is("SELECT") || _tokens.Current.Is("EXISTS"))
            throw new UntranslatableException("a subquery is not translated");
        if (_tokens.Skip("("))
        {
            var inner = Or();
            _tokens.Demand(")");
            return inner;
        }

        var token = _tokens.Take();
        return token.Kind switch
        {
            SqlTokenKind.Number => new NumberLiteral(token.Text),
            SqlTokenKind.Literal => new TextLiteral(SqlLiterals.ValueOf(token.Text)),
            SqlTokenKind.QuotedName => Column(token),
            SqlTokenKind.Word => Word(token),
            _ => throw Unknown(token),
        };
    }

    private SqlExpression Word(ExpressionToken token)
    {
        if (_tokens.Skip("("))
            return Function(token.Name);
        return token.Name switch
        {
            "null" => new NullLiteral(),
            "true" => new BooleanLiteral(Value: true),
            "false" => new BooleanLiteral(Value: false),
            "case" => Case(),
            _ => Column(token),
        };
    }

    private ColumnReference Column(ExpressionToken token)
    {
        var column = _tokens.Skip(".") ? new ColumnReference(_tokens.Take().Name, token.Name) : new ColumnReference(token.Name, OnlyTable);
        _ = _kinds(column);
        return column;
    }

    private SqlExpression Function(string name)
    {
        var isDistinct = TakesAggregates && _tokens.Skip("DISTINCT");
        var arguments = new List<SqlExpression>();
        for (_ = TakesAggregates && _tokens.Skip("*"); !_tokens.Skip(")"); _ = _tokens.Skip(","))
            arguments.Add(Or());
        if (TakesAggregates && Array.IndexOf(Aggregates, name) >= 0)
            return Aggregate(name, arguments, isDistinct);
        if (!Functions.TryGetValue(name, out var own))
            throw new UntranslatableException($"the function {name} has no equal");
        if (name is "lower" or "upper" && !_byBytes.Contains(arguments[0]))
            throw new UntranslatableException($"{name} knows the case of all letters, SQLite that of ASCII letters");
        if (name is "substr" && arguments.Skip(1).Any(a => a is not NumberLiteral { IsInteger: true, Text: not "0" }))
            throw new UntranslatableException("substr counts from the end in SQLite");
        return Summed(new FunctionCall(own, arguments), arguments.Exists(_sums.Contains));
    }

    private FunctionCall Aggregate(string name, List<SqlExpression> arguments, bool isDistinct)
    {
        var kind = arguments.Count == 0 ? null : _typing.KindOf(arguments[0]);
        var reason = (name, kind) switch
        {
            ("avg", not ColumnKind.Real) or ("sum", not (ColumnKind.Integer or ColumnKind.Real)) => $"SQLite computes {name} of reals",
            ("string_agg", _) when isDistinct || kind is not ColumnKind.Text => "string_agg of such values has no equal",
            _ => null,
        };
        if (reason is not null)
            throw new UntranslatableException(reason);
        if (name is "min" or "max")
            DemandByBytes(arguments[0]);
        var own = name is "string_agg" ? "group_concat" : name;
        return (FunctionCall)Summed(
            new FunctionCall(own, arguments) { IsDistinct = isDistinct },
            name is "sum" && kind is ColumnKind.Integer
        );
    }

    private SqlExpression Summed(SqlExpression expression, bool isSum)
    {
        if (isSum)
            _sums.Add(expression);
        return expression;
    }

    private SqlExpression Case()
    {
        var operand = _tokens.Current.Is("WHEN") ? null : Or();
        var branches = new List<(SqlExpression, SqlExpression)>();
        while (_tokens.Skip("WHEN"))
        {
            var condition = Or();
            _tokens.Demand("THEN");
            branches.Add((condition, Or()));
        }

        var otherwise = _tokens.Skip("ELSE") ? Or() : null;
        _tokens.Demand("END");
        var isSum = branches.Exists(b => _sums.Contains(b.Item2)) || (otherwise is not null && _sums.Contains(otherwise));
        return Summed(new CaseExpression(operand, branches, otherwise), isSum);
    }
}
