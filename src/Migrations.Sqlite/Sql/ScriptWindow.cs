using System.Runtime.InteropServices;
using System.Text;
using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>
/// A window that moves over a script's bytes, with a NUL behind them, so that SQLite's parser can be given the text in place: SQLite copies
/// text that does not end in NUL, the whole rest of a script at each statement. (A mapped file would serve as well, but grows the resident
/// memory with the script, and kills the process when someone shortens the file meanwhile.)
/// </summary>
internal sealed unsafe class ScriptWindow : IDisposable
{
    /// <summary>How many bytes a window holds, unless a statement needs more.</summary>
    public const int UsualSize = 256 * 1024;

    private const StringComparison Ignoring = StringComparison.OrdinalIgnoreCase;

    private readonly Stream _stream;
    private byte* _memory;
    private int _start;
    private int _end;

    public ScriptWindow(MigrationScript script, int size = UsualSize)
    {
        Line = script.FirstLine;
        _stream = script.OpenRead();
        Capacity = (int)Math.Clamp(_stream.Length + 1, 2, size);
        _memory = (byte*)NativeMemory.Alloc((nuint)Capacity);
        _memory[0] = 0;
        Length = _stream.Length;
        Fill();
    }

    /// <summary>How many bytes the window can hold.</summary>
    public int Capacity { get; private set; }

    /// <summary>The script's length, in bytes.</summary>
    public long Length { get; }

    /// <summary>Where in the script <see cref="Start"/> is, in bytes.</summary>
    public long Offset { get; private set; }

    /// <summary>The line on which <see cref="Start"/> is.</summary>
    public int Line { get; private set; }

    /// <summary>The column at which it is, in characters from 1.</summary>
    public int Column { get; private set; } = 1;

    /// <summary>Where a comment begins that the script does not close; known at its end.</summary>
    public (int Line, int Column)? OpenComment { get; private set; }

    /// <summary>Where a line comment begins that hides what is meant as further lines; known once it is passed.</summary>
    public (int Line, int Column)? HidingComment { get; private set; }

    /// <summary>The text that has not been passed; ends in NUL.</summary>
    public byte* Start => _memory + _start;

    /// <summary>The text that has not been passed, without the NUL.</summary>
    public ReadOnlySpan<byte> Text => new(_memory + _start, _end - _start);

    /// <summary>Whether the window reaches the end of the script.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>Passes white space, comments and lone semicolons; false at the end of the script.</summary>
    public bool SkipBlank()
    {
        while (Text.Length > 0 || Grow())
        {
            var length = SqliteLexer.Scan(Text, out var kind, out var ends);
            if (length == Text.Length && Grow())
                continue;
            if (!SqliteLexer.IsBlank(kind) && kind != SqlTokenKind.Semicolon)
                return true;
            OpenComment = ends ? null : (Line, Column);
            if (kind == SqlTokenKind.Comment && HidingComment is null && SqliteLexer.HidesLines(Text[..length]))
                HidingComment = (Line, Column);
            Advance(length);
        }

        return false;
    }

    /// <summary>
    /// How long the statement at the start is, with its semicolon; reads on where the window cuts it. Does not know of trigger bodies.
    /// </summary>
    public int FindEndOfStatement() => FindEnd(isTrigger: false);

    /// <summary>
    /// The same, knowing of trigger bodies: a trigger ends with the semicolon behind its END
    /// (<see href="https://sqlite.org/c3ref/complete.html"/>).
    /// </summary>
    public int FindEndWithBody() =>
        FindEnd(StatementHead.Read(Text[..FindEndOfStatement()]) is { Kind: StatementKind.Create, What: "TRIGGER" });

    private int FindEnd(bool isTrigger)
    {
        var at = 0;
        for (var (wasMark, isEnd) = (false, !isTrigger); at < Text.Length || Grow(); )
        {
            var length = SqliteLexer.Scan(Text[at..], out var kind, out _);
            if (at + length == Text.Length && Grow())
                continue;
            var isMark = kind == SqlTokenKind.Semicolon;
            if (isMark && isEnd)
                return at + length;
            if (isTrigger && !SqliteLexer.IsBlank(kind))
                (wasMark, isEnd) = (isMark, wasMark && Encoding.UTF8.GetString(Text.Slice(at, length)).Equals("END", Ignoring));
            at += length;
        }

        return at;
    }

    /// <summary>Passes text.</summary>
    public void Advance(int bytes)
    {
        (Line, Column) = PlaceOf(bytes);
        _start += bytes;
        Offset += bytes;
    }

    /// <summary>The line and column of a byte in the window.</summary>
    public (int Line, int Column) PlaceOf(int at)
    {
        var passed = Text[..at];
        var lines = passed.Count((byte)'\n');
        var start = lines == 0 ? Column : 1;
        var last = passed[(passed.LastIndexOf((byte)'\n') + 1)..];
        return (Line + lines, start + Encoding.UTF8.GetCharCount(last));
    }

    /// <summary>Reads on; false when nothing is left to read. Moves the text in memory.</summary>
    public bool Grow()
    {
        if (IsComplete)
            return false;
        var rest = _end - _start;
        Text.CopyTo(new Span<byte>(_memory, rest));
        if (rest + 1 > Capacity / 2)
        {
            Capacity = checked(Capacity * 2);
            _memory = (byte*)NativeMemory.Realloc(_memory, (nuint)Capacity);
        }

        (_start, _end) = (0, rest);
        return Fill();
    }

    public void Dispose()
    {
        NativeMemory.Free(_memory);
        _memory = null;
        _stream.Dispose();
    }

    private bool Fill()
    {
        var room = new Span<byte>(_memory + _end, Capacity - _end - 1);
        var read = _stream.ReadAtLeast(room, room.Length, throwOnEndOfStream: false);
        _end += read;
        _memory[_end] = 0;
        IsComplete = Offset + _end - _start >= Length || read < room.Length;
        return read > 0;
    }
}
