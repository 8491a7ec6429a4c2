namespace Migrations.Sqlite;

/// <summary>Names and their quotes.</summary>
internal static class SqliteNames
{
    /// <summary>How SQLite compares names: only ASCII letters are the same in both cases.</summary>
    public static StringComparer Comparer => StringComparer.OrdinalIgnoreCase;

    /// <summary>A name in quotes, whatever is in it.</summary>
    public static string Quote(string name) => "\"" + name.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

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
}
