using System.Globalization;
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

    private readonly ExpressionTokens _tokens;
    private readonly Func<string, ColumnKind> _kinds;
    private readonly ExpressionWriter _typing;
    private readonly bool _isDefault;

    // Texts that are compared by their bytes, as SQLite compares all.
    private readonly HashSet<SqlExpression> _byBytes = new(ReferenceEqualityComparer.Instance);

    private PostgreSqlExpressionParser(string text, Func<string, ColumnKind> kinds, bool isDefault)
    {
        (_tokens, _kinds, _isDefault) = (new ExpressionTokens(text), kinds, isDefault);
        _typing = new ExpressionWriter(c => kinds(c.Name));
    }

    /// <summary>Reads it.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="kinds">Finds the kind of a column; throws where its values are written in another form.</param>
    /// <exception cref="UntranslatableException">It has no equal.</exception>
    public static SqlExpression Parse(string text, Func<string, ColumnKind> kinds) =>
        new PostgreSqlExpressionParser(text, kinds, isDefault: false).Whole();

    /// <summary>Reads a default for a column of a kind.</summary>
    /// <exception cref="UntranslatableException">It has no equal.</exception>
    public static SqlExpression ParseDefault(string text, ColumnKind kind) =>
        CurrentMoments.Find(text, kind)
        ?? new PostgreSqlExpressionParser(
            text,
            _ => throw new UntranslatableException("a default reads no column"),
            isDefault: true
        ).Whole();

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
            if (TypeName() is not ("text[]" or "character varying[]" or "bpchar[]"))
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
                operand = Cast(operand, TypeName());
            else if (_tokens.Skip("COLLATE"))
                operand = Collated(operand);
            else
                return operand;
        }
    }

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
        _ = _kinds(token.Name);
        return new ColumnReference(token.Name);
    }

    private SqlExpression Function(string name)
    {
        var arguments = new List<SqlExpression>();
        while (!_tokens.Skip(")"))
        {
            arguments.Add(Or());
            _ = _tokens.Skip(",");
        }

        if (!Functions.TryGetValue(name, out var own))
            throw new UntranslatableException($"the function {name} has no equal");
        if (name is "lower" or "upper" && !_byBytes.Contains(arguments[0]))
            throw new UntranslatableException($"{name} knows the case of all letters, SQLite that of ASCII letters");
        if (name is "substr" && arguments.Skip(1).Any(a => a is not NumberLiteral { IsInteger: true, Text: not "0" }))
            throw new UntranslatableException("substr counts from the end in SQLite");
        return name is "lower" && arguments.Count == 1 ? new NoCaseExpression(arguments[0]) : new FunctionCall(own, arguments);
    }

    private CaseExpression Case()
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
        return new CaseExpression(operand, branches, otherwise);
    }

    // Types of several words, and with a length.
    private string TypeName()
    {
        var name = _tokens.Take().Name;
        if (_tokens.Skip("."))
            name = _tokens.Take().Name;
        if (name is "character" or "double" or "bit")
            name +=
                _tokens.Skip("varying") ? " varying"
                : _tokens.Skip("precision") ? " precision"
                : "";
        if (_tokens.Skip("("))
        {
            while (!_tokens.IsAtEnd && !_tokens.Skip(")"))
                _ = _tokens.Take();
        }

        if (name is "timestamp" or "time")
            name +=
                _tokens.Skip("without", "time", "zone") ? ""
                : _tokens.Skip("with", "time", "zone") ? "tz"
                : "";
        while (_tokens.Skip("[", "]"))
            name += "[]";
        return name;
    }

    private static ColumnKind? KindOfType(string name) =>
        name switch
        {
            "text" or "character varying" or "character" or "bpchar" or "name" => ColumnKind.Text,
            "bigint" or "integer" or "smallint" => ColumnKind.Integer,
            "double precision" or "real" => ColumnKind.Real,
            "numeric" => ColumnKind.Decimal,
            "boolean" => ColumnKind.Boolean,
            "date" => ColumnKind.Date,
            "timestamp" => ColumnKind.Timestamp,
            "timestamptz" => ColumnKind.TimestampWithZone,
            "json" or "jsonb" => ColumnKind.Json,
            "uuid" => ColumnKind.Uuid,
            "bytea" => ColumnKind.Bytes,
            _ => null,
        };

    private SqlExpression Cast(SqlExpression operand, string type)
    {
        if (operand is NullLiteral)
            return operand;
        var kind = KindOfType(type);
        if (operand is TextLiteral literal)
            return OfLiteral(literal, type, kind);
        return (_typing.KindOf(operand), kind) switch
        {
            ({ } from, { } to) when from == to => operand,
            // A number as it is written.
            (ColumnKind.Integer or ColumnKind.Real, ColumnKind.Decimal) when IsNumber(operand) => operand,
            (ColumnKind.Integer or ColumnKind.Real, ColumnKind.Real) => new CastExpression(operand, ColumnKind.Real),
            (ColumnKind.Integer, ColumnKind.Text) => new CastExpression(operand, ColumnKind.Text),
            (ColumnKind.Boolean, ColumnKind.Integer) => new CastExpression(operand, ColumnKind.Integer),
            _ => throw new UntranslatableException($"the cast to {type} has no equal"),
        };
    }

    private static bool IsNumber(SqlExpression e) =>
        e is NumberLiteral || (e is UnaryExpression { Operator: "-" } u && IsNumber(u.Operand));

    private SqlExpression OfLiteral(TextLiteral literal, string type, ColumnKind? kind)
    {
        var text = literal.Value;
        return kind switch
        {
            ColumnKind.Integer or ColumnKind.Real or ColumnKind.Decimal => Number(text),
            ColumnKind.Boolean => new BooleanLiteral(text is "t" or "true"),
            ColumnKind.Bytes when text.StartsWith("\\x", StringComparison.Ordinal) => new BytesLiteral(text[2..]),
            // As its values are written.
            ColumnKind.TimestampWithZone when text.EndsWith("+00", StringComparison.Ordinal) => new TextLiteral(text + ":00"),
            { } => literal,
            null when _isDefault => literal,
            null => throw new UntranslatableException($"the type {type} has no equal"),
        };
    }

    private static SqlExpression Number(string text)
    {
        if (!double.TryParse(text, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number))
            throw new UntranslatableException($"the number '{text}' has no equal");
        return text.StartsWith('-') ? new UnaryExpression("-", new NumberLiteral(text[1..])) : new NumberLiteral(text.TrimStart('+'));
    }
}
