using System.Text;

namespace Migrations.Folders;

/// <summary>
/// As much of PowerShell's grammar as is needed without PowerShell: comments, strings and braces, and the functions at the top level of a
/// file (<see href="https://learn.microsoft.com/powershell/scripting/lang-spec/chapter-02">its specification</see>). Whether the rest is
/// right is for PowerShell to say.
/// </summary>
internal static class PowerShellText
{
    private const string Separators = "(){}[];,|&=+*\"'<>!";

    private enum Element
    {
        Other,
        Comment,
        Quoted,
    }

    /// <summary>The functions at the top level, in order.</summary>
    public static List<PowerShellFunction> Functions(string text)
    {
        var found = new List<PowerShellFunction>();
        var depth = 0;
        for (var at = 0; at < text.Length; )
        {
            var (element, end) = Next(text, at);
            if (element == Element.Other)
            {
                if (depth == 0 && NameOf(text, at) is var (name, body))
                {
                    end = EndOfBody(text, body);
                    found.Add(new PowerShellFunction(name, at, end, 1 + text.AsSpan(0, at).Count('\n')));
                }
                else
                {
                    depth +=
                        text[at] is '{' or '(' ? 1
                        : text[at] is '}' or ')' ? -1
                        : 0;
                }
            }

            at = end;
        }

        return found;
    }

    /// <summary>The comments before the first statement, without their marks, each with its line.</summary>
    public static IEnumerable<(string Text, int Line)> LeadingComments(string text)
    {
        var line = 1;
        for (var at = 0; at < text.Length; )
        {
            var (element, end) = Next(text, at);
            if (element == Element.Comment)
            {
                var comment = text[at..end];
                foreach (var part in comment.Split('\n'))
                    yield return (part.Trim().TrimStart('<').TrimEnd('>').Trim('#').Trim(), line++);
                line--;
            }
            else if (!char.IsWhiteSpace(text[at]))
            {
                yield break;
            }
            else if (text[at] == '\n')
            {
                line++;
            }

            at = end;
        }
    }

    /// <summary>Whether two texts differ in comments and white space only, but for comments that decide how the file runs.</summary>
    public static bool IsSame(string left, string right) => string.Equals(Substance(left), Substance(right), StringComparison.Ordinal);

    private static string Substance(string text)
    {
        var kept = new StringBuilder(text.Length);
        var space = '\0';
        for (var at = 0; at < text.Length; )
        {
            var (element, end) = Next(text, at);
            if (element == Element.Comment)
            {
                space = space == '\n' ? space : ' ';
            }
            else if (element == Element.Other && char.IsWhiteSpace(text[at]))
            {
                space = text[at] == '\n' || space == '\n' ? '\n' : ' ';
            }
            else
            {
                if (space != '\0' && kept.Length > 0)
                    kept.Append(space);
                space = '\0';
                kept.Append(text[at..end].ReplaceLineEndings("\n"));
            }

            at = end;
        }

        foreach (var (comment, _) in LeadingComments(text))
        {
            var colon = comment.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && HeaderEntry.Find(Encoding.UTF8.GetBytes(comment[..colon].Trim())) is { IsDirective: true })
                kept.Append('\n').Append(comment);
        }

        return kept.ToString();
    }

    /// <summary>What begins at a place, and where it ends.</summary>
    private static (Element Element, int End) Next(string text, int at) =>
        text[at] switch
        {
            '`' => (Element.Other, Math.Min(at + 2, text.Length)),
            '<' when Has(text, at, "<#") => (Element.Comment, EndAfter(text, at + 2, "#>")),
            '#' when at == 0 || char.IsWhiteSpace(text[at - 1]) || Separators.Contains(text[at - 1], StringComparison.Ordinal) => (
                Element.Comment,
                EndOfLine(text, at)
            ),
            '@' when BeginsHereString(text, at, out var quote) => (Element.Quoted, EndAfter(text, at + 2, "\n" + quote + "@")),
            var c when IsSingleQuote(c) => (Element.Quoted, EndOfLiteral(text, at + 1)),
            var c when IsDoubleQuote(c) => (Element.Quoted, EndOfExpandable(text, at + 1)),
            _ => (Element.Other, at + 1),
        };

    private static (string Name, int Body)? NameOf(string text, int at)
    {
        var word =
            Has(text, at, "function") ? "function"
            : Has(text, at, "filter") ? "filter"
            : null;
        if (word is null || (at > 0 && !char.IsWhiteSpace(text[at - 1]) && text[at - 1] is not (';' or '}')))
            return null;
        var start = at + word.Length;
        if (start >= text.Length || !char.IsWhiteSpace(text[start]))
            return null;
        while (start < text.Length && char.IsWhiteSpace(text[start]))
            start++;
        var end = start;
        while (end < text.Length && !char.IsWhiteSpace(text[end]) && text[end] is not ('{' or '('))
            end++;
        return end > start ? (text[start..end], end) : null;
    }

    /// <summary>Behind the closing brace of the block that begins behind a place; the end of the text where it has no such brace.</summary>
    private static int EndOfBody(string text, int at)
    {
        var (braces, parentheses) = (0, 0);
        while (at < text.Length)
        {
            var (element, end) = Next(text, at);
            if (element == Element.Other)
            {
                parentheses +=
                    text[at] == '(' ? 1
                    : text[at] == ')' ? -1
                    : 0;
                braces +=
                    text[at] == '{' ? 1
                    : text[at] == '}' ? -1
                    : 0;
                if (text[at] == '}' && braces == 0 && parentheses <= 0)
                    return end;
            }

            at = end;
        }

        return at;
    }

    private static int EndOfLiteral(string text, int at)
    {
        for (; at < text.Length; at++)
        {
            if (!IsSingleQuote(text[at]))
                continue;
            if (at + 1 >= text.Length || !IsSingleQuote(text[at + 1]))
                return at + 1;
            at++;
        }

        return at;
    }

    private static int EndOfExpandable(string text, int at)
    {
        while (at < text.Length)
        {
            if (text[at] == '`')
                at += 2;
            else if (Has(text, at, "$("))
                at = EndOfParentheses(text, at + 1);
            else if (!IsDoubleQuote(text[at]))
                at++;
            else if (at + 1 < text.Length && IsDoubleQuote(text[at + 1]))
                at += 2;
            else
                return at + 1;
        }

        return Math.Min(at, text.Length);
    }

    private static int EndOfParentheses(string text, int at)
    {
        var depth = 0;
        while (at < text.Length)
        {
            var (element, end) = Next(text, at);
            if (element == Element.Other)
                depth +=
                    text[at] == '(' ? 1
                    : text[at] == ')' ? -1
                    : 0;
            at = end;
            if (depth == 0)
                return at;
        }

        return at;
    }

    private static bool BeginsHereString(string text, int at, out char quote)
    {
        quote = at + 1 < text.Length ? text[at + 1] : '\0';
        return quote is '\'' or '"' && text.AsSpan(at + 2, EndOfLine(text, at) - at - 2).Trim().IsEmpty;
    }

    private static bool Has(string text, int at, string what) => text.AsSpan(at).StartsWith(what, StringComparison.OrdinalIgnoreCase);

    private static int EndOfLine(string text, int at) => text.IndexOf('\n', at) is >= 0 and var end ? end : text.Length;

    private static int EndAfter(string text, int at, string what) =>
        at <= text.Length && text.IndexOf(what, at, StringComparison.Ordinal) is >= 0 and var found ? found + what.Length : text.Length;

    // PowerShell takes the quotes of word processors for its own.
    private static bool IsSingleQuote(char c) => c is '\'' or '\u2018' or '\u2019' or '\u201A' or '\u201B';

    private static bool IsDoubleQuote(char c) => c is '"' or '\u201C' or '\u201D' or '\u201E';
}
