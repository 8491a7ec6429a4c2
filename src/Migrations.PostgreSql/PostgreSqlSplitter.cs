using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>
/// Cuts a script into pieces. It does no reading: text is fed in parts of any size, and pieces are taken out; it keeps no more than the piece it is in.
/// The pieces never depend on the size of the parts.
/// </summary>
internal sealed class PostgreSqlSplitter(int firstLine = 1)
{
    private readonly PostgreSqlStatementTracker _tracker = new();
    private readonly Queue<SqlPiece> _pieces = new();
    private char[] _buffer = new char[4096];
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
        public int? UnterminatedLine;
        public string? Unterminated;
    }

    /// <summary>Adds text.</summary>
    public void Feed(ReadOnlySpan<char> text)
    {
        if (_end + text.Length > _buffer.Length)
        {
            var kept = _end - _start;
            // Doubling keeps the cost of looking at a long token again linear.
            var buffer = kept + text.Length > _buffer.Length ? new char[Math.Max(_buffer.Length * 2, kept + text.Length)] : _buffer;
            _buffer.AsSpan(_start, kept).CopyTo(buffer);
            (_buffer, _open.End, _at, _end, _start) = (buffer, _open.End - _start, _at - _start, kept, 0);
        }

        text.CopyTo(_buffer.AsSpan(_end));
        _end += text.Length;
    }

    /// <summary>Says that nothing follows.</summary>
    public void Complete() => IsComplete = true;

    /// <summary>Whether nothing follows.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The space that the next <see cref="Feed"/> should fill, so that long tokens are not looked at too often.</summary>
    public int Appetite => Math.Max(4096, _end - _at);

    /// <summary>Takes the next piece out; null when more text is needed or, after <see cref="Complete"/>, when there is none left.</summary>
    public SqlPiece? Take()
    {
        while (_pieces.Count == 0)
        {
            var mode = _tracker.Mode;
            var token = PostgreSqlLexer.Scan(_buffer.AsSpan(_at, _end - _at), IsComplete, mode);
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
        var text = _buffer.AsSpan(_at, token.Length);
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

    private void Extend(ScannedToken token, int line, int column, bool wasNested)
    {
        if (token.Kind is not (SqlTokenKind.WhiteSpace or SqlTokenKind.Comment))
            (_open.End, _open.EndLine, _open.EndColumn) = (_at, _line, _column);
        if (token.Kind == SqlTokenKind.Parameter)
            _open.ParameterLine ??= line;
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
        Emit(new SqlPiece(kind, new string(_buffer, _start, _at - _start), line, column)
        {
            UnterminatedLine = token.Unterminated ? line : null,
            Unterminated = token.Unterminated ? Describe(token.Kind) : null,
        });
    }

    private void CloseStatement(bool copies, bool isNested)
    {
        var text = new string(_buffer, _start, _open.End - _start);
        var (gapLine, gapColumn) = (_open.EndLine, _open.EndColumn);
        Emit(new SqlPiece(SqlPieceKind.Statement, text, _open.Line, _open.Column)
        {
            CopiesFromClient = copies,
            ParameterLine = _open.ParameterLine,
            UnterminatedLine = _open.UnterminatedLine ?? (isNested ? _open.NestedLine : null),
            Unterminated = _open.Unterminated ?? (isNested ? "parenthesis or BEGIN ATOMIC body" : null),
        });
        if (_start < _at)
            Emit(new SqlPiece(SqlPieceKind.Gap, new string(_buffer, _start, _at - _start), gapLine, gapColumn));
    }

    private void Emit(SqlPiece piece)
    {
        _pieces.Enqueue(piece);
        _start += piece.Text.Length;
    }

    private void Advance(ReadOnlySpan<char> text)
    {
        _at += text.Length;
        var lines = text.Count('\n');
        _line += lines;
        _column = lines == 0 ? _column + text.Length : text.Length - text.LastIndexOf('\n');
    }

    private static string Describe(SqlTokenKind kind) => kind switch
    {
        SqlTokenKind.Comment => "comment",
        SqlTokenKind.QuotedName => "quoted name",
        _ => "literal",
    };
}
