namespace Migrations.Tables;

/// <summary>NULL.</summary>
public sealed record NullLiteral : SqlExpression;

/// <summary>A number as written.</summary>
/// <param name="Text">Its digits.</param>
public sealed record NumberLiteral(string Text) : SqlExpression
{
    /// <summary>Whether it is a whole number.</summary>
    public bool IsInteger => Text.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0;
}

/// <summary>A text.</summary>
/// <param name="Value">The text itself.</param>
public sealed record TextLiteral(string Value) : SqlExpression;

/// <summary>Bytes.</summary>
/// <param name="Hex">Two hexadecimal digits for each.</param>
public sealed record BytesLiteral(string Hex) : SqlExpression;

/// <summary>True or false.</summary>
/// <param name="Value">Which.</param>
public sealed record BooleanLiteral(bool Value) : SqlExpression;
