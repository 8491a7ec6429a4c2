using System.Runtime.InteropServices;

namespace Migrations.Sql;

/// <summary>What a token is.</summary>
public enum SqlTokenKind
{
    /// <summary>Blanks, tabs and line ends.</summary>
    WhiteSpace,

    /// <summary>A comment, with its marks.</summary>
    Comment,

    /// <summary>A word without quotes: a key word or a name.</summary>
    Word,

    /// <summary>A quoted name.</summary>
    QuotedName,

    /// <summary>A literal in quotes or dollar quotes.</summary>
    Literal,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A parameter.</summary>
    Parameter,

    /// <summary>A semicolon.</summary>
    Semicolon,

    /// <summary>Any other character or operator.</summary>
    Symbol,

    /// <summary>A line of a database shell (<c>\restrict</c>), or the data lines of a COPY.</summary>
    Shell,
}

/// <summary>A piece of SQL text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Where it begins, in characters from 0.</param>
/// <param name="Length">How long it is, in characters.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SqlToken(SqlTokenKind Kind, int Start, int Length)
{
    /// <summary>The token's text.</summary>
    public ReadOnlySpan<char> In(string text) => text.AsSpan(Start, Length);
}
