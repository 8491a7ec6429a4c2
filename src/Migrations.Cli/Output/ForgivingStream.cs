namespace Migrations.Cli.Output;

/// <summary>
/// An output to which writing never fails: a log on a full disk, or a closed one, must not end a run between two migrations. The first
/// error is kept, and reported at the end of the call.
/// </summary>
internal sealed class ForgivingStream(Stream inner) : OutputStream
{
    /// <summary>What went wrong; null when nothing did.</summary>
    public Exception? Failure { get; private set; }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Failure is not null)
            return;
        try
        {
            inner.Write(buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Failure = e;
        }
    }

    public override void Flush()
    {
        if (Failure is null)
            inner.Flush();
    }
}
