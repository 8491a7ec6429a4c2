using System.Text;
using static Migrations.Folders.PowerShellTokens;

namespace Migrations.Folders;

/// <summary>
/// As much of PowerShell's grammar as is needed without PowerShell: comments, strings and braces, and the functions at the top level of a
/// file (<see href="https://learn.microsoft.com/powershell/scripting/lang-spec/chapter-02">its specification</see>). Whether the rest is
/// right is for PowerShell to say.
/// </summary>
internal static class PowerShellText
{
    private static readonly string[] LineEnds = ["\r\n", "\n", "\r"];

    /// <summary>The functions at the top level, in order.</summary>
    public static List<PowerShellFunction> Functions(string text)
    {
        var found = new List<PowerShellFunction>();
        var depth = 0;
        // Elsewhere the word is an argument: Get-Command -CommandType Function
        var beginsStatement = true;
        for (var at = 0; at < text.Length; )
        {
            var (element, end) = Next(text, at);
            if (element == Element.Other && depth == 0 && beginsStatement && NameOf(text, at) is var (name, body))
            {
                end = EndOfBody(text, body);
                found.Add(new PowerShellFunction(name, at, end, LineAt(text, at)));
            }
            else if (element != Element.Comment)
            {
                depth +=
                    element == Element.Quoted ? 0
                    : text[at] is '{' or '(' ? 1
                    : text[at] is '}' or ')' ? -1
                    : 0;
                beginsStatement = element == Element.Other && (EndsStatement(text[at]) || (beginsStatement && char.IsWhiteSpace(text[at])));
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
                foreach (var part in comment.Split(LineEnds, StringSplitOptions.None))
                    yield return (part.Trim().TrimStart('<').TrimEnd('>').Trim('#').Trim(), line++);
                line--;
            }
            else if (!char.IsWhiteSpace(text[at]))
            {
                yield break;
            }
            else if (IsLineEnd(text, at))
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
                space = text[at] is '\n' or '\r' || space == '\n' ? '\n' : ' ';
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

    private static (string Name, int Body)? NameOf(string text, int at)
    {
        var word =
            Has(text, at, "function") ? "function"
            : Has(text, at, "filter") ? "filter"
            : null;
        if (word is null)
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

    private static bool EndsStatement(char c) => c is '\n' or '\r' or ';' or '{' or '}' or '(' or ')';

    private static bool IsLineEnd(string text, int at) => text[at] == '\r' || (text[at] == '\n' && (at == 0 || text[at - 1] != '\r'));

    private static int LineAt(string text, int at) => 1 + Enumerable.Range(0, at).Count(i => IsLineEnd(text, i));
}
