namespace Migrations.Tables;

/// <summary>
/// An expression of SQL as a tree, so that one engine can read what another writes. A closed set: what is not in it is not translated.
/// </summary>
public abstract record SqlExpression
{
    private protected SqlExpression() { }
}

/// <summary>A column.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Table">The table or alias before it; null without one.</param>
public sealed record ColumnReference(string Name, string? Table = null) : SqlExpression;

/// <summary>The moment, in UTC.</summary>
/// <param name="Form">How it is written.</param>
public sealed record CurrentMoment(MomentForm Form) : SqlExpression;

/// <summary>How a moment is written.</summary>
public enum MomentForm
{
    /// <summary><c>2025-03-01</c>.</summary>
    Date,

    /// <summary><c>12:30:00</c>.</summary>
    Time,

    /// <summary><c>2025-03-01 12:30:00</c>.</summary>
    Timestamp,

    /// <summary>Seconds since 1970.</summary>
    Seconds,
}

/// <summary>An operator before its operand: <c>-</c>, <c>+</c>, <c>~</c>, <c>NOT</c>.</summary>
/// <param name="Operator">The operator.</param>
/// <param name="Operand">Its operand.</param>
public sealed record UnaryExpression(string Operator, SqlExpression Operand) : SqlExpression;

/// <summary>An operator between its operands.</summary>
/// <param name="Operator">The operator, <c>=</c> and <c>&lt;&gt;</c> in these forms.</param>
/// <param name="Left">What stands before it.</param>
/// <param name="Right">What stands behind it.</param>
public sealed record BinaryExpression(string Operator, SqlExpression Left, SqlExpression Right) : SqlExpression;

/// <summary><c>IS NULL</c>.</summary>
/// <param name="Operand">What is asked about.</param>
/// <param name="IsNot">Whether it is <c>IS NOT NULL</c>.</param>
public sealed record NullTest(SqlExpression Operand, bool IsNot) : SqlExpression;

/// <summary><c>BETWEEN</c>.</summary>
/// <param name="Operand">What is compared.</param>
/// <param name="Low">The lowest value.</param>
/// <param name="High">The highest value.</param>
/// <param name="IsNot">Whether it is <c>NOT BETWEEN</c>.</param>
public sealed record BetweenExpression(SqlExpression Operand, SqlExpression Low, SqlExpression High, bool IsNot) : SqlExpression;

/// <summary><c>IN</c> a list.</summary>
/// <param name="Operand">What is looked for.</param>
/// <param name="Items">The list.</param>
/// <param name="IsNot">Whether it is <c>NOT IN</c>.</param>
public sealed record InExpression(SqlExpression Operand, IReadOnlyList<SqlExpression> Items, bool IsNot) : SqlExpression;

/// <summary><c>LIKE</c>, without regard to the case of ASCII letters.</summary>
/// <param name="Operand">The text.</param>
/// <param name="Pattern">The pattern.</param>
/// <param name="Escape">The character that takes a sign its meaning; null without one.</param>
/// <param name="IsNot">Whether it is <c>NOT LIKE</c>.</param>
public sealed record LikeExpression(SqlExpression Operand, SqlExpression Pattern, SqlExpression? Escape, bool IsNot) : SqlExpression;

/// <summary><c>CASE</c>.</summary>
/// <param name="Operand">What is compared; null where each branch has a condition.</param>
/// <param name="Branches">The branches.</param>
/// <param name="Otherwise">What it is otherwise; null for NULL.</param>
public sealed record CaseExpression(
    SqlExpression? Operand,
    IReadOnlyList<(SqlExpression When, SqlExpression Then)> Branches,
    SqlExpression? Otherwise
) : SqlExpression;

/// <summary><c>CAST</c>.</summary>
/// <param name="Operand">What is converted.</param>
/// <param name="Kind">To what.</param>
public sealed record CastExpression(SqlExpression Operand, ColumnKind Kind) : SqlExpression;

/// <summary>A text compared without regard to the case of ASCII letters.</summary>
/// <param name="Operand">The text.</param>
public sealed record NoCaseExpression(SqlExpression Operand) : SqlExpression;

/// <summary>A call of a function.</summary>
/// <param name="Name">Its name in small letters.</param>
/// <param name="Arguments">What it is given.</param>
public sealed record FunctionCall(string Name, IReadOnlyList<SqlExpression> Arguments) : SqlExpression
{
    /// <summary>Whether an aggregate takes each value once.</summary>
    public bool IsDistinct { get; init; }
}
