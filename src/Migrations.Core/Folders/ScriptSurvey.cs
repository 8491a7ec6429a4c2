using System.Text;
using static Migrations.Folders.SqlPieceReader;

namespace Migrations.Folders;

/// <summary>
/// Looks through a script, line by line, for what should stop it before anything runs: comments that mark another half, characters that
/// cannot be seen, lines of a merge conflict, and other tools' formats. Keeps nothing of the text but one comment.
/// </summary>
internal sealed class ScriptSurvey
{
    private static readonly byte[] Blanks = [.. " \t\r\n\f\v;"u8];

    /// <summary>How much of a comment is looked at, in bytes.</summary>
    private const int LongestComment = 4 * HalfMarker.LongestText;

    private readonly SqlPieceReader _reader = new();
    private readonly List<Rune> _reported = [];
    private readonly StringBuilder _block = new();
    private string _file = "";
    private int _line;
    private int _columns;
    private bool _isDown;
    private bool _hasContent;
    private bool _hasConflict;
    private bool _lineHasCode;
    private bool _lineIsBlank;
    private int _blockLine;
    private HalfMarker? _pending;
    private bool _isDirectlyBelow;
    private bool _isCommentedOut;
    private bool _hasStatement;
    private int _parentheses;
    private bool _endsWithComma;

    /// <summary>What stops the script.</summary>
    public List<FileProblem> Problems { get; } = [];

    /// <summary>What is worth a warning.</summary>
    public List<FileProblem> Warnings { get; } = [];

    /// <summary>
    /// Comments that mark another half than the one that they are in, with a statement below, and whether it would be the down half.
    /// </summary>
    public List<(HalfMarker Marker, bool Down)> Markers { get; } = [];

    /// <summary>Begins with a file.</summary>
    public void Start(string file)
    {
        _file = file;
        _hasContent = _hasConflict = false;
        _reported.Clear();
        Problems.Clear();
        Warnings.Clear();
        Markers.Clear();
    }

    /// <summary>Begins with a script of the file.</summary>
    /// <param name="line">Its first line.</param>
    /// <param name="isDown">Whether it is the undo.</param>
    public void StartPart(int line, bool isDown)
    {
        _reader.Start();
        _line = line;
        _columns = 0;
        _isDown = isDown;
        _pending = null;
        _hasStatement = _endsWithComma = false;
        _parentheses = 0;
        _block.Clear();
        BeginLine();
    }

    /// <summary>Takes the next bytes. They end with a line, unless the script ends or a line is very long.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var end = EndOfLine(bytes);
            var line = end < 0 ? bytes : bytes[..(end + 1)];
            if (_columns == 0)
                ReadStart(line);
            Read(line);
            if (end >= 0)
                EndLine(isCounted: line[^1] == '\n');
            else
                _columns += Encoding.UTF8.GetCharCount(line);
            bytes = bytes[line.Length..];
        }
    }

    /// <summary>A CR alone ends a comment to PostgreSQL, and is meant to do so everywhere; lines are counted by LF all the same.</summary>
    private static int EndOfLine(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOfAny((byte)'\n', (byte)'\r');
        return end >= 0 && bytes[end..].StartsWith("\r\n"u8) ? end + 1 : end;
    }

    private void BeginLine()
    {
        _lineHasCode = false;
        _lineIsBlank = true;
        _reader.StartLine();
    }

    private void EndLine(bool isCounted)
    {
        if (_lineIsBlank)
        {
            if (_isCommentedOut)
                _pending = null;
            _isDirectlyBelow = false;
        }

        _line += isCounted ? 1 : 0;
        _columns = 0;
        BeginLine();
    }

    private void ReadStart(ReadOnlySpan<byte> line)
    {
        if (!_hasConflict && ForeignContent.IsConflict(line, _reader.IsInText || _reader.IsInComment))
        {
            _hasConflict = true;
            Problems.Add(ForeignContent.Conflict(_file, _line, Encoding.UTF8.GetString(line).Trim()));
        }

        if (_hasContent || line.Trim(Blanks).IsEmpty)
            return;
        _hasContent = true;
        if (ForeignContent.OfFirstLine(_file, _line, line[..Math.Min(line.Length, 200)].Trim(" \t\r\n"u8)) is { } problem)
            Problems.Add(problem);
    }

    private void Read(ReadOnlySpan<byte> line)
    {
        var at = 0;
        while (at < line.Length)
        {
            var start = at;
            var kind = _reader.Next(line, ref at);
            var piece = line[start..at];
            if (kind == PieceKind.Code)
            {
                CheckInvisible(line, start, piece, isComment: false);
                Follow(piece);
                if (!piece.Trim(Blanks).IsEmpty)
                    TakeCode();
            }
            else if (kind == PieceKind.Text)
            {
                _endsWithComma = false;
                TakeCode();
            }
            else
            {
                _lineIsBlank = false;
                CheckInvisible(line, start, piece, isComment: true);
                TakeComment(piece, kind);
            }
        }
    }

    /// <summary>Follows whether a list continues: what is remarked between its parts begins no section.</summary>
    private void Follow(ReadOnlySpan<byte> code)
    {
        var end = code.LastIndexOf((byte)';');
        if (end >= 0)
            _parentheses = 0;
        var rest = code[(end + 1)..];
        _parentheses = Math.Max(0, _parentheses + rest.Count((byte)'(') - rest.Count((byte)')'));
        rest = code.TrimEnd(" \t\r\n\f\v"u8);
        _endsWithComma = rest.IsEmpty ? _endsWithComma : rest[^1] == ',';
    }

    /// <summary>
    /// A statement continues or begins: what was marked above it would run. A remark at the top that shows the undo's statements marks
    /// nothing.
    /// </summary>
    private void TakeCode()
    {
        _lineHasCode = true;
        _lineIsBlank = false;
        if (_pending is { } marker && (_hasStatement || !_isCommentedOut))
            Markers.Add((marker, !_isDown));
        _pending = null;
        _hasStatement = true;
    }

    private void TakeComment(ReadOnlySpan<byte> piece, PieceKind kind)
    {
        if (kind == PieceKind.LineComment)
        {
            if (!_lineHasCode)
                TakeComment(Encoding.UTF8.GetString(piece[..Math.Min(piece.Length, LongestComment)]).Trim(), _line, piece[^1] == '\r');
            return;
        }

        if (_block.Length == 0)
            _blockLine = _lineHasCode ? 0 : _line;
        if (_block.Length <= HalfMarker.LongestText)
            _block.Append(Encoding.UTF8.GetString(piece[..Math.Min(piece.Length, LongestComment)]));
        if (_reader.IsInComment)
            return;
        if (_blockLine > 0)
            TakeComment(_block.ToString().Trim(), _blockLine);
        _block.Clear();
    }

    private void TakeComment(string text, int line, bool endsWithReturn = false)
    {
        if (_pending is not null)
        {
            if (_isDirectlyBelow && HalfMarker.IsStatement(text.Trim('-', '/', '*', ' ', '\n', '\r', '\t')))
                _isCommentedOut = true;
        }
        else if (
            _parentheses == 0
            && !_endsWithComma
            && text.Length is > 0 and <= HalfMarker.LongestText
            && HalfMarker.IsMarker(text, down: !_isDown)
        )
        {
            _pending = new HalfMarker(
                line,
                string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
                endsWithReturn
            );
            _isDirectlyBelow = true;
            _isCommentedOut = false;
        }
    }

    private void CheckInvisible(ReadOnlySpan<byte> line, int start, ReadOnlySpan<byte> piece, bool isComment)
    {
        var from = 0;
        while (InvisibleCharacter.Find(piece[from..], isComment, out var at) is { } rune)
        {
            var column = _columns + Encoding.UTF8.GetCharCount(line[..(start + from + at)]) + 1;
            from += at + rune.Utf8SequenceLength;
            if (_reported.Contains(rune))
                continue;
            _reported.Add(rune);
            (isComment || InvisibleCharacter.IsAllowed(rune) ? Warnings : Problems).Add(
                InvisibleCharacter.Problem(new ScriptLocation(_file, _line, column), rune)
            );
        }
    }
}
