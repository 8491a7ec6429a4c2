using System.Runtime.InteropServices;
using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>
/// Cuts a script into pieces. Text is fed in parts of any size, and pieces are taken out; it keeps no more than the piece it is in. The
/// pieces never depend on the size of the parts, but for the data of a COPY, which come in as many whole lines as are there.
/// </summary>
/// <param name="firstLine">The number of the script's first line.</param>
/// <param name="longestText">How many characters of a piece are kept in it.</param>
internal sealed unsafe class PostgreSqlSplitter(int firstLine = 1, int longestText = int.MaxValue) : IDisposable
{
    private const int SmallestBuffer = 4096;
    private const int MostIdle = 1024 * 1024;

    private readonly PostgreSqlStatementTracker _tracker = new();
    private readonly Queue<SqlPiece> _pieces = new();

    // Not on the heap: a large literal would leave its buffers there for long.
    private char* _buffer = (char*)NativeMemory.Alloc(SmallestBuffer, sizeof(char));
    private int _capacity = SmallestBuffer;
    private int _start;
    private int _at;
    private int _end;
    private int _line = firstLine;
    private int _column = 1;
    private Open _open;

    /// <summary>What is known of the statement that has begun.</summary>
    private struct Open
    {
        public int End;
        public int Line;
        public int Column;
        public int EndLine;
        public int EndColumn;
        public int? ParameterLine;
        public int? NestedLine;
        public int? MisreadLine;
        public int? UnterminatedLine;
        public string? Unterminated;
    }

    /// <summary>Whether nothing follows.</summary>
    public bool IsComplete { get; private set; }

    private ReadOnlySpan<char> Rest => new(_buffer + _at, _end - _at);

    /// <summary>Reads on.</summary>
    /// <param name="source">The text.</param>
    /// <param name="count">How many characters to read; more, unless <paramref name="exactly"/>, where a long token would be looked at too
    /// often.</param>
    /// <param name="exactly">Whether to read no more.</param>
    public void Feed(TextReader source, int count, bool exactly)
    {
        count = exactly ? count : Math.Max(count, Rest.Length / 8);
        MakeRoom(count);
        var read = source.ReadBlock(new Span<char>(_buffer + _end, count));
        _end += read;
        IsComplete = read == 0;
    }

    public void Dispose()
    {
        NativeMemory.Free(_buffer);
        _buffer = null;
    }

    private void MakeRoom(int count)
    {
        var kept = _end - _start;
        if (kept <= _start)
        {
            new Span<char>(_buffer + _start, kept).CopyTo(new Span<char>(_buffer, kept));
            (_open.End, _at, _end, _start) = (_open.End - _start, _at - _start, kept, 0);
        }

        // Growing in proportion keeps the cost of looking at a long token again linear; behind it the memory is given back.
        var needed = checked(_end + count);
        if (needed > _capacity)
            Resize(needed);
        else if (_capacity > MostIdle && needed <= MostIdle)
            Resize(MostIdle);
    }

    private void Resize(int capacity)
    {
        _capacity = capacity;
        _buffer = (char*)NativeMemory.Realloc(_buffer, (nuint)capacity * sizeof(char));
    }

    /// <summary>Takes the next piece out; null when more text is needed or, after everything was read, nothing is left.</summary>
    public SqlPiece? Take()
    {
        while (_pieces.Count == 0)
        {
            var mode = _tracker.Mode;
            if (_tracker.IsInParentheses)
                SkipPlain();
            var token = PostgreSqlLexer.Scan(Rest, IsComplete, mode);
            if (token.Length == 0)
            {
                if (!IsComplete || !_tracker.IsOpen)
                    return null;
                CloseStatement(_tracker.CopiesFromClient, _tracker.IsNested);
                _tracker.Close();
                break;
            }

            Add(token, mode);
        }

        return _pieces.TryDequeue(out var piece) ? piece : null;
    }

    /// <summary>Whether the text ended inside COPY data.</summary>
    public bool EndedInData => _tracker.Mode != ScanMode.Sql;

    private void Add(ScannedToken token, ScanMode mode)
    {
        var text = Rest[..token.Length];
        var (wasOpen, wasNested, copies) = (_tracker.IsOpen, _tracker.IsNested, _tracker.CopiesFromClient);
        var ends = _tracker.Observe(token.Kind, text);
        if (wasOpen && !_tracker.IsOpen)
            CloseStatement(copies, wasNested);
        if (!wasOpen && _tracker.IsOpen)
            _open = new Open { Line = _line, Column = _column };
        var (line, column) = (_line, _column);
        Advance(text);
        if (_tracker.IsOpen)
            Extend(token, line, column, wasNested);
        else
            EmitToken(token, mode, ends, line, column);
    }

    /// <summary>
    /// In parentheses, where words mean nothing for the splitting, passes what is no beginning of anything: most of a long list of values.
    /// </summary>
    private void SkipPlain()
    {
        var rest = Rest;
        var length = PostgreSqlLexer.PlainLength(rest, IsComplete);
        var significant = rest[..length].TrimEnd(" \t\n\r\f\v").Length;
        if (significant > 0)
        {
            Advance(rest[..significant]);
            (_open.End, _open.EndLine, _open.EndColumn) = (_at, _line, _column);
        }

        Advance(rest[significant..length]);
    }

    private void Extend(ScannedToken token, int line, int column, bool wasNested)
    {
        if (token.Kind is not (SqlTokenKind.WhiteSpace or SqlTokenKind.Comment))
            (_open.End, _open.EndLine, _open.EndColumn) = (_at, _line, _column);
        if (token.Kind == SqlTokenKind.Parameter)
            _open.ParameterLine ??= line;
        if (_tracker.IsMisread)
            _open.MisreadLine ??= line;
        if (_tracker.IsNested != wasNested)
            _open.NestedLine = _tracker.IsNested ? line : null;
        if (token.Unterminated)
            (_open.UnterminatedLine, _open.Unterminated) = (line, Describe(token.Kind));
    }

    private void EmitToken(ScannedToken token, ScanMode mode, bool ends, int line, int column)
    {
        var kind = mode switch
        {
            ScanMode.CopyData => SqlPieceKind.CopyData,
            _ when ends => SqlPieceKind.Terminator,
            _ when token.Kind == SqlTokenKind.Shell => SqlPieceKind.Shell,
            _ => SqlPieceKind.Gap,
        };
        Emit(
            _at,
            text => new SqlPiece(kind, text, line, column)
            {
                UnterminatedLine = token.Unterminated ? line : null,
                Unterminated = token.Unterminated ? Describe(token.Kind) : null,
            }
        );
    }

    private void CloseStatement(bool copies, bool isNested)
    {
        var (gapLine, gapColumn) = (_open.EndLine, _open.EndColumn);
        Emit(
            _open.End,
            text => new SqlPiece(SqlPieceKind.Statement, text, _open.Line, _open.Column)
            {
                CopiesFromClient = copies,
                ParameterLine = _open.ParameterLine,
                MisreadLine = _open.MisreadLine,
                UnterminatedLine = _open.UnterminatedLine ?? (isNested ? _open.NestedLine : null),
                Unterminated = _open.Unterminated ?? (isNested ? "parenthesis or BEGIN ATOMIC body" : null),
            }
        );
        if (_start < _at)
            Emit(_at, text => new SqlPiece(SqlPieceKind.Gap, text, gapLine, gapColumn));
    }

    private void Emit(int end, Func<string, SqlPiece> make)
    {
        _pieces.Enqueue(make(new string(_buffer, _start, Math.Min(end - _start, longestText))));
        _start = end;
    }

    private void Advance(ReadOnlySpan<char> text)
    {
        _at += text.Length;
        var lines = text.Count('\n');
        _line += lines;
        _column = lines == 0 ? _column + text.Length : text.Length - text.LastIndexOf('\n');
    }

    private static string Describe(SqlTokenKind kind) =>
        kind switch
        {
            SqlTokenKind.Comment => "comment",
            SqlTokenKind.QuotedName => "quoted name",
            _ => "literal",
        };
}
