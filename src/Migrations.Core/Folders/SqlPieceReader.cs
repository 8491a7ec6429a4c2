using System.Buffers;
using static Migrations.Folders.SqlPieceReader.PieceKind;

namespace Migrations.Folders;

/// <summary>
/// Cuts the lines of a script into code, comments and text, with as much of SQL's lexical rules as all databases share. A folder is read
/// before any database is asked, so it serves warnings and refusals only: what runs is cut by the database's own lexer.
/// </summary>
internal sealed class SqlPieceReader
{
    private const int LongestTag = 64;

    private static readonly SearchValues<byte> Openings = SearchValues.Create("'\"`[$-/#"u8);
    private static readonly byte[] Blanks = [.. " \t\r\n\f\v"u8];

    private readonly byte[] _tag = new byte[LongestTag];
    private int _tagLength;
    private int _depth;
    private State _state;
    private CopyState _copy;

    /// <summary>What a piece of a line is.</summary>
    internal enum PieceKind
    {
        /// <summary>SQL, without comments and literals.</summary>
        Code,

        /// <summary>A comment up to the end of the line.</summary>
        LineComment,

        /// <summary>What a line holds of a block comment.</summary>
        BlockComment,

        /// <summary>What a line holds of a literal, a quoted name, a function's body or COPY data.</summary>
        Text,
    }

    private enum State
    {
        Code,
        Comment,
        Literal,
        EscapedLiteral,
        QuotedName,
        Dollar,
        CopyData,
    }

    private enum CopyState
    {
        BeforeStatement,
        OtherStatement,
        CopyStatement,
        CopyFromInput,
        DataFollows,
    }

    /// <summary>Whether the next piece continues with a block comment.</summary>
    public bool IsInComment => _state == State.Comment;

    /// <summary>Whether the next piece continues with a literal, a body or COPY data.</summary>
    public bool IsInText => _state is not (State.Code or State.Comment);

    /// <summary>Begins with a script.</summary>
    public void Start()
    {
        _state = State.Code;
        _copy = CopyState.BeforeStatement;
        _depth = 0;
    }

    /// <summary>Begins with a line: COPY data stands on the lines after its statement.</summary>
    public void StartLine()
    {
        if (_copy != CopyState.DataFollows)
            return;
        _state = State.CopyData;
        _copy = CopyState.BeforeStatement;
    }

    /// <summary>Reads the next piece of a line.</summary>
    /// <param name="line">The line, with its end.</param>
    /// <param name="at">Where the piece begins; where it ends afterwards.</param>
    public PieceKind Next(ReadOnlySpan<byte> line, ref int at)
    {
        switch (_state)
        {
            case State.Comment:
                at = EndOfComment(line, at);
                return BlockComment;
            case State.Literal or State.EscapedLiteral or State.QuotedName:
                at = EndOfQuote(line, at);
                return Text;
            case State.Dollar:
                at = EndOfDollar(line, at);
                return Text;
            case State.CopyData:
                if (line.TrimEnd(Blanks).SequenceEqual("\\."u8))
                    _state = State.Code;
                at = line.Length;
                return Text;
            default:
                return NextInCode(line, ref at);
        }
    }

    private PieceKind NextInCode(ReadOnlySpan<byte> line, ref int at)
    {
        var start = at;
        while (at < line.Length)
        {
            var next = line[at..].IndexOfAny(Openings);
            at = next < 0 ? line.Length : at + next;
            if (at == line.Length)
                break;
            if (Opens(line, at, out var length) is not { } kind)
            {
                at++;
                continue;
            }

            if (at > start)
            {
                // The code before it comes first; it is seen again with the next call.
                _state = State.Code;
                break;
            }

            at += length;
            if (_state != State.Code)
                return Next(line, ref at);
            return kind;
        }

        Track(line[start..at]);
        return Code;
    }

    /// <summary>
    /// Whether a comment or a text begins at a byte. Sets the state that follows; <paramref name="length"/> is what was read of it.
    /// </summary>
    private PieceKind? Opens(ReadOnlySpan<byte> line, int at, out int length)
    {
        length = 1;
        switch (line[at])
        {
            case (byte)'-' when line[at..].StartsWith("--"u8):
            case (byte)'#' when line[..at].Trim(Blanks).IsEmpty:
                length = line.Length - at;
                return LineComment;
            case (byte)'/' when line[at..].StartsWith("/*"u8):
                length = 2;
                _depth = 1;
                _state = State.Comment;
                return BlockComment;
            case (byte)'\'':
                _state =
                    at > 0 && line[at - 1] is (byte)'E' or (byte)'e' && (at == 1 || !IsInName(line[at - 2]))
                        ? State.EscapedLiteral
                        : State.Literal;
                return Text;
            case (byte)'"':
                _state = State.QuotedName;
                return Text;
            case (byte)'$' when (at == 0 || !IsInName(line[at - 1])) && TagLength(line[at..]) is > 0 and var tag:
                line.Slice(at, tag).CopyTo(_tag);
                _tagLength = length = tag;
                _state = State.Dollar;
                return Text;
            case (byte)'`' when line[(at + 1)..].IndexOf((byte)'`') is >= 0 and var end:
                length = end + 2;
                return Text;
            case (byte)'[' when BracketedNameLength(line[at..]) is > 0 and var name:
                length = name;
                return Text;
            default:
                return null;
        }
    }

    /// <summary>SQLite's <c>[don't]</c> is a name; PostgreSQL's <c>['a']</c> holds literals, whose quotes come in pairs.</summary>
    private static int BracketedNameLength(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOf((byte)']');
        return end > 0 && (text[..end].Count((byte)'\'') % 2 != 0 || text[..end].Count((byte)'"') % 2 != 0) ? end + 1 : 0;
    }

    private static int TagLength(ReadOnlySpan<byte> text)
    {
        var end = text[1..].IndexOf((byte)'$') + 1;
        if (end is 0 or >= LongestTag || (end > 1 && char.IsAsciiDigit((char)text[1])))
            return 0;
        foreach (var b in text[1..end])
        {
            if (!IsInName(b))
                return 0;
        }

        return end + 1;
    }

    private static bool IsInName(byte b) => char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'$' or >= 0x80;

    private int EndOfComment(ReadOnlySpan<byte> line, int at)
    {
        while (at < line.Length)
        {
            var next = line[at..].IndexOfAny((byte)'*', (byte)'/');
            if (next < 0)
                return line.Length;
            at += next;
            var opens = line[at..].StartsWith("/*"u8);
            if (!opens && !line[at..].StartsWith("*/"u8))
            {
                at++;
                continue;
            }

            at += 2;
            _depth += opens ? 1 : -1;
            if (_depth > 0)
                continue;
            _state = State.Code;
            return at;
        }

        return line.Length;
    }

    private int EndOfQuote(ReadOnlySpan<byte> line, int at)
    {
        var quote = _state == State.QuotedName ? (byte)'"' : (byte)'\'';
        var escape = _state == State.EscapedLiteral ? (byte)'\\' : quote;
        while (at < line.Length)
        {
            var next = line[at..].IndexOfAny(quote, escape);
            if (next < 0)
                return line.Length;
            at += next;
            if (line[at] == quote && (at + 1 == line.Length || line[at + 1] != quote))
            {
                _state = State.Code;
                return at + 1;
            }

            at += 2;
        }

        return line.Length;
    }

    private int EndOfDollar(ReadOnlySpan<byte> line, int at)
    {
        var end = line[at..].IndexOf(_tag.AsSpan(0, _tagLength));
        if (end < 0)
            return line.Length;
        _state = State.Code;
        return at + end + _tagLength;
    }

    /// <summary>Follows statements, to find the COPY whose data stands in the script.</summary>
    private void Track(ReadOnlySpan<byte> code)
    {
        while (true)
        {
            var end = code.IndexOf((byte)';');
            TrackStatement(end < 0 ? code : code[..end]);
            if (end < 0)
                return;
            _copy = _copy == CopyState.CopyFromInput ? CopyState.DataFollows : CopyState.BeforeStatement;
            code = code[(end + 1)..];
        }
    }

    private void TrackStatement(ReadOnlySpan<byte> code)
    {
        if (_copy == CopyState.BeforeStatement)
        {
            code = code.TrimStart(Blanks);
            if (code.IsEmpty)
                return;
            _copy = StartsWithWord(code, "copy"u8) ? CopyState.CopyStatement : CopyState.OtherStatement;
        }

        for (; _copy == CopyState.CopyStatement && code.Length >= 5; code = code[1..])
        {
            if (StartsWithWord(code, "stdin"u8))
                _copy = CopyState.CopyFromInput;
        }
    }

    private static bool StartsWithWord(ReadOnlySpan<byte> code, ReadOnlySpan<byte> word) =>
        code.Length >= word.Length
        && System.Text.Ascii.EqualsIgnoreCase(code[..word.Length], word)
        && (code.Length == word.Length || !IsInName(code[word.Length]));
}
