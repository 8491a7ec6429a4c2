using System.Buffers.Binary;

namespace Migrations.Sqlite;

/// <summary>The first bytes of a database file (<see href="https://sqlite.org/fileformat2.html#the_database_header"/>).</summary>
internal static class SqliteHeader
{
    private const int Length = 100;
    private const int PageSizeOffset = 16;
    private const int WriteVersionOffset = 18;
    private const int ChangeCounterOffset = 24;
    private const int PageCountOffset = 28;
    private const int ValidForOffset = 92;

    private static ReadOnlySpan<byte> JournalMagic => [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7];

    private static ReadOnlySpan<byte> Magic => "SQLite format 3\0"u8;

    /// <summary>Whether these are the first bytes of a database.</summary>
    public static bool IsDatabase(ReadOnlySpan<byte> header) => header.StartsWith(Magic);

    /// <summary>
    /// Whether there is a journal from which SQLite would put pages back (<see
    /// href="https://sqlite.org/fileformat2.html#the_rollback_journal"/>).
    /// </summary>
    public static bool IsJournal(string path) => File.Exists(path) && Read(path).AsSpan().StartsWith(JournalMagic);

    /// <summary>Whether the file is in WAL mode (<see href="https://sqlite.org/fileformat2.html#file_format_version_numbers"/>).</summary>
    public static bool UsesLog(string path) =>
        Read(path) is { Length: > WriteVersionOffset } header && IsDatabase(header) && header[WriteVersionOffset] == 2;

    /// <summary>How long the file should be, as far as its header says; null when it does not.</summary>
    public static long? ExpectedLength(string path)
    {
        var header = Read(path);
        // The number of pages is only right when the writer that counted them was the last one.
        if (
            header.Length < Length
            || !header.AsSpan(ChangeCounterOffset, sizeof(int)).SequenceEqual(header.AsSpan(ValidForOffset, sizeof(int)))
        )
            return null;
        var pageSize = (long)BinaryPrimitives.ReadUInt16BigEndian(header.AsSpan(PageSizeOffset));
        return (pageSize == 1 ? 65536 : pageSize) * BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(PageCountOffset));
    }

    /// <summary>The first bytes of a file, as many as a header has at the most.</summary>
    public static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var header = new byte[Length];
        return header[..file.ReadAtLeast(header, Length, throwOnEndOfStream: false)];
    }
}
