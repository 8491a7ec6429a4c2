using Migrations.Databases;
using Migrations.History;

namespace Migrations.PostgreSql;

/// <summary>Keeps secrets of statements out of messages.</summary>
internal static class Secrets
{
    /// <summary>Replaces the inside of literals behind the word PASSWORD by asterisks; lengths stay as they are.</summary>
    public static string Mask(string text) => Mask(text, text);

    /// <summary>The same for the server's context of an error, which repeats a statement of a body in double quotes.</summary>
    public static string MaskContext(string text) => Mask(text, text.Replace('"', ' '));

    private static string Mask(string text, string statement)
    {
        var secrets = ScriptRedaction.Find(new PostgreSqlDialect(), statement);
        if (secrets.Count == 0)
            return text;
        var masked = text.ToCharArray();
        foreach (var (start, length, isNested) in secrets)
        {
            if (isNested)
                masked.AsSpan(start, length).Fill('*');
            else if (length > 2)
                masked.AsSpan(start + 1, length - 2).Fill('*');
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
