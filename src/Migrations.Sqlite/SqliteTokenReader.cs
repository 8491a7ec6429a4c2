using System.Buffers;
using Migrations.Databases;

namespace Migrations.Sqlite;

/// <summary>Reads tokens from a script of any length; holds one token and some text after it.</summary>
internal sealed class SqliteTokenReader(TextReader reader, int firstLine, int bufferSize = 16 * 1024) : IDisposable
{
    private char[] _buffer = ArrayPool<char>.Shared.Rent(bufferSize);
    private int _start;
    private int _end;
    private int _length;
    private bool _isAtEnd;

    /// <summary>What the token is.</summary>
    public SqlTokenKind Kind { get; private set; }

    /// <summary>The token's text, until the next one is read.</summary>
    public ReadOnlySpan<char> Text => _buffer.AsSpan(_start, _length);

    /// <summary>False for a literal, quoted name or block comment that the script does not close.</summary>
    public bool IsTerminated { get; private set; }

    /// <summary>The line on which the token begins.</summary>
    public int Line { get; private set; } = firstLine;

    /// <summary>The column at which it begins, from 1.</summary>
    public int Column { get; private set; } = 1;

    /// <summary>Goes to the next token; false at the end.</summary>
    public bool Read()
    {
        Pass();
        if (_start == _end && !Fill())
            return false;
        while (true)
        {
            var length = SqliteLexer.Scan<char>(_buffer.AsSpan(_start, _end - _start), out var kind, out var ends);
            // A token that reaches the end of the buffer may go on behind it.
            if (length == _end - _start && Fill())
                continue;
            (_length, Kind, IsTerminated) = (length, kind, ends);
            return true;
        }
    }

    public void Dispose()
    {
        ArrayPool<char>.Shared.Return(_buffer);
        _buffer = [];
        reader.Dispose();
    }

    private void Pass()
    {
        var text = Text;
        var lines = text.Count('\n');
        Line += lines;
        Column = lines == 0 ? Column + text.Length : text.Length - text.LastIndexOf('\n');
        _start += _length;
        _length = 0;
    }

    // The buffer doubles when a token fills it, so that even one huge literal is scanned a limited number of times.
    private bool Fill()
    {
        if (_isAtEnd)
            return false;
        var rest = _end - _start;
        var target = rest > _buffer.Length / 2 ? ArrayPool<char>.Shared.Rent(_buffer.Length * 2) : _buffer;
        _buffer.AsSpan(_start, rest).CopyTo(target);
        if (target != _buffer)
            ArrayPool<char>.Shared.Return(_buffer);
        (_buffer, _start, _end) = (target, 0, rest);
        var read = reader.ReadBlock(_buffer.AsSpan(rest));
        _end += read;
        _isAtEnd = _end < _buffer.Length;
        return read > 0;
    }
}
