using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>
/// How PostgreSQL's quoted names and literals are written, with <c>standard_conforming_strings</c> on
/// (<see href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-CONSTANTS"/>).
/// </summary>
internal static class SqlQuotes
{
    /// <summary>The form of one.</summary>
    public static QuoteForm FormOf(ReadOnlySpan<char> token) => token[0] == '$' ? DollarQuote(token) : Quote(token);

    private static QuoteForm DollarQuote(ReadOnlySpan<char> token)
    {
        var tag = token[..(token[1..].IndexOf('$') + 2)];
        var isClosed = token.Length >= 2 * tag.Length && token.EndsWith(tag);
        return new QuoteForm(tag.Length, isClosed ? tag.Length : 0) { Forbidden = "$", IsDollarQuote = true };
    }

    private static QuoteForm Quote(ReadOnlySpan<char> token)
    {
        var open = token.IndexOfAny('\'', '"') + 1;
        var quote = token[open - 1];
        // E'...' and U&'...' give the backslash a meaning.
        var hasEscapes = open > 1 && token[0] is 'e' or 'E' or 'u' or 'U';
        return new QuoteForm(open, IsClosed(token[open..], quote) ? 1 : 0) { Doubled = hasEscapes ? $"{quote}\\" : $"{quote}" };
    }

    private static bool IsClosed(ReadOnlySpan<char> rest, char quote) => rest.Length > 0 && rest[^1] == quote;
}
