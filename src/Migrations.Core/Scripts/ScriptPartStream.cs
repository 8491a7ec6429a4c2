namespace Migrations;

/// <summary>
/// A read-only view of the range of bytes of a file that is a script. What it returns is hashed as it goes: a file that is no longer what
/// was read and checked ends in an error with its last bytes, so that no one who has read to the end has run anything else. A file without
/// a checksum, a dump, was never checked.
/// </summary>
internal sealed class ScriptPartStream : Stream
{
    private readonly MigrationScript _script;
    private readonly FileStream _file;
    private readonly NormalizedHash _hash = new();
    private long _left;

    public ScriptPartStream(MigrationScript script)
    {
        _script = script;
        _file = new FileStream(script.File, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _file.Position = script.Offset;
        _left = script.Length;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _script.Length;

    public override long Position
    {
        get => _script.Length - _left;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="MigrationException"><see cref="ErrorId.FileChanged"/>: it ends too soon, or is another text.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_left == 0 || buffer.IsEmpty)
            return 0;
        var read = _file.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
        _left -= read;
        if (_script.Checksum.Length == 0)
            return read;
        _hash.Append(buffer[..read]);
        if (read == 0 || (_left == 0 && !string.Equals(_hash.Finish(), _script.Checksum, StringComparison.Ordinal)))
            throw Changed(_script);
        return read;
    }

    /// <summary>A script whose file is no longer what was read and checked.</summary>
    public static MigrationException Changed(MigrationScript script) =>
        new(
            ErrorId.FileChanged,
            $"The file '{script.File}' was changed after it was read and checked.",
            "Run the command again when no other program is writing to the migration folder."
        )
        {
            Location = new ScriptLocation(script.File, script.FirstLine),
        };

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _file.Dispose();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }
}
