using Migrations.Sql;

namespace Migrations.Integrity;

/// <summary>Reads the names in SQL text, and in the bodies that it holds.</summary>
/// <param name="dialect">How the SQL is read.</param>
internal sealed class SqlNameReader(ISqlDialect dialect)
{
    /// <summary>Every name and word, without quotes.</summary>
    public IEnumerable<string> Names(string sql)
    {
        foreach (var token in dialect.Tokenize(sql))
        {
            if (token.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName)
                yield return Unquoted(token.In(sql));
            if (BodyOf(token, sql) is not { } body)
                continue;
            foreach (var name in Names(body))
                yield return name;
        }
    }

    /// <summary>
    /// What a statement says: words in upper case, everything else as written, without white space and comments. A body in dollar quotes
    /// is read too.
    /// </summary>
    public List<string> Words(string sql)
    {
        var words = new List<string>();
        foreach (var token in dialect.Tokenize(sql))
        {
            if (token.Kind is SqlTokenKind.WhiteSpace or SqlTokenKind.Comment)
                continue;
            if (BodyOf(token, sql) is { } body)
                words.AddRange(Words(body));
            else
                words.Add(token.Kind == SqlTokenKind.Word ? token.In(sql).ToString().ToUpperInvariant() : token.In(sql).ToString());
        }

        return words;
    }

    /// <summary>The name of an object, without its schema and its parameters.</summary>
    public string LastName(string name) =>
        Unquoted(
            dialect
                .Tokenize(name)
                .TakeWhile(t => t.In(name) is not "(")
                .Last(t => t.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName)
                .In(name)
        );

    /// <summary>A name without its quotes.</summary>
    public static string Unquoted(ReadOnlySpan<char> name) =>
        name switch
        {
            ['"', .. var inner, '"'] => inner.ToString().Replace("\"\"", "\"", StringComparison.Ordinal),
            ['`', .. var inner, '`'] => inner.ToString().Replace("``", "`", StringComparison.Ordinal),
            ['[', .. var inner, ']'] => inner.ToString(),
            _ => name.ToString(),
        };

    /// <summary>The body of a function or of a DO, without its tags.</summary>
    private static string? BodyOf(SqlToken token, string sql)
    {
        if (token.Kind is not SqlTokenKind.Literal || sql[token.Start] != '$')
            return null;
        var text = token.In(sql);
        var tag = text[1..].IndexOf('$') + 2;
        return text.Length >= 2 * tag ? text[tag..^tag].ToString() : null;
    }
}
