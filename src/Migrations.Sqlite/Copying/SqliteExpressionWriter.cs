using System.Text;
using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>Writes an expression for SQLite (<see href="https://sqlite.org/lang_expr.html"/>), every operation in parentheses.</summary>
internal static class SqliteExpressionWriter
{
    /// <summary>Writes it.</summary>
    /// <exception cref="UntranslatableException">It has no equal.</exception>
    public static string Write(SqlExpression expression) =>
        expression switch
        {
            NullLiteral => "NULL",
            NumberLiteral n => n.Text,
            TextLiteral t => Literal(t.Value),
            BytesLiteral b => $"x'{b.Hex}'",
            BooleanLiteral b => b.Value ? "1" : "0",
            ColumnReference c => (c.Table is null ? "" : SqliteNames.Quote(c.Table) + ".") + SqliteNames.Quote(c.Name),
            CurrentMoment m => Moment(m.Form, ColumnKind.Text),
            // The blank keeps two signs from being a comment.
            UnaryExpression u => $"({u.Operator} {Write(u.Operand)})",
            BinaryExpression b => $"({Write(b.Left)} {b.Operator} {Write(b.Right)})",
            NullTest t => $"({Write(t.Operand)} IS {(t.IsNot ? "NOT " : "")}NULL)",
            BetweenExpression b => $"({Write(b.Operand)} {Not(b.IsNot)}BETWEEN {Write(b.Low)} AND {Write(b.High)})",
            InExpression i => $"({Write(i.Operand)} {Not(i.IsNot)}IN ({List(i.Items)}))",
            LikeExpression l => $"({Write(l.Operand)} {Not(l.IsNot)}LIKE {Write(l.Pattern)}"
                + $"{(l.Escape is null ? "" : " ESCAPE " + Write(l.Escape))})",
            CaseExpression c => Case(c),
            CastExpression c => $"CAST({Write(c.Operand)} AS {TypeOf(c.Kind)})",
            NoCaseExpression n => $"{Write(n.Operand)} COLLATE NOCASE",
            FunctionCall { Name: "count", Arguments: [] } => "count(*)",
            FunctionCall f => $"{f.Name}({(f.IsDistinct ? "DISTINCT " : "")}{List(f.Arguments)})",
            _ => throw new UntranslatableException("an expression of this kind has no equal"),
        };

    /// <summary>A default for a column of a kind.</summary>
    public static string Default(SqlExpression expression, ColumnKind kind) =>
        expression is CurrentMoment m ? $"({Moment(m.Form, kind)})"
        : expression is NullLiteral or NumberLiteral or TextLiteral or BytesLiteral or BooleanLiteral ? Write(expression)
        : $"({Write(expression)})";

    /// <summary>A literal.</summary>
    public static string Literal(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";

    private static string Not(bool isNot) => isNot ? "NOT " : "";

    private static string List(IEnumerable<SqlExpression> items) => string.Join(", ", items.Select(Write));

    private static string TypeOf(ColumnKind kind) =>
        kind switch
        {
            ColumnKind.Integer => "INTEGER",
            ColumnKind.Real => "REAL",
            ColumnKind.Text => "TEXT",
            _ => throw new UntranslatableException("this CAST has no equal"),
        };

    private static string Case(CaseExpression e)
    {
        var text = new StringBuilder("CASE");
        if (e.Operand is not null)
            text.Append(' ').Append(Write(e.Operand));
        foreach (var (when, then) in e.Branches)
            text.Append(" WHEN ").Append(Write(when)).Append(" THEN ").Append(Write(then));
        if (e.Otherwise is not null)
            text.Append(" ELSE ").Append(Write(e.Otherwise));
        return text.Append(" END").ToString();
    }

    // As the values of the column are written; all of them are in UTC (https://sqlite.org/lang_datefunc.html).
    private static string Moment(MomentForm form, ColumnKind kind) =>
        (form, kind) switch
        {
            (MomentForm.Timestamp, ColumnKind.TimestampWithZone) => "strftime('%Y-%m-%d %H:%M:%S+00:00', 'now')",
            (MomentForm.Timestamp, _) => "CURRENT_TIMESTAMP",
            (MomentForm.Date, _) => "CURRENT_DATE",
            (MomentForm.Time, _) => "CURRENT_TIME",
            _ => "CAST(strftime('%s', 'now') AS INTEGER)",
        };
}
