using System.Text;

namespace Migrations;

/// <summary>
/// A part of a file that runs as one script: the whole file, or one section of it. Known by place and checksum; its text is read when it is needed,
/// so that large scripts stream.
/// </summary>
public sealed record MigrationScript
{
    /// <summary>The file's full path.</summary>
    public required string File { get; init; }

    /// <summary>Where the part begins, in bytes; behind the byte order mark when there is one.</summary>
    public required long Offset { get; init; }

    /// <summary>How long the part is, in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>The file's line on which the part begins, from 1.</summary>
    public int FirstLine { get; init; } = 1;

    /// <summary>SHA-256 of the part with LF line ends and no byte order mark, in lower-case hexadecimal.</summary>
    public required string Checksum { get; init; }

    /// <summary>Whether it holds no statement, only comments and white space.</summary>
    public required bool IsEmpty { get; init; }

    /// <summary>What its comments say.</summary>
    public MigrationHeader Header { get; init; } = MigrationHeader.Empty;

    /// <summary>The text after environment variables were put in, where the script asks for that; null otherwise. Never stored in the history.</summary>
    public string? Substituted { get; init; }

    /// <summary>Whether it is a text of the engine's own, of no file.</summary>
    public bool IsText => Checksum.Length == 0;

    /// <summary>A script of the engine's own, of no file: nothing of it is stored in the history.</summary>
    /// <param name="name">What stands for the file in messages.</param>
    /// <param name="sql">The text.</param>
    public static MigrationScript OfText(string name, string sql) => new()
    {
        File = name,
        Offset = 0,
        Length = Encoding.UTF8.GetByteCount(sql),
        Checksum = "",
        IsEmpty = string.IsNullOrWhiteSpace(sql),
        Substituted = sql,
    };

    /// <summary>Opens the part as it runs. Positions in it count from <see cref="FirstLine"/>.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public Stream OpenRead() => Substituted is null
        ? new ScriptPartStream(File, Offset, Length)
        : new MemoryStream(Encoding.UTF8.GetBytes(Substituted), writable: false);

    /// <summary>Opens the part as text (UTF-8).</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public TextReader OpenText() => Substituted is null ? new StreamReader(OpenRead(), Encoding.UTF8, detectEncodingFromByteOrderMarks: false) : new StringReader(Substituted);

    /// <summary>Reads the part as it is in the file, nothing substituted.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string ReadOriginalText()
    {
        using var reader = new StreamReader(new ScriptPartStream(File, Offset, Length), Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
        return reader.ReadToEnd();
    }
}
