using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>Keeps secrets of statements out of messages.</summary>
internal static class Secrets
{
    /// <summary>Replaces the inside of literals behind the word PASSWORD by asterisks; lengths stay as they are.</summary>
    public static string Mask(string text)
    {
        if (!text.Contains("PASSWORD", StringComparison.OrdinalIgnoreCase))
            return text;
        var masked = text.ToCharArray();
        var isSecret = false;
        foreach (var token in new PostgreSqlDialect().Tokenize(text))
        {
            if (token.Kind is SqlTokenKind.WhiteSpace or SqlTokenKind.Comment || (isSecret && token.In(text) is "="))
                continue;
            if (token.Kind == SqlTokenKind.Literal && isSecret && token.Length > 2)
                masked.AsSpan(token.Start + 1, token.Length - 2).Fill('*');
            isSecret = token.Kind == SqlTokenKind.Word && token.In(text).Equals("PASSWORD", StringComparison.OrdinalIgnoreCase);
        }

        return new string(masked);
    }

    /// <summary>The first words of another session's statement, without its literals.</summary>
    public static string FirstWords(string text, int most = 60)
    {
        var words = new System.Text.StringBuilder();
        foreach (var token in new PostgreSqlDialect().Tokenize(text))
        {
            if (words.Length >= most)
                return words.Append("...").ToString();
            words.Append(token.Kind switch
            {
                SqlTokenKind.Literal => "'...'",
                SqlTokenKind.WhiteSpace or SqlTokenKind.Comment => " ",
                _ => token.In(text),
            });
        }

        return words.ToString().Trim();
    }
}
