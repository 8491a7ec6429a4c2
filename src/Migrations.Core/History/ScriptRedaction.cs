using System.Data.Common;
using System.Text;
using Migrations.Sql;

namespace Migrations.History;

/// <summary>
/// Takes secrets out of the text of scripts and statements before it is stored or shown. What runs, and its checksum, are untouched.
/// </summary>
public static class ScriptRedaction
{
    /// <summary>What stands in place of a secret.</summary>
    public const string Mask = "'***'";

    /// <summary>A text without its secrets: <c>'***'</c> for a literal, <c>***</c> for a part of one.</summary>
    public static string Redact(ISqlDialect dialect, string text)
    {
        var result = new StringBuilder(text.Length);
        var at = 0;
        foreach (var secret in Find(dialect, text))
        {
            result.Append(text, at, secret.Start - at).Append(secret.IsLiteral ? Mask : "***");
            at = secret.Start + secret.Length;
        }

        return at == 0 ? text : result.Append(text, at, text.Length - at).ToString();
    }

    /// <summary>A text without its secrets and those that are known, to show it.</summary>
    public static string Show(ISqlDialect dialect, string text) => KnownSecrets.Hide(Redact(dialect, text));

    /// <summary>A statement without its secrets, each character of them an asterisk, so that places in it stay the same.</summary>
    public static string Cover(ISqlDialect dialect, string statement) => Cover(statement, Find(dialect, statement));

    /// <summary>The same for a text in which the secrets of another one of the same length were found.</summary>
    internal static string Cover(string text, IReadOnlyList<SecretSpan> secrets)
    {
        text = KnownSecrets.Cover(text);
        if (secrets.Count == 0)
            return text;
        var covered = text.ToCharArray();
        foreach (var secret in secrets)
        {
            if (!secret.IsLiteral)
                covered.AsSpan(secret.Start, secret.Length).Fill('*');
            else if (secret.Length > 2)
                covered.AsSpan(secret.Start + 1, secret.Length - 2).Fill('*');
        }

        return new string(covered);
    }

    /// <summary>
    /// The database's words about a statement, which may repeat its secrets (<c>syntax error at or near "..."</c>), without them.
    /// </summary>
    public static string Hide(ISqlDialect dialect, string? statement, string words)
    {
        foreach (var secret in statement is null ? [] : Values(dialect, statement))
            words = words.Replace(secret, "***", StringComparison.OrdinalIgnoreCase);
        return Hide(words);
    }

    /// <summary>Words that are about no statement, without the secrets that are known and those that show themselves.</summary>
    public static string Hide(string words) => KnownSecrets.Hide(SecretText.Hide(words));

    /// <summary>Whether an error says a secret, in its words or in the statement that it carries along.</summary>
    public static bool Says(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        for (var e = error; e is not null; e = e.InnerException)
        {
            if (e is DbException { BatchCommand.CommandText: { } statement } && IsHidden(statement))
                return true;
        }

        return IsHidden(error.ToString());

        static bool IsHidden(string text) => !string.Equals(Hide(text), text, StringComparison.Ordinal);
    }

    /// <summary>Finds the secrets of a statement or script, in order.</summary>
    public static IReadOnlyList<SecretSpan> Find(ISqlDialect dialect, string text) =>
        SecretText.MayHold(text) ? new SecretFinder(dialect).Find(text) : [];

    // A short one could be part of any word: it is looked for in quotes.
    private static IEnumerable<string> Values(ISqlDialect dialect, string statement)
    {
        var values = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var secret in Find(dialect, statement))
        {
            var value = statement.Substring(secret.Start, secret.Length);
            values.Add(value.Trim('\'', '"', '`', '*'));
            // A syntax error names one word of it.
            values.UnionWith(
                string.Concat(value.Select(c => char.IsLetterOrDigit(c) || c == '_' ? c : ' '))
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)
                    .Where(w => w.Length > 2)
            );
        }

        return values
            .Where(v => v.Length > 0)
            .SelectMany<string, string>(v => v.Length > 2 ? [v] : [$"\"{v}\"", $"'{v}'"])
            .OrderByDescending(v => v.Length);
    }
}
