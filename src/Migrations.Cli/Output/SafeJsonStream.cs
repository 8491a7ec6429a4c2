namespace Migrations.Cli.Output;

/// <summary>
/// JSON on its way to a log that a build service reads: <c>##</c>, with which its commands begin, becomes an escape that means the same,
/// because within JSON the sign occurs in strings only. No line of JSON begins with a colon.
/// </summary>
/// <param name="terminal">Says whether a service reads the log.</param>
internal sealed class SafeJsonStream(Terminal terminal) : OutputStream
{
    private readonly Stream _inner = terminal.Output;
    private bool _isAfterSign;

    /// <summary>The same for one line.</summary>
    public static string Safe(string json) => json.Replace("##", "#\\u0023", StringComparison.Ordinal);

    public override void Flush() => _inner.Flush();

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
}
