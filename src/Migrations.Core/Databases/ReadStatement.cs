using Migrations.Sql;

namespace Migrations.Databases;

/// <summary>A statement as its tokens, without white space and comments.</summary>
/// <param name="dialect">How it is read.</param>
/// <param name="text">Its text.</param>
internal sealed class ReadStatement(ISqlDialect dialect, string text)
{
    private readonly List<SqlToken> _tokens = ScriptWrites.Meaningful(dialect, text);

    /// <summary>How many tokens there are.</summary>
    public int Count => _tokens.Count;

    /// <summary>A token as written; empty beyond the last one.</summary>
    public string this[int at] => at >= 0 && at < _tokens.Count ? _tokens[at].In(text).ToString() : "";

    /// <summary>Whether a token is one of some words that are not quoted.</summary>
    public bool Is(int at, params ReadOnlySpan<string> words)
    {
        if (at < 0 || at >= _tokens.Count || _tokens[at].Kind != SqlTokenKind.Word)
            return false;
        foreach (var word in words)
        {
            if (_tokens[at].In(text).Equals(word, StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }

    /// <summary>Whether a token can be a name.</summary>
    public bool IsName(int at) => at >= 0 && at < _tokens.Count && _tokens[at].Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName;

    /// <summary>The text from one token up to another, without that.</summary>
    public string Slice(int from, int to)
    {
        to = Math.Min(to, _tokens.Count);
        return from >= to ? "" : text[_tokens[from].Start..(_tokens[to - 1].Start + _tokens[to - 1].Length)];
    }

    /// <summary>Where the text from one token up to another, without that, begins and ends.</summary>
    public (int Start, int End) Range(int from, int to) => (_tokens[from].Start, _tokens[to - 1].Start + _tokens[to - 1].Length);

    /// <summary>
    /// The first token at or after a position, outside parentheses, that matches a condition; the number of tokens if no token matches.
    /// </summary>
    public int Find(int from, Func<int, bool> condition)
    {
        for (var at = from; at < Count; at = this[at] is "(" ? Behind(at) : at + 1)
        {
            if (condition(at))
                return at;
        }

        return Count;
    }

    /// <summary>The place behind the parenthesis that closes the one at a place.</summary>
    public int Behind(int open)
    {
        var depth = 0;
        for (var at = open; at < Count; at++)
        {
            depth +=
                this[at] is "(" ? 1
                : this[at] is ")" ? -1
                : 0;
            if (depth == 0)
                return at + 1;
        }

        return Count;
    }

    /// <summary>The place behind a name with its schema.</summary>
    public int BehindName(int at)
    {
        while (this[at + 1] is "." && IsName(at + 2))
            at += 2;
        return at + 1;
    }

    /// <summary>The names of a list in parentheses; null when it holds anything else.</summary>
    public IReadOnlyList<string>? Names(int open)
    {
        var names = new List<string>();
        for (var at = open + 1; at < Count; at += 2)
        {
            if (!IsName(at) || this[at + 1] is not ("," or ")"))
                return null;
            names.Add(this[at]);
            if (this[at + 1] is ")")
                return names;
        }

        return null;
    }
}
