namespace Migrations.PostgreSql;

/// <summary>What a piece of a script is.</summary>
internal enum SqlPieceKind
{
    /// <summary>White space or a comment outside statements.</summary>
    Gap,

    /// <summary>A statement, from its first to its last token.</summary>
    Statement,

    /// <summary>The semicolon that ends a statement.</summary>
    Terminator,

    /// <summary>A command of a database shell.</summary>
    Shell,

    /// <summary>A data line of a COPY, or the line <c>\.</c> that ends them.</summary>
    CopyData,
}

/// <summary>One piece of a script. All pieces joined are the script.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text.</param>
/// <param name="Line">The line on which it begins, from 1.</param>
/// <param name="Column">The column on which it begins, in characters from 1.</param>
internal sealed record SqlPiece(SqlPieceKind Kind, string Text, int Line, int Column)
{
    /// <summary>Whether it is <c>COPY ... FROM STDIN</c>, whose data follows.</summary>
    public bool CopiesFromClient { get; init; }

    /// <summary>The line of its first <c>$1</c>; null when it has none.</summary>
    public int? ParameterLine { get; init; }

    /// <summary>
    /// The line of a literal that the server would read otherwise, because the script has set <c>standard_conforming_strings</c> off; null
    /// without one.
    /// </summary>
    public int? MisreadLine { get; init; }

    /// <summary>The line on which something begins that does not end; null when all ends.</summary>
    public int? UnterminatedLine { get; init; }

    /// <summary>What does not end.</summary>
    public string? Unterminated { get; init; }
}
