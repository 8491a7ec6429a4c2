using System.Security.Cryptography;
using System.Text;

namespace Migrations;

/// <summary>
/// A part of a file that runs as one script: the whole file, or one section of it. Known by place and checksum. A small text is kept from
/// when it was read and checked, and that text is what runs; a large one is read again when it is needed, so that it streams.
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

    /// <summary>
    /// SHA-256 of the part with LF line ends and no byte order mark, in lower-case hexadecimal; empty for a file that was not read before
    /// it runs.
    /// </summary>
    public required string Checksum { get; init; }

    /// <summary>Whether it holds no statement, only comments and white space.</summary>
    public required bool IsEmpty { get; init; }

    /// <summary>What its comments say.</summary>
    public MigrationHeader Header { get; init; } = MigrationHeader.Empty;

    /// <summary>
    /// Whether it is not a migration but a file that makes a whole schema, perhaps as a database's own shell printed it: what the engine
    /// makes by itself may stand in it.
    /// </summary>
    internal bool IsSchema { get; init; }

    /// <summary>
    /// The text after environment variables were put in, where the script asks for that; null otherwise. Never stored in the history.
    /// </summary>
    public string? Substituted { get; init; }

    /// <summary>How it is run, where it is code; null for SQL. Whoever reads its SQL finds none.</summary>
    public MigrationCode? Code { get; init; }

    /// <summary>The part's bytes as they were read and checked; null for a large part, which is read again.</summary>
    internal byte[]? Kept { get; init; }

    /// <summary>Whether <c>${</c> is in it, so that it may take variables.</summary>
    internal bool HasReference { get; init; }

    /// <summary>
    /// The text with the values of variables in it, made when it is first read, where there are variables; null otherwise. Never stored in
    /// the history.
    /// </summary>
    internal Lazy<FilledText>? Filled { get; init; }

    /// <summary>A script of the engine's own, of no file.</summary>
    /// <param name="name">The name of the file in messages.</param>
    /// <param name="sql">The text.</param>
    public static MigrationScript OfText(string name, string sql)
    {
        var bytes = Encoding.UTF8.GetBytes(sql);
        return new MigrationScript
        {
            File = name,
            Offset = 0,
            Length = bytes.Length,
            Checksum = Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant(),
            IsEmpty = string.IsNullOrWhiteSpace(sql),
            Header = MigrationHeader.Empty with { StoreScript = false },
            Kept = bytes,
            HasReference = sql.Contains("${", StringComparison.Ordinal),
        };
    }

    /// <summary>The place in the file of a place in the text as it runs.</summary>
    internal ScriptLocation At(int line, int? column = null) =>
        new(File, line, column is { } at && Filled is not null ? Filled.Value.ColumnInFile(line, at) : column);

    /// <summary>
    /// Opens the part as it runs. Positions in it count from <see cref="FirstLine"/>. The last bytes of a file that was changed since it
    /// was checked are not returned: reading them throws a <see cref="MigrationException"/> (<see cref="ErrorId.FileChanged"/>).
    /// </summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public Stream OpenRead() => Changed is { } text ? new MemoryStream(Encoding.UTF8.GetBytes(text), writable: false) : OpenOriginal();

    /// <summary>Opens the part as text (UTF-8).</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public TextReader OpenText() =>
        (Changed ?? KeptText) is { } text
            ? new StringReader(text)
            : new StreamReader(OpenOriginal(), Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: 64 * 1024);

    /// <summary>Reads the part as it is in the file, nothing substituted.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public string ReadOriginalText()
    {
        if (KeptText is { } text)
            return text;
        using var reader = new StreamReader(OpenOriginal(), Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
        return reader.ReadToEnd();
    }

    private string? Changed => Code is not null ? "" : Filled?.Value.Text ?? Substituted;

    private string? KeptText => Kept is null ? null : Encoding.UTF8.GetString(Kept);

    private Stream OpenOriginal() => Kept is null ? new ScriptPartStream(this) : new MemoryStream(Kept, writable: false);
}
