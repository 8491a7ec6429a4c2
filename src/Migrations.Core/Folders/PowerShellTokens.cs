namespace Migrations.Folders;

/// <summary>
/// Where comments and strings of PowerShell begin and end
/// (<see href="https://learn.microsoft.com/powershell/scripting/lang-spec/chapter-02">its specification</see>).
/// </summary>
internal static class PowerShellTokens
{
    private const string Separators = "(){}[];,|&=+*\"'<>!";

    public enum Element
    {
        Other,
        Comment,
        Quoted,
    }

    /// <summary>What begins at a place, and where it ends.</summary>
    public static (Element Element, int End) Next(string text, int at) =>
        text[at] switch
        {
            '`' => (Element.Other, Math.Min(at + (Has(text, at + 1, "\r\n") ? 3 : 2), text.Length)),
            '<' when Has(text, at, "<#") => (Element.Comment, EndAfter(text, at + 2, "#>")),
            '#' when at == 0 || char.IsWhiteSpace(text[at - 1]) || Separators.Contains(text[at - 1], StringComparison.Ordinal) => (
                Element.Comment,
                EndOfLine(text, at)
            ),
            '@' when BeginsHereString(text, at) => (Element.Quoted, EndOfHereString(text, at + 1)),
            '$' when Has(text, at, "${") => (Element.Other, EndOfBracedName(text, at + 2)),
            '-' when BeginsVerbatim(text, at) => (Element.Other, EndOfVerbatim(text, at)),
            var c when IsSingleQuote(c) => (Element.Quoted, EndOfLiteral(text, at + 1)),
            var c when IsDoubleQuote(c) => (Element.Quoted, EndOfExpandable(text, at + 1)),
            _ => (Element.Other, at + 1),
        };

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
            else if (Has(text, at, "${"))
                at = EndOfBracedName(text, at + 2);
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

    private static bool BeginsHereString(string text, int at) =>
        at + 1 < text.Length
        && (IsSingleQuote(text[at + 1]) || IsDoubleQuote(text[at + 1]))
        && text.AsSpan(at + 2, EndOfLine(text, at) - at - 2).Trim().IsEmpty;

    /// <summary>Behind the quote and the <c>@</c> at the beginning of a line that end it.</summary>
    private static int EndOfHereString(string text, int quote)
    {
        var isSingle = IsSingleQuote(text[quote]);
        for (var at = quote + 2; at + 1 < text.Length; at++)
        {
            if (text[at - 1] is '\n' or '\r' && text[at + 1] == '@' && (isSingle ? IsSingleQuote(text[at]) : IsDoubleQuote(text[at])))
                return at + 2;
        }

        return text.Length;
    }

    /// <summary>Behind the brace that ends a name like <c>${a'b}</c>.</summary>
    private static int EndOfBracedName(string text, int at)
    {
        for (; at < text.Length && text[at] != '}'; at++)
        {
            if (text[at] == '`')
                at++;
        }

        return Math.Min(at + 1, text.Length);
    }

    /// <summary>Whether <c>--%</c> stands here, behind which PowerShell reads nothing of what a program is given.</summary>
    private static bool BeginsVerbatim(string text, int at) =>
        Has(text, at, "--%") && at > 0 && char.IsWhiteSpace(text[at - 1]) && (at + 3 == text.Length || char.IsWhiteSpace(text[at + 3]));

    private static int EndOfVerbatim(string text, int at)
    {
        var isQuoted = false;
        for (var end = EndOfLine(text, at); at < end; at++)
        {
            isQuoted ^= text[at] == '"';
            if (!isQuoted && (text[at] == '|' || Has(text, at, "&&")))
                return at;
        }

        return at;
    }

    public static bool Has(string text, int at, string what) =>
        at < text.Length && text.AsSpan(at).StartsWith(what, StringComparison.OrdinalIgnoreCase);

    private static int EndOfLine(string text, int at) => text.IndexOfAny(['\n', '\r'], at) is >= 0 and var end ? end : text.Length;

    private static int EndAfter(string text, int at, string what) =>
        at <= text.Length && text.IndexOf(what, at, StringComparison.Ordinal) is >= 0 and var found ? found + what.Length : text.Length;

    // PowerShell takes the quotes of word processors for its own.
    private static bool IsSingleQuote(char c) => c is '\'' or '\u2018' or '\u2019' or '\u201A' or '\u201B';

    private static bool IsDoubleQuote(char c) => c is '"' or '\u201C' or '\u201D' or '\u201E';
}
