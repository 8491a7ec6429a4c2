using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>Names and their quotes.</summary>
internal static class SqliteNames
{
    /// <summary>How SQLite compares names: only ASCII letters are the same in both cases.</summary>
    public static StringComparer Comparer { get; } = new NameComparer();

    /// <summary>A name in quotes, whatever is in it.</summary>
    public static string Quote(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    /// <summary>How a quoted name or a literal is written (<see href="https://sqlite.org/lang_keywords.html"/>).</summary>
    public static QuoteForm FormOf(ReadOnlySpan<char> token)
    {
        var open = token.IndexOfAny("'\"`[") + 1;
        var (quote, closing) = (token[open - 1], token[open - 1] == '[' ? ']' : token[open - 1]);
        var close = token.Length > open && token[^1] == closing ? 1 : 0;
        // In brackets nothing is doubled.
        return quote == '[' ? new QuoteForm(open, close) { Forbidden = "]" } : new QuoteForm(open, close) { Doubled = $"{quote}" };
    }

    /// <summary>A name as it is, in quotes only where SQLite needs them.</summary>
    public static string Show(string name) => IsPlain(name) ? name : Quote(name);

    /// <summary>
    /// A name in small letters, in quotes only where SQLite needs them: the same for all names that SQLite takes for the same.
    /// </summary>
    public static string Fold(string name)
    {
        var small = string.Create(
            name.Length,
            name,
            static (to, from) =>
            {
                for (var i = 0; i < to.Length; i++)
                    to[i] = NameComparer.Fold(from[i]);
            }
        );
        return Show(small);
    }

    /// <summary>Whether SQLite keeps a name for tables of its own.</summary>
    public static bool IsInternal(string name) => name.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase);

    /// <summary>A token without its quotes; SQLite takes a literal for a name where only a name can be.</summary>
    public static string Unquote(string token)
    {
        if (token.Length < 2)
            return token;
        var quote = token[0];
        return quote switch
        {
            '[' => token[1..^1],
            '"' or '`' or '\'' => token[1..^1].Replace(new string(quote, 2), quote.ToString(), StringComparison.Ordinal),
            _ => token,
        };
    }

    private static bool IsPlain(string name)
    {
        if (name.Length == 0 || name[0] is (>= '0' and <= '9') or '$')
            return false;
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '$') && c < 0x80)
                return false;
        }

        return !SqliteKeywords.IsReserved(name) && !SqliteKeywords.IsContextual(name);
    }
}
