using System.Numerics;
using System.Runtime.CompilerServices;
using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>
/// SQLite's lexical rules (<see href="https://sqlite.org/lang.html"/>, tokenize.c), for text and for UTF-8 bytes: everything that is not
/// ASCII is part of a word in both, so one set of rules serves.
/// </summary>
internal static class SqliteLexer
{
    /// <summary>Cuts a text into tokens: every character belongs to exactly one.</summary>
    public static IEnumerable<SqlToken> Tokenize(string text)
    {
        var at = 0;
        while (at < text.Length)
        {
            var length = Scan(text.AsSpan(at), out var kind, out _);
            yield return new SqlToken(kind, at, length);
            at += length;
        }
    }

    /// <summary>The length of the first token. One that reaches the end of the text may go on in text that follows.</summary>
    /// <param name="text">Not empty.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="ends">False for a literal, quoted name or block comment without its closing mark.</param>
    public static int Scan<T>(ReadOnlySpan<T> text, out SqlTokenKind kind, out bool ends)
        where T : unmanaged, IBinaryInteger<T>
    {
        ends = true;
        var first = Code(text, 0);
        switch (first)
        {
            case '\'':
                kind = SqlTokenKind.Literal;
                return ScanQuoted(text, 0, first, out ends);
            case '"' or '`':
                kind = SqlTokenKind.QuotedName;
                return ScanQuoted(text, 0, first, out ends);
            case '[':
                kind = SqlTokenKind.QuotedName;
                return Until(text, text.IndexOf(T.CreateTruncating(']')), 1, out ends);
            case '-' when Code(text, 1) == '-':
                kind = SqlTokenKind.Comment;
                return Until(text, text.IndexOf(T.CreateTruncating('\n')), 0, out _);
            case '/' when Code(text, 1) == '*':
                kind = SqlTokenKind.Comment;
                return Until(text, EndOfBlockComment(text), 2, out ends);
            case 'x' or 'X' when Code(text, 1) == '\'':
                kind = SqlTokenKind.Literal;
                return ScanQuoted(text, 1, '\'', out ends);
            case ';':
                kind = SqlTokenKind.Semicolon;
                return 1;
            default:
                return ScanPlain(text, first, out kind);
        }
    }

    /// <summary>
    /// Whether a line comment has more lines in it: ends with CR alone, which to SQLite end no line, so that what follows belongs to the
    /// comment.
    /// </summary>
    public static bool HidesLines(ReadOnlySpan<byte> comment)
    {
        var at = comment.IndexOf((byte)'\r');
        return at >= 0 && comment.StartsWith("--"u8) && comment[at..].Trim(" \t\r\f"u8).Length > 0;
    }

    /// <summary>Whether it separates tokens without meaning anything.</summary>
    public static bool IsBlank(SqlTokenKind kind) => kind is SqlTokenKind.WhiteSpace or SqlTokenKind.Comment;

    private static int ScanPlain<T>(ReadOnlySpan<T> text, int first, out SqlTokenKind kind)
        where T : unmanaged, IBinaryInteger<T>
    {
        if (LengthOfSpace(text, 0) > 0)
        {
            kind = SqlTokenKind.WhiteSpace;
            return ScanSpace(text);
        }

        if (char.IsAsciiDigit((char)first) || (first == '.' && IsDigit(Code(text, 1))))
        {
            kind = SqlTokenKind.Number;
            return ScanNumber(text);
        }

        if (first is '?' or ':' or '@' or '#' or '$' && IsWordPart(Code(text, 1)))
        {
            kind = SqlTokenKind.Parameter;
            return ScanWord(text, 1);
        }

        if (first == '?')
        {
            kind = SqlTokenKind.Parameter;
            return 1;
        }

        if (IsWordPart(first))
        {
            kind = SqlTokenKind.Word;
            return ScanWord(text, 1);
        }

        kind = SqlTokenKind.Symbol;
        return LengthOfOperator(first, Code(text, 1), Code(text, 2));
    }

    private static int ScanQuoted<T>(ReadOnlySpan<T> text, int start, int quote, out bool ends)
        where T : unmanaged, IBinaryInteger<T>
    {
        var mark = T.CreateTruncating(quote);
        var at = start + 1;
        while (true)
        {
            var next = text[at..].IndexOf(mark);
            if (next < 0)
            {
                ends = false;
                return text.Length;
            }

            at += next + 1;
            if (Code(text, at) != quote)
            {
                ends = true;
                return at;
            }

            at++;
        }
    }

    private static int EndOfBlockComment<T>(ReadOnlySpan<T> text)
        where T : unmanaged, IBinaryInteger<T>
    {
        var end = text[2..].IndexOf([T.CreateTruncating('*'), T.CreateTruncating('/')]);
        return end < 0 ? -1 : end + 2;
    }

    private static int Until<T>(ReadOnlySpan<T> text, int end, int markLength, out bool ends)
        where T : unmanaged, IBinaryInteger<T>
    {
        ends = end >= 0;
        return ends ? end + markLength : text.Length;
    }

    private static int ScanSpace<T>(ReadOnlySpan<T> text)
        where T : unmanaged, IBinaryInteger<T>
    {
        var at = 0;
        int length;
        while ((length = LengthOfSpace(text, at)) > 0)
            at += length;
        return at;
    }

    private static int ScanNumber<T>(ReadOnlySpan<T> text)
        where T : unmanaged, IBinaryInteger<T>
    {
        var isHex = Code(text, 1) is 'x' or 'X';
        var at = 1;
        while (true)
        {
            var code = Code(text, at);
            var isSign = code is '+' or '-' && !isHex && Code(text, at - 1) is 'e' or 'E' && IsDigit(Code(text, at + 1));
            if (!isSign && code != '.' && !IsWordPart(code))
                return at;
            at++;
        }
    }

    private static int ScanWord<T>(ReadOnlySpan<T> text, int at)
        where T : unmanaged, IBinaryInteger<T>
    {
        while (IsWordPart(Code(text, at)))
            at++;
        return at;
    }

    // A byte order mark counts as white space wherever a token begins.
    private static int LengthOfSpace<T>(ReadOnlySpan<T> text, int at)
        where T : unmanaged, IBinaryInteger<T> =>
        Code(text, at) switch
        {
            ' ' or '\t' or '\n' or '\f' or '\r' => 1,
            0xFEFF => 1,
            0xEF when Unsafe.SizeOf<T>() == 1 && Code(text, at + 1) == 0xBB && Code(text, at + 2) == 0xBF => 3,
            _ => 0,
        };

    private static int LengthOfOperator(int first, int second, int third) =>
        (first, second) switch
        {
            ('-', '>') => third == '>' ? 3 : 2,
            ('|', '|') or ('<', '=') or ('<', '>') or ('<', '<') or ('>', '=') or ('>', '>') or ('=', '=') or ('!', '=') => 2,
            _ => 1,
        };

    private static int Code<T>(ReadOnlySpan<T> text, int at)
        where T : unmanaged, IBinaryInteger<T> => at < text.Length ? int.CreateTruncating(text[at]) : -1;

    private static bool IsDigit(int code) => code is >= '0' and <= '9';

    private static bool IsWordPart(int code) =>
        code is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_' or '$' or >= 0x80;
}
