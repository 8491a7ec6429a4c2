using System.Globalization;
using System.Text;
using Migrations.Tables;

namespace Migrations.PostgreSql;

/// <summary>
/// Writes an expression so that the server means the same by it as SQLite did. Where the two would differ (rounding, text of numbers,
/// functions that are not alike), it is not written.
/// </summary>
/// <param name="kinds">Finds the kind of a column.</param>
internal sealed class ExpressionWriter(Func<ColumnReference, ColumnKind> kinds)
{
    private const string ByBytes = " COLLATE pg_catalog.\"C\"";

    private static readonly HashSet<string> Comparisons = new(["=", "<>", "<", "<=", ">", ">=", "IS", "IS NOT"], StringComparer.Ordinal);
    private static readonly HashSet<string> Logic = new(["AND", "OR"], StringComparer.Ordinal);

    /// <summary>Writes it.</summary>
    /// <exception cref="UntranslatableException">It has no equal.</exception>
    public string Write(SqlExpression expression) =>
        expression switch
        {
            NullLiteral => "NULL",
            NumberLiteral { IsInteger: true } n when long.TryParse(n.Text, CultureInfo.InvariantCulture, out var number) => number
            > int.MaxValue
                ? $"{n.Text}::bigint"
                : n.Text,
            NumberLiteral n => $"{n.Text}::double precision",
            TextLiteral t => PostgreSqlText.Literal(t.Value),
            BytesLiteral b => $"'\\x{b.Hex}'::bytea",
            BooleanLiteral b => b.Value ? "1" : "0",
            ColumnReference c => (c.Table is null ? "" : TargetNames.Quoted(c.Table) + ".") + TargetNames.Quoted(c.Name),
            CurrentMoment m => Moment(m.Form, ColumnKind.Text),
            UnaryExpression { Operator: "NOT" } u => $"(NOT {Condition(u.Operand)})",
            UnaryExpression u => $"({u.Operator} {Number(u.Operand)})",
            BinaryExpression b => Binary(b),
            NullTest t => $"({Write(t.Operand)} IS {(t.IsNot ? "NOT " : "")}NULL)",
            BetweenExpression b => Between(b),
            InExpression i => In(i),
            LikeExpression l => Like(l),
            CaseExpression c => Case(c),
            CastExpression c => Cast(c),
            NoCaseExpression n => $"pg_catalog.lower({Text(n.Operand)}{ByBytes})",
            FunctionCall f => Function(f),
            _ => throw new UntranslatableException("an expression of this kind has no equal"),
        };

    /// <summary>Writes it where true or false is asked for.</summary>
    public string Condition(SqlExpression expression) =>
        KindOf(expression) switch
        {
            ColumnKind.Boolean => expression is BooleanLiteral b ? (b.Value ? "TRUE" : "FALSE") : Write(expression),
            ColumnKind.Integer or ColumnKind.Real or ColumnKind.Decimal => $"({Write(expression)} <> 0)",
            _ when expression is NullLiteral => "NULL::boolean",
            _ => throw new UntranslatableException("a text is asked for its truth"),
        };

    /// <summary>A default for a column of a kind.</summary>
    public string Default(SqlExpression expression, ColumnType type) =>
        (expression, type.Kind) switch
        {
            (NullLiteral, _) => "NULL",
            (NumberLiteral { Text: "0" } or BooleanLiteral { Value: false }, ColumnKind.Boolean) => "false",
            (NumberLiteral { Text: "1" } or BooleanLiteral { Value: true }, ColumnKind.Boolean) => "true",
            (TextLiteral { Value: "0" or "1" } t, ColumnKind.Boolean) => t.Value is "1" ? "true" : "false",
            (BooleanLiteral b, ColumnKind.Integer or ColumnKind.Real or ColumnKind.Decimal) => b.Value ? "1" : "0",
            (NumberLiteral n, ColumnKind.Integer) when n.IsInteger => n.Text,
            (NumberLiteral n, ColumnKind.Real or ColumnKind.Decimal) => n.Text,
            (NumberLiteral n, ColumnKind.Text) => PostgreSqlText.Literal(n.Text),
            (UnaryExpression { Operator: "-", Operand: NumberLiteral n }, not ColumnKind.Boolean) => type.Kind is ColumnKind.Text
                ? PostgreSqlText.Literal("-" + n.Text)
            : Default(n, type) is var positive ? "-" + positive
            : "",
            (TextLiteral t, not (ColumnKind.Boolean or ColumnKind.Bytes)) =>
                $"{PostgreSqlText.Literal(t.Value)}::{TargetNames.TypeOf(type)}",
            (BytesLiteral b, ColumnKind.Bytes) => $"'\\x{b.Hex}'::bytea",
            (CurrentMoment m, _) => Moment(m.Form, type.Kind),
            _ when KindOf(expression) is { } kind && kind == type.Kind => Write(expression),
            _ => throw new UntranslatableException($"it is no default of a column of type {TargetNames.TypeOf(type)}"),
        };

    /// <summary>What kind of values it gives; null where that is not known.</summary>
    public ColumnKind? KindOf(SqlExpression expression) =>
        expression switch
        {
            NumberLiteral n => n.IsInteger ? ColumnKind.Integer : ColumnKind.Real,
            TextLiteral => ColumnKind.Text,
            BytesLiteral => ColumnKind.Bytes,
            BooleanLiteral => ColumnKind.Boolean,
            ColumnReference c => kinds(c),
            NullTest or BetweenExpression or InExpression or LikeExpression or UnaryExpression { Operator: "NOT" } => ColumnKind.Boolean,
            BinaryExpression b when Comparisons.Contains(b.Operator) || Logic.Contains(b.Operator) => ColumnKind.Boolean,
            BinaryExpression { Operator: "||" } => ColumnKind.Text,
            BinaryExpression b => Wider(KindOf(b.Left), KindOf(b.Right)),
            UnaryExpression u => KindOf(u.Operand),
            CastExpression c => c.Kind,
            NoCaseExpression => ColumnKind.Text,
            CaseExpression c => KindOf(c.Branches[0].Then),
            FunctionCall f => KindOf(f),
            CurrentMoment { Form: MomentForm.Seconds } => ColumnKind.Integer,
            CurrentMoment => ColumnKind.Text,
            _ => null,
        };

    private ColumnKind? KindOf(FunctionCall call) =>
        call.Name switch
        {
            "length" or "instr" or "count" => ColumnKind.Integer,
            "avg" or "total" => ColumnKind.Real,
            "group_concat" or "string_agg" => ColumnKind.Text,
            "lower" or "upper" or "trim" or "ltrim" or "rtrim" or "substr" or "substring" or "replace" => ColumnKind.Text,
            "iif" when call.Arguments.Count > 1 => KindOf(call.Arguments[1]),
            _ when call.Arguments.Count > 0 => KindOf(call.Arguments[0]),
            _ => null,
        };

    private static ColumnKind? Wider(ColumnKind? one, ColumnKind? other) =>
        one is ColumnKind.Real || other is ColumnKind.Real ? ColumnKind.Real
        : one is ColumnKind.Decimal || other is ColumnKind.Decimal ? ColumnKind.Decimal
        : ColumnKind.Integer;

    private string Binary(BinaryExpression e)
    {
        if (Logic.Contains(e.Operator))
            return $"({Condition(e.Left)} {e.Operator} {Condition(e.Right)})";
        if (Comparisons.Contains(e.Operator))
            return Comparison(e.Operator, e.Left, e.Right);
        return e.Operator switch
        {
            "||" => $"({Text(e.Left)} || {Text(e.Right)})",
            // Divided by zero, SQLite gives NULL.
            "/" => $"({Number(e.Left)} / nullif({Number(e.Right)}, 0))",
            "%" when KindOf(e.Left) is ColumnKind.Integer && KindOf(e.Right) is ColumnKind.Integer =>
                $"({Number(e.Left)} % nullif({Number(e.Right)}, 0))",
            "+" or "-" or "*" or "&" or "|" => $"({Number(e.Left)} {e.Operator} {Number(e.Right)})",
            _ => throw new UntranslatableException($"the operator {e.Operator} has no equal here"),
        };
    }

    private string Comparison(string sign, SqlExpression left, SqlExpression right)
    {
        var (one, other) = (KindOf(left), KindOf(right));
        // A truth value is a number to SQLite.
        var (first, second) =
            one is ColumnKind.Boolean && other is ColumnKind.Boolean ? (Condition(left), Condition(right))
            : one is ColumnKind.Boolean || other is ColumnKind.Boolean ? (Number(left), Number(right))
            : (Write(left), Write(right));
        DemandComparable(one, other);
        var isText = one is ColumnKind.Text && other is ColumnKind.Text && sign is "<" or "<=" or ">" or ">=";
        var isSame = sign switch
        {
            "IS" => " IS NOT DISTINCT FROM ",
            "IS NOT" => " IS DISTINCT FROM ",
            _ => $" {sign} ",
        };
        return $"({first}{isSame}{second}{(isText ? ByBytes : "")})";
    }

    // SQLite compares a number with a text too, by rules that no other engine has.
    private static void DemandComparable(ColumnKind? one, ColumnKind? other)
    {
        if (one is { } first && other is { } second && IsText(first) != IsText(second))
            throw new UntranslatableException("a text is compared with something else");
    }

    private static bool IsText(ColumnKind kind) => kind is ColumnKind.Text;

    private string Between(BetweenExpression e)
    {
        DemandComparable(KindOf(e.Operand), KindOf(e.Low));
        DemandComparable(KindOf(e.Operand), KindOf(e.High));
        var end = KindOf(e.Operand) is ColumnKind.Text ? ByBytes : "";
        return $"({Write(e.Operand)}{end} {(e.IsNot ? "NOT " : "")}BETWEEN {Write(e.Low)} AND {Write(e.High)})";
    }

    private string In(InExpression e)
    {
        if (e.Items.Count == 0)
            return e.IsNot ? "TRUE" : "FALSE";
        foreach (var item in e.Items)
            DemandComparable(KindOf(e.Operand), KindOf(item));
        var isTruth = KindOf(e.Operand) is ColumnKind.Boolean;
        var items = e.Items.Select(i => isTruth ? Number(i) : Write(i));
        return $"({(isTruth ? Number(e.Operand) : Write(e.Operand))} {(e.IsNot ? "NOT " : "")}IN ({string.Join(", ", items)}))";
    }

    // To SQLite a backslash is no escape, and ASCII letters are the same in both cases.
    private string Like(LikeExpression e) =>
        $"({Text(e.Operand)}{ByBytes} {(e.IsNot ? "NOT " : "")}ILIKE {Text(e.Pattern)} ESCAPE "
        + $"{(e.Escape is null ? "''" : Text(e.Escape))})";

    private string Case(CaseExpression e)
    {
        var text = new StringBuilder("CASE");
        if (e.Operand is not null)
            text.Append(' ').Append(Write(e.Operand));
        foreach (var (when, then) in e.Branches)
            text.Append(" WHEN ").Append(e.Operand is null ? Condition(when) : Write(when)).Append(" THEN ").Append(Write(then));
        if (e.Otherwise is not null)
            text.Append(" ELSE ").Append(Write(e.Otherwise));
        return text.Append(" END").ToString();
    }

    private string Cast(CastExpression e) =>
        (KindOf(e.Operand), e.Kind) switch
        {
            (ColumnKind.Integer, ColumnKind.Text) => $"({Write(e.Operand)})::text",
            (ColumnKind.Integer or ColumnKind.Real, ColumnKind.Real) => $"({Write(e.Operand)})::double precision",
            (ColumnKind.Integer, ColumnKind.Integer) => Write(e.Operand),
            (ColumnKind.Real, ColumnKind.Integer) => $"pg_catalog.trunc({Write(e.Operand)})::bigint",
            (ColumnKind.Boolean, ColumnKind.Integer) => Number(e.Operand),
            (ColumnKind.Text, ColumnKind.Text) => Write(e.Operand),
            _ => throw new UntranslatableException("this CAST has no equal"),
        };

    private string Number(SqlExpression expression) =>
        KindOf(expression) switch
        {
            ColumnKind.Boolean => expression is BooleanLiteral b ? (b.Value ? "1" : "0") : $"({Write(expression)})::integer",
            ColumnKind.Integer or ColumnKind.Real or ColumnKind.Decimal => Write(expression),
            _ when expression is NullLiteral => "NULL",
            _ => throw new UntranslatableException("a text is used as a number"),
        };

    private string Text(SqlExpression expression) =>
        KindOf(expression) switch
        {
            ColumnKind.Text => Write(expression),
            ColumnKind.Integer => $"({Write(expression)})::text",
            _ => throw new UntranslatableException("a value that is no text is used as text"),
        };

    private string Function(FunctionCall f)
    {
        var (name, a) = (f.Name, f.Arguments);
        if (Aggregate(f) is { } aggregate)
            return aggregate;
        return (name, a.Count) switch
        {
            ("coalesce" or "ifnull", > 1) => $"coalesce({string.Join(", ", a.Select(Write))})",
            ("nullif", 2) => $"nullif({Write(a[0])}, {Write(a[1])})",
            ("abs", 1) => $"pg_catalog.abs({Number(a[0])})",
            ("length", 1) => KindOf(a[0]) is ColumnKind.Bytes
                ? $"pg_catalog.octet_length({Write(a[0])})::bigint"
                : $"pg_catalog.length({Text(a[0])})::bigint",
            ("lower" or "upper", 1) => $"pg_catalog.{name}({Text(a[0])}{ByBytes})",
            ("trim", 1) => $"pg_catalog.btrim({Text(a[0])})",
            ("ltrim" or "rtrim", 1) => $"pg_catalog.{name}({Text(a[0])})",
            ("trim", 2) => $"pg_catalog.btrim({Text(a[0])}, {Text(a[1])})",
            ("ltrim" or "rtrim", 2) => $"pg_catalog.{name}({Text(a[0])}, {Text(a[1])})",
            ("replace", 3) => $"pg_catalog.replace({Text(a[0])}, {Text(a[1])}, {Text(a[2])})",
            ("instr", 2) => $"pg_catalog.strpos({Text(a[0])}, {Text(a[1])})::bigint",
            ("substr" or "substring", 2 or 3) when IsPositive(a[1]) && (a.Count == 2 || IsPositive(a[2])) =>
                $"pg_catalog.substr({string.Join(", ", a.Select((x, i) => i == 0 ? Text(x) : Write(x)))})",
            ("iif", 3) => $"CASE WHEN {Condition(a[0])} THEN {Write(a[1])} ELSE {Write(a[2])} END",
            _ => throw new UntranslatableException($"the function {name} has no equal here"),
        };
    }

    // A sum of integers stays one: beyond 64 bits, both engines report an error.
    private string? Aggregate(FunctionCall f)
    {
        var (a, distinct) = (f.Arguments, f.IsDistinct ? "DISTINCT " : "");
        return (f.Name, a.Count) switch
        {
            ("count", 0) => "pg_catalog.count(*)",
            ("count", 1) => $"pg_catalog.count({distinct}{Write(a[0])})",
            ("sum", 1) => KindOf(a[0]) is ColumnKind.Integer or ColumnKind.Boolean
                ? $"pg_catalog.sum({distinct}{Number(a[0])})::bigint"
                : $"pg_catalog.sum({distinct}{Number(a[0])})",
            ("avg", 1) => $"pg_catalog.avg({distinct}({Number(a[0])})::double precision)",
            ("total", 1) => $"coalesce(pg_catalog.sum({distinct}({Number(a[0])})::double precision), 0)",
            ("min" or "max", 1) when KindOf(a[0]) is not ColumnKind.Boolean =>
                $"pg_catalog.{f.Name}({Write(a[0])}{(KindOf(a[0]) is ColumnKind.Text ? ByBytes : "")})",
            ("group_concat" or "string_agg", 1 or 2) when !f.IsDistinct =>
                $"pg_catalog.string_agg({Text(a[0])}, {(a.Count == 2 ? Text(a[1]) : "','")})",
            _ => null,
        };
    }

    private static bool IsPositive(SqlExpression expression) => expression is NumberLiteral { IsInteger: true, Text: not "0" };

    private static string Moment(MomentForm form, ColumnKind kind) =>
        (form, kind) switch
        {
            (MomentForm.Seconds, ColumnKind.Integer) => "floor(extract(epoch FROM now()))::bigint",
            (MomentForm.Timestamp, ColumnKind.TimestampWithZone) => "date_trunc('second', now())",
            (MomentForm.Timestamp, ColumnKind.Timestamp) => "date_trunc('second', now() AT TIME ZONE 'UTC')",
            (MomentForm.Date, ColumnKind.Date) => "(now() AT TIME ZONE 'UTC')::date",
            (MomentForm.Date, ColumnKind.Timestamp) => "date_trunc('day', now() AT TIME ZONE 'UTC')",
            (MomentForm.Timestamp, ColumnKind.Text) => "to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')",
            (MomentForm.Date, ColumnKind.Text) => "to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD')",
            (MomentForm.Time, ColumnKind.Text) => "to_char(now() AT TIME ZONE 'UTC', 'HH24:MI:SS')",
            _ => throw new UntranslatableException("the moment is written in a form that the column does not have"),
        };
}
