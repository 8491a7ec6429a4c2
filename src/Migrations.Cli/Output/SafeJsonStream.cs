namespace Migrations.Cli.Output;

/// <summary>
/// JSON on its way to a log that a build service reads: <c>##</c>, with which its commands begin, becomes an escape that means the same,
/// because within JSON the sign occurs in strings only. No line of JSON begins with a colon.
/// </summary>
/// <param name="terminal">Says whether a service reads the log.</param>
internal sealed class SafeJsonStream(Terminal terminal) : Stream
{
    private readonly Stream _inner = terminal.Output;
    private bool _isAfterSign;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The same for one line.</summary>
    public static string Safe(string json) => json.Replace("##", "#\\u0023", StringComparison.Ordinal);

    public override void Flush() => _inner.Flush();

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!terminal.IsReadByService)
        {
            _inner.Write(buffer);
            return;
        }

        while (!buffer.IsEmpty)
        {
            var next = _isAfterSign && buffer[0] == '#' ? 0 : buffer.IndexOf("##"u8) + 1;
            if (next == 0 && !(_isAfterSign && buffer[0] == '#'))
            {
                _inner.Write(buffer);
                _isAfterSign = buffer[^1] == '#';
                return;
            }

            _inner.Write(buffer[..next]);
            _inner.Write("\\u0023"u8);
            _isAfterSign = false;
            buffer = buffer[(next + 1)..];
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
