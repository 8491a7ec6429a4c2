using System.Buffers;
using System.Runtime.InteropServices;
using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>One token at the front of a text.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Length">Its length in characters; 0 when the text must grow before the token is known.</param>
/// <param name="Unterminated">Whether its closing mark is missing.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ScannedToken(SqlTokenKind Kind, int Length, bool Unterminated = false);

/// <summary>
/// Cuts one token off the front of a text by the rules of PostgreSQL's own scanner, with <c>standard_conforming_strings</c> on
/// (<see href="https://www.postgresql.org/docs/current/sql-syntax-lexical.html"/>). It does no reading: given part of a script, it answers
/// only when no later character could change the answer, so the tokens never depend on how the script was cut into parts.
/// </summary>
internal ref struct PostgreSqlLexer
{
    /// <summary>The most data lines of a COPY that are one token, in characters.</summary>
    private const int MostData = 32 * 1024;

    private static readonly SearchValues<char> Marks = SearchValues.Create("'\"$\\()/-");

    private readonly ReadOnlySpan<char> _text;
    private readonly bool _final;
    private int _at;
    private bool _starved;
    private bool _unterminated;

    private PostgreSqlLexer(ReadOnlySpan<char> text, bool final)
    {
        _text = text;
        _final = final;
    }

    /// <summary>Reads the token at the front of <paramref name="text"/>.</summary>
    /// <param name="text">The text from the token on.</param>
    /// <param name="final">Whether nothing follows the text.</param>
    /// <param name="mode">What the text is.</param>
    public static ScannedToken Scan(ReadOnlySpan<char> text, bool final, ScanMode mode)
    {
        if (text.IsEmpty)
            return default;
        var lexer = new PostgreSqlLexer(text, final);
        var kind = mode switch
        {
            ScanMode.Sql => lexer.Sql(),
            ScanMode.CopyTail => lexer.CopyTail(),
            _ => lexer.CopyLines(),
        };
        return lexer._starved ? default : new ScannedToken(kind, lexer._at, lexer._unterminated);
    }

    /// <summary>
    /// How much of a text, in which words mean nothing, comes before the next token that must be looked at. Never cuts a word.
    /// </summary>
    public static int PlainLength(ReadOnlySpan<char> text, bool final)
    {
        var length = text.IndexOfAny(Marks);
        if (length < 0 && final)
            return text.Length;
        length = length < 0 ? text.Length : length;
        // A word may be the beginning of a literal (E'...', U&'...'), or go on behind a dollar sign.
        if (length == text.Length || text[length] is '\'' or '"' or '$')
        {
            while (length > 0 && (IsWordPart(text[length - 1]) || text[length - 1] == '&'))
                length--;
        }

        return length;
    }

    private SqlTokenKind Sql()
    {
        var first = _text[0];
        switch (first)
        {
            case ' ' or '\t' or '\n' or '\r' or '\f' or '\v':
                return WhiteSpace();
            case '\'':
                return Quoted(1, '\'', SqlTokenKind.Literal);
            case '"':
                return Quoted(1, '"', SqlTokenKind.QuotedName);
            case '$':
                return Dollar();
            case ';':
                return Single(SqlTokenKind.Semicolon);
            case '\\':
                return Line(SqlTokenKind.Shell);
            // A comment begins wherever its mark stands, inside a run of operator characters too: that is where the server cuts an
            // operator.
            case '-' when Peek(1) == '-':
                return Line(SqlTokenKind.Comment);
            case '/' when Peek(1) == '*':
                return BlockComment();
        }

        if (IsWordStart(first))
            return Word();
        return char.IsAsciiDigit(first) || (first == '.' && IsDigit(Peek(1))) ? Number() : Single(SqlTokenKind.Symbol);
    }

    private int Peek(int index)
    {
        if (index < _text.Length)
            return _text[index];
        _starved |= !_final;
        return -1;
    }

    private SqlTokenKind Single(SqlTokenKind kind)
    {
        _at = 1;
        return kind;
    }

    private SqlTokenKind WhiteSpace()
    {
        while (IsSpace(Peek(_at)))
            _at++;
        return SqlTokenKind.WhiteSpace;
    }

    private SqlTokenKind Line(SqlTokenKind kind)
    {
        var length = _text.IndexOfAny('\n', '\r');
        _starved = length < 0 && !_final;
        _at = length < 0 ? _text.Length : length;
        return kind;
    }

    private SqlTokenKind BlockComment()
    {
        var depth = 0;
        var at = 0;
        do
        {
            var next = _text[at..].IndexOfAny('/', '*');
            if (next < 0 || at + next + 1 >= _text.Length)
            {
                ToEnd();
                return SqlTokenKind.Comment;
            }

            at += next;
            var (mark, following) = (_text[at], _text[at + 1]);
            var isMark = (mark, following) is ('/', '*') or ('*', '/');
            if (isMark)
                depth += mark == '/' ? 1 : -1;
            at += isMark ? 2 : 1;
        } while (depth > 0);
        _at = at;
        return SqlTokenKind.Comment;
    }

    private SqlTokenKind Quoted(int from, char quote, SqlTokenKind kind)
    {
        var at = from;
        while (true)
        {
            var close = _text[at..].IndexOf(quote);
            if (close < 0)
            {
                ToEnd();
                return kind;
            }

            at += close + 1;
            if (Peek(at) != quote)
                break;
            at++;
        }

        _at = at;
        return kind;
    }

    /// <summary>
    /// An <c>E'...'</c> literal. Its parts on following lines belong to it, because the backslash keeps its meaning in them.
    /// </summary>
    private SqlTokenKind EscapeLiteral(int from)
    {
        var at = from;
        while (true)
        {
            var next = _text[at..].IndexOfAny('\'', '\\');
            if (next < 0 || (_text[at + next] == '\\' && at + next + 1 >= _text.Length))
            {
                ToEnd();
                return SqlTokenKind.Literal;
            }

            at += next + 1;
            if (_text[at - 1] == '\\' || Peek(at) == '\'')
            {
                at++;
                continue;
            }

            var continued = ContinuedLiteral(at);
            if (continued < 0)
                break;
            at = continued;
        }

        _at = at;
        return SqlTokenKind.Literal;
    }

    /// <summary>
    /// Where a literal goes on after <paramref name="at"/>: behind a quote that only white space with a line end, and line comments,
    /// separate; -1 when it does not.
    /// </summary>
    private int ContinuedLiteral(int at)
    {
        var newLine = false;
        for (; ; at++)
        {
            var c = Peek(at);
            if (c is '\n' or '\r')
            {
                newLine = true;
            }
            else if (c == '-' && Peek(at + 1) == '-')
            {
                while (Peek(at + 1) is not ('\n' or '\r' or -1))
                    at++;
            }
            else if (!IsSpace(c))
            {
                return c == '\'' && newLine ? at + 1 : -1;
            }
        }
    }

    private SqlTokenKind Dollar()
    {
        var at = 1;
        if (IsDigit(Peek(1)))
        {
            while (IsDigit(Peek(at)))
                at++;
            _at = at;
            return SqlTokenKind.Parameter;
        }

        if (IsWordStart(Peek(1)))
        {
            while (IsTagPart(Peek(at)))
                at++;
        }

        if (Peek(at) != '$')
            return Single(SqlTokenKind.Symbol);
        var tag = _text[..(at + 1)];
        var close = _text[tag.Length..].IndexOf(tag, StringComparison.Ordinal);
        if (close < 0)
            ToEnd();
        else
            _at = tag.Length + close + tag.Length;
        return SqlTokenKind.Literal;
    }

    private SqlTokenKind Word()
    {
        var next = Peek(1);
        switch (_text[0])
        {
            case 'e' or 'E' when next == '\'':
                return EscapeLiteral(2);
            case 'b' or 'B' or 'x' or 'X' or 'n' or 'N' when next == '\'':
                return Quoted(2, '\'', SqlTokenKind.Literal);
            case 'u' or 'U' when next == '&' && Peek(2) == '\'':
                return Quoted(3, '\'', SqlTokenKind.Literal);
            case 'u' or 'U' when next == '&' && Peek(2) == '"':
                return Quoted(3, '"', SqlTokenKind.QuotedName);
        }

        _at = 1;
        while (IsWordPart(Peek(_at)))
            _at++;
        return SqlTokenKind.Word;
    }

    private SqlTokenKind Number()
    {
        if (_text[0] == '0' && Peek(1) is 'x' or 'X' or 'o' or 'O' or 'b' or 'B')
        {
            _at = 2;
            while (Peek(_at) is var c && (c == '_' || (c is >= 0 and < 0x80 && char.IsAsciiLetterOrDigit((char)c))))
                _at++;
            return SqlTokenKind.Number;
        }

        while (Peek(_at) is var c && (IsDigit(c) || c is '.' or '_'))
            _at++;
        if (Peek(_at) is 'e' or 'E' && (IsDigit(Peek(_at + 1)) || (Peek(_at + 1) is '+' or '-' && IsDigit(Peek(_at + 2)))))
        {
            _at += 2;
            while (IsDigit(Peek(_at)))
                _at++;
        }

        return SqlTokenKind.Number;
    }

    private SqlTokenKind CopyTail()
    {
        CopyLine();
        var text = _text[.._at].Trim();
        if (text.IsEmpty)
            return SqlTokenKind.WhiteSpace;
        return text.StartsWith("--", StringComparison.Ordinal) ? SqlTokenKind.Comment : SqlTokenKind.Shell;
    }

    private SqlTokenKind CopyLine()
    {
        var length = _text.IndexOf('\n');
        _starved = length < 0 && !_final;
        _at = length < 0 ? _text.Length : length + 1;
        return SqlTokenKind.Shell;
    }

    /// <summary>Whole lines of data, or the line <c>\.</c> that ends them.</summary>
    private SqlTokenKind CopyLines()
    {
        CopyLine();
        if (_starved || _at > MostData || IsEndOfData(_text[.._at]))
            return SqlTokenKind.Shell;
        var lines = _text[..Math.Min(_text.Length, MostData)];
        var at = _at - 1;
        while (true)
        {
            var end = lines[at..].IndexOf("\n\\.");
            if (end < 0)
                break;
            at += end + 1;
            var next = _text[at..].IndexOf('\n');
            if (next < 0 || IsEndOfData(_text.Slice(at, next + 1)))
            {
                lines = lines[..at];
                break;
            }
        }

        _at = Math.Max(_at, lines.LastIndexOf('\n') + 1);
        return SqlTokenKind.Shell;
    }

    private static bool IsEndOfData(ReadOnlySpan<char> line) => line.TrimEnd("\r\n") is "\\.";

    private void ToEnd()
    {
        _at = _text.Length;
        _starved |= !_final;
        _unterminated = true;
    }

    private static bool IsSpace(int c) => c is ' ' or '\t' or '\n' or '\r' or '\f' or '\v';

    private static bool IsDigit(int c) => c is >= '0' and <= '9';

    // The server takes every byte above 0x7F for a letter.
    private static bool IsWordStart(int c) => c is '_' or (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or >= 0x80;

    private static bool IsTagPart(int c) => IsWordStart(c) || IsDigit(c);

    private static bool IsWordPart(int c) => IsTagPart(c) || c == '$';
}
