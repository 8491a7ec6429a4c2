using System.Text;
using Migrations.Databases;

namespace Migrations.History;

/// <summary>Takes secrets out of a script's text before it is stored.</summary>
public static class ScriptRedaction
{
    /// <summary>What stands in place of a secret.</summary>
    public const string Mask = "'***'";

    /// <summary>Replaces every literal that follows the word PASSWORD (with nothing, <c>=</c> or <c>NULL</c> aside).</summary>
    public static string Redact(ISqlDialect dialect, string text)
    {
        if (!text.Contains("password", StringComparison.OrdinalIgnoreCase))
            return text;
        var result = new StringBuilder(text.Length);
        var afterPassword = false;
        foreach (var token in dialect.Tokenize(text))
        {
            var span = token.In(text);
            if (afterPassword && token.Kind == SqlTokenKind.Literal)
            {
                result.Append(Mask);
                afterPassword = false;
                continue;
            }

            result.Append(span);
            if (token.Kind is SqlTokenKind.WhiteSpace or SqlTokenKind.Comment || span is "=")
                continue;
            afterPassword = token.Kind == SqlTokenKind.Word && span.Equals("password", StringComparison.OrdinalIgnoreCase);
        }

        return result.ToString();
    }
}
