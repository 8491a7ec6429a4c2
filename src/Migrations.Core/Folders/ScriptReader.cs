using System.Buffers;

namespace Migrations.Folders;

/// <summary>
/// Reads files, one after another, each once and in blocks: its memory does not grow with a file's size. Not safe for concurrent use; every
/// thread has one of its own.
/// </summary>
internal sealed class ScriptReader : IDisposable
{
    /// <summary>Most migrations fit into one block.</summary>
    internal const int BlockSize = 64 * 1024;

    /// <summary>Scripts up to this size keep their bytes, so that their files are opened only once.</summary>
    internal const int MostKept = 16 * 1024;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
    private readonly ScriptScanner _scanner = new();

    /// <summary>Reads what is at a position; 0 at the end.</summary>
    private delegate int ReadAt(Span<byte> buffer, long position);

    /// <summary>Whether the buffer still holds all of the file that was read last.</summary>
    private bool _isWhole;

    /// <summary>Reads a file and checks it. What is wrong with it is in the result.</summary>
    public ScriptFile Read(MigrationFile file, SectionRule rule, CancellationToken cancellationToken)
    {
        try
        {
            if (file.Open is { } open)
                return ReadResource(file, open, rule, cancellationToken);
            if (RegularFile.OtherKind(file.Path) is { } kind)
                return new ScriptFile
                {
                    Problems =
                    [
                        file.Problem(
                            ErrorId.FileUnreadable,
                            $"The file is {kind}, not a regular file, and was not opened.",
                            "Replace it with the script itself, or remove it from the folder."
                        ),
                    ],
                };
            using var handle = File.OpenHandle(file.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            var problem = Scan(file, (buffer, position) => RandomAccess.Read(handle, buffer, position), rule, cancellationToken);
            return problem is null ? ToScripts(file, _scanner.Finish(), whole: null) : new ScriptFile { Problems = [problem] };
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return new ScriptFile
            {
                Problems =
                [
                    file.Problem(
                        ErrorId.FileUnreadable,
                        $"The file cannot be read: {error.Message}",
                        "Make it readable for the user who runs migrations."
                    ),
                ],
            };
        }
    }

    /// <summary>Reads a script that an assembly carries. It is in memory already, and its bytes are kept whatever their size.</summary>
    private ScriptFile ReadResource(MigrationFile file, Func<Stream> open, SectionRule rule, CancellationToken cancellationToken)
    {
        using var resource = open();
        var bytes = new byte[resource.Length];
        resource.ReadExactly(bytes);
        var problem = Scan(file, (buffer, position) => Copy(bytes, position, buffer), rule, cancellationToken);
        return problem is null ? ToScripts(file, _scanner.Finish(), bytes) : new ScriptFile { Problems = [problem] };
    }

    private static int Copy(byte[] bytes, long position, Span<byte> buffer)
    {
        var count = (int)Math.Min(buffer.Length, bytes.Length - position);
        bytes.AsSpan((int)position, count).CopyTo(buffer);
        return count;
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _scanner.Dispose();
    }

    /// <summary>Reads block by block: a block ends with a line, so that only lines longer than the buffer are cut.</summary>
    private FileProblem? Scan(MigrationFile file, ReadAt readAt, SectionRule rule, CancellationToken cancellationToken)
    {
        _isWhole = false;
        var position = 0L;
        var line = 1;
        var held = 0;
        var atEnd = false;
        while (!atEnd)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var read = readAt(_buffer.AsSpan(held, BlockSize - held), position + held);
            held += read;
            atEnd = read == 0;
            if (!atEnd && held < BlockSize)
                continue;
            var block = _buffer.AsSpan(0, held);
            var mark = position == 0 ? Utf8Check.MarkLength(block) : 0;
            if (position == 0)
                _scanner.Start(file.Path, rule, file.IsDown, mark);
            var end = atEnd ? held : WholeLines(block);
            if (Utf8Check.FindProblem(file.Path, block[..end], position, line) is { } problem)
                return problem;
            _scanner.Append(block[mark..end]);
            _isWhole = atEnd && position == 0;
            line += block[..end].Count((byte)'\n');
            position += end;
            held -= end;
            block[end..].CopyTo(_buffer);
        }

        return null;
    }

    /// <summary>How much of a full block can be passed on: up to its last line end, else up to a whole character.</summary>
    private static int WholeLines(ReadOnlySpan<byte> block)
    {
        var lines = block.LastIndexOf((byte)'\n') + 1;
        if (lines > 0)
            return lines;
        var length = block.Length;
        for (var back = 1; back <= 3; back++)
        {
            // A byte 11xxxxxx begins a character that may go on in the next block.
            if (block[^back] >= 0xC0)
                return length - back;
            if (block[^back] < 0x80)
                return length;
        }

        return length;
    }

    private ScriptFile ToScripts(MigrationFile file, ScannedFile scanned, byte[]? whole)
    {
        var problems = new List<FileProblem>(scanned.Problems);
        return new ScriptFile
        {
            Script = ToScript(file, scanned.Main, whole, problems),
            DownSection = scanned.Down is null ? null : ToScript(file, scanned.Down, whole, problems),
            Dialect = scanned.Dialect,
            Problems = problems,
            Warnings = scanned.Warnings,
        };
    }

    private MigrationScript ToScript(MigrationFile file, ScriptPart part, byte[]? whole, List<FileProblem> problems)
    {
        if (file.Settings is { } settings)
            part.Last.Header.Take(settings);
        var script =
            part.Further.Count > 0 ? JoinedSections.Join(part, file.Path, Bytes(file, whole)) : part.ToScript(file.Path, Keep(part, whole));
        if (part.HasBreakpoint)
            script = WithEndedStatements(script, file, whole);
        return part.HasVariables ? ScriptVariables.Substitute(script, part.VariablesAtStart, problems) : script;
    }

    /// <summary>All bytes of the file that was scanned last.</summary>
    private byte[] Bytes(MigrationFile file, byte[]? whole) => whole ?? (_isWhole ? _buffer : File.ReadAllBytes(file.Path));

    private MigrationScript WithEndedStatements(MigrationScript script, MigrationFile file, byte[]? whole)
    {
        var text = script.Kept ?? Bytes(file, whole).AsSpan((int)script.Offset, (int)script.Length).ToArray();
        return DrizzleBreakpoint.EndStatements(text) ? script with { Kept = text } : script;
    }

    private byte[]? Keep(ScriptPart part, byte[]? whole) =>
        whole is not null ? whole.AsSpan((int)part.Offset, (int)part.Length).ToArray()
        : _isWhole && part.Length <= MostKept ? _buffer.AsSpan((int)part.Offset, (int)part.Length).ToArray()
        : null;
}
