using System.Buffers;
using System.Text;
using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>
/// Cuts a script into statements where SQLite ends them: at a semicolon, and for CREATE TRIGGER at the semicolon after its last END
/// (the rule of <see href="https://sqlite.org/c3ref/complete.html">sqlite3_complete</see>). Statements are shown in place: a script of any
/// length is read without a copy of its text.
/// </summary>
internal sealed class SqliteStatementReader(MigrationScript script, int windowSize = ScriptWindow.UsualSize) : IDisposable
{
    // Between these bytes nothing in a statement matters for where it ends.
    private static readonly SearchValues<byte> Marks = SearchValues.Create(";'\"`[-/"u8);

    private readonly ScriptWindow _window = new(script, windowSize);
    private Place _place;
    private int _length;
    private int _significantLength;
    private ScriptLocation? _hiding;

    private enum Place
    {
        Start,
        Statement,
        Explain,
        Create,
        Trigger,
        TriggerSemicolon,
        TriggerEnd,
    }

    /// <summary>The statement's place among the script's statements, from 0.</summary>
    public int Index { get; private set; } = -1;

    /// <summary>The statement, without its semicolon and what stands before and after it; until the next one is read.</summary>
    public ReadOnlySpan<byte> Text => _window.Text[.._significantLength];

    /// <summary>Where the statement begins.</summary>
    public ScriptLocation Location => script.At(_window.Line, _window.Column);

    /// <summary>
    /// Where a literal, comment, quoted name or trigger body begins that the script does not close; known once everything is read.
    /// </summary>
    public ScriptLocation? Unterminated { get; private set; }

    /// <summary>
    /// Where a line comment begins that hides what is meant as further lines, because these end with CR alone; known once everything is
    /// read.
    /// </summary>
    public ScriptLocation? Hiding => _hiding ?? (_window.HidingComment is { } comment ? script.At(comment.Line, comment.Column) : null);

    /// <summary>The statement as an object of its own.</summary>
    public ScriptStatement ToStatement() => new(Index, Encoding.UTF8.GetString(Text), Location);

    /// <summary>Goes to the next statement; false at the end. Those without text are left out.</summary>
    public bool Read()
    {
        _window.Advance(_length);
        (_length, _significantLength) = (0, 0);
        if (!_window.SkipBlank())
        {
            if (_window.OpenComment is { } comment)
                Unterminated = script.At(comment.Line, comment.Column);
            return false;
        }

        Index++;
        FindEnd();
        return true;
    }

    public void Dispose() => _window.Dispose();

    private void FindEnd()
    {
        _place = Place.Start;
        var at = 0;
        while (at < _window.Text.Length || _window.Grow())
        {
            if (_place == Place.Statement && (at = SkipPlain(at)) == _window.Text.Length)
                continue;
            var length = SqliteLexer.Scan(_window.Text[at..], out var kind, out var ends);
            // A token that reaches the end of the window may go on behind it.
            if (at + length == _window.Text.Length && _window.Grow())
                continue;
            if (!ends)
                Unterminated = LocationOf(at);
            if (kind == SqlTokenKind.Comment && _hiding is null && SqliteLexer.HidesLines(_window.Text.Slice(at, length)))
                _hiding = LocationOf(at);
            if (!SqliteLexer.IsBlank(kind) && IsEnd(kind, at, length))
                break;
            at += length;
        }

        _length = Math.Max(_length, at);
        if (_place is Place.Trigger or Place.TriggerSemicolon)
            Unterminated ??= Location;
    }

    private bool IsEnd(SqlTokenKind kind, int at, int length)
    {
        _place = Next(_place, kind, _window.Text.Slice(at, length));
        if (_place == Place.Start)
            _length = at + length;
        else
            _significantLength = at + length;
        return _place == Place.Start;
    }

    private int SkipPlain(int at)
    {
        var rest = _window.Text[at..];
        var length = rest.IndexOfAny(Marks);
        var plain = rest[..(length < 0 ? rest.Length : length)];
        if (plain.TrimEnd(" \t\r\n\f"u8).Length is > 0 and var significant)
            _significantLength = at + significant;
        return at + plain.Length;
    }

    private ScriptLocation LocationOf(int at)
    {
        var (line, column) = _window.PlaceOf(at);
        return script.At(line, column);
    }

    private static Place Next(Place place, SqlTokenKind kind, ReadOnlySpan<byte> token) =>
        place switch
        {
            Place.Trigger or Place.TriggerSemicolon when kind == SqlTokenKind.Semicolon => Place.TriggerSemicolon,
            Place.TriggerSemicolon when Is(kind, token, "END") => Place.TriggerEnd,
            Place.Trigger or Place.TriggerSemicolon => Place.Trigger,
            _ when kind == SqlTokenKind.Semicolon => Place.Start,
            Place.TriggerEnd => Place.Trigger,
            Place.Start when Is(kind, token, "EXPLAIN") => Place.Explain,
            Place.Start or Place.Explain when Is(kind, token, "CREATE") => Place.Create,
            Place.Explain when Is(kind, token, "QUERY") || Is(kind, token, "PLAN") => Place.Explain,
            Place.Create when Is(kind, token, "TEMP") || Is(kind, token, "TEMPORARY") => Place.Create,
            Place.Create when Is(kind, token, "TRIGGER") => Place.Trigger,
            _ => Place.Statement,
        };

    private static bool Is(SqlTokenKind kind, ReadOnlySpan<byte> token, string word) =>
        kind == SqlTokenKind.Word && Ascii.EqualsIgnoreCase(token, word);
}
