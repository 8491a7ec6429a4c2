using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>The words of one statement among tokens, from its first to its semicolon.</summary>
/// <param name="tokens">The tokens.</param>
/// <param name="start">Where the statement begins.</param>
internal readonly struct TokenWords(IReadOnlyList<ReachToken> tokens, int start)
{
    /// <summary>A word; empty behind the end.</summary>
    public string this[int index] => IsEnd(index) ? "" : tokens[start + index].Word;

    /// <summary>What kind of token stands at a place; null behind the end.</summary>
    public SqlTokenKind? KindAt(int index) => IsEnd(index) ? null : tokens[start + index].Kind;

    /// <summary>Whether the statement has ended.</summary>
    public bool IsEnd(int index) => start + index >= tokens.Count || tokens[start + index].Kind == SqlTokenKind.Semicolon;

    /// <summary>Whether a name of this beginning stands in the statement, before a word.</summary>
    public bool ContainsName(string beginning, string before)
    {
        for (var i = 1; !IsEnd(i) && !string.Equals(this[i], before, StringComparison.Ordinal); i++)
        {
            if (tokens[start + i].IsName && this[i].StartsWith(beginning, StringComparison.Ordinal))
                return true;
        }

        return false;
    }

    /// <summary>Whether one of two words stands in the statement.</summary>
    public bool ContainsAnyBeforeEnd(string first, string second)
    {
        for (var i = 1; !IsEnd(i); i++)
        {
            if (string.Equals(this[i], first, StringComparison.Ordinal) || string.Equals(this[i], second, StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}
