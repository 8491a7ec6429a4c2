using System.Text;
using Migrations.Folders;

namespace Migrations.PostgreSql;

/// <summary>What <c>pg_restore</c> would send to the server for one entry of an archive.</summary>
/// <param name="Kind">What it is: <c>TABLE</c>, <c>TABLE DATA</c>, <c>SUBSCRIPTION</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Make">What makes it.</param>
/// <param name="Drop">What would drop it; the statement that names its owner is made from a part of this.</param>
/// <param name="Fill">What fills it.</param>
internal sealed record ArchiveEntry(string Kind, string Name, string Make, string Drop, string Fill)
{
    /// <summary>Whether it describes the database that was dumped: <c>pg_restore</c> passes over it unless it is to create one.</summary>
    public bool IsOfDatabase =>
        Kind is "DATABASE" or "DATABASE PROPERTIES"
        || (Kind is "ACL" or "COMMENT" or "SECURITY LABEL" && Name.StartsWith("DATABASE ", StringComparison.Ordinal));
}

/// <summary>
/// Reads the table of contents of an archive as PostgreSQL's <c>pg_backup_archiver.c</c> does (<c>ReadHead</c>, <c>ReadToc</c>).
/// <c>pg_restore --list</c> shows the names of the
/// entries; what it would run for them, only the archive itself says. The texts are bytes, each taken for a character.
/// </summary>
internal sealed class ArchiveContents
{
    private const int CustomFormat = 1;
    private const int LargestText = 256 * 1024 * 1024;
    private const int MostEntries = 16 * 1024 * 1024;

    private readonly Stream _stream;
    private int _version;
    private int _intSize;
    private int _offsetSize;
    private int _format;

    private ArchiveContents(Stream stream) => _stream = stream;

    /// <summary>Reads the entries of an archive.</summary>
    /// <param name="path">The file, or the folder.</param>
    /// <returns>The entries; null when the archive is of a version that is not known here.</returns>
    /// <exception cref="IOException">It cannot be read, or is no archive.</exception>
    public static IReadOnlyList<ArchiveEntry>? Read(string path)
    {
        var file = Directory.Exists(path) ? Path.Combine(path, "toc.dat") : path;
        using var stream = RegularFile.OpenRead(file);
        return Read(stream);
    }

    /// <summary>Reads the entries at the beginning of an archive.</summary>
    /// <param name="archive">The archive.</param>
    /// <returns>The entries; null when the archive is of a version that is not known here.</returns>
    /// <exception cref="IOException">It cannot be read, or is no archive.</exception>
    public static IReadOnlyList<ArchiveEntry>? Read(Stream archive)
    {
        using var stream = new BufferedStream(archive, 64 * 1024);
        var contents = new ArchiveContents(stream);
        return contents.ReadHead() ? contents.ReadEntries() : null;
    }

    private static int Version(int major, int minor) => (major << 8) | minor;

    private bool ReadHead()
    {
        Span<byte> magic = stackalloc byte[5];
        _stream.ReadExactly(magic);
        if (!magic.SequenceEqual("PGDMP"u8))
            throw new IOException("It is no archive of pg_dump.");
        _version = Version(Byte(), Byte());
        _ = Byte(); // The revision.
        // 1.12 is what PostgreSQL 9.0 to 10 write, 1.16 what 17 and 18 do.
        if (_version < Version(1, 12) || _version > Version(1, 16))
            return false;
        (_intSize, _offsetSize, _format) = (Byte(), Byte(), Byte());
        if (_intSize != sizeof(int))
            return false;
        _ = _version >= Version(1, 15) ? Byte() : Int(); // The compression.
        for (var i = 0; i < 7; i++)
            _ = Int(); // When it was made.
        for (var i = 0; i < 3; i++)
            _ = Text(); // The database, and the versions of the server and of pg_dump.
        return true;
    }

    private List<ArchiveEntry> ReadEntries()
    {
        var count = Int();
        if (count is < 0 or > MostEntries)
            throw new IOException("Its table of contents is damaged.");
        var entries = new List<ArchiveEntry>();
        for (var i = 0; i < count; i++)
            entries.Add(ReadEntry());
        return entries;
    }

    private ArchiveEntry ReadEntry()
    {
        _ = (Int(), Int(), Text(), Text()); // Its number, whether it has data, and the numbers of its catalogue and object.
        var (name, kind) = (Text(), Text());
        _ = Int(); // The section.
        var (make, drop, fill) = (Text(), Text(), Text());
        _ = (Text(), Text()); // Schema and tablespace.
        if (_version >= Version(1, 14))
            _ = Text(); // How the table is stored.
        if (_version >= Version(1, 16))
            _ = Int(); // The kind of relation.
        _ = (Text(), Text()); // The owner, and whether it has OIDs.
        while (Text() is not null)
        {
            // What it depends on.
        }

        if (_format == CustomFormat)
            Skip(1 + _offsetSize);
        else
            _ = Text(); // Its file.
        return new ArchiveEntry(kind ?? "", name ?? "", make ?? "", drop ?? "", fill ?? "");
    }

    private int Byte() =>
        _stream.ReadByte() is >= 0 and var value ? value : throw new EndOfStreamException("It ends in its table of contents.");

    private void Skip(int count)
    {
        for (var i = 0; i < count; i++)
            _ = Byte();
    }

    private int Int()
    {
        var isNegative = Byte() != 0;
        var value = 0;
        for (var i = 0; i < _intSize; i++)
            value |= Byte() << (8 * i);
        return isNegative ? -value : value;
    }

    private string? Text()
    {
        var length = Int();
        if (length < 0)
            return null;
        if (length > LargestText)
            throw new IOException("Its table of contents is damaged.");
        var bytes = new byte[length];
        _stream.ReadExactly(bytes);
        return Encoding.Latin1.GetString(bytes);
    }
}
