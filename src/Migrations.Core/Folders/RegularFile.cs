using System.Formats.Tar;

namespace Migrations.Folders;

/// <summary>
/// Distinguishes regular files from pipes and devices: opening a named pipe waits until someone writes to it, and a device may have no end,
/// so that neither is ever opened.
/// </summary>
internal static class RegularFile
{
    // EWOULDBLOCK, which .NET reports for a file that someone else has locked.
    private const int LinuxWouldBlock = 11;
    private const int AppleWouldBlock = 35;

    /// <summary>
    /// What a path leads to, if it is not a regular file; null for one, for what is not there, and on Windows, where folders hold nothing
    /// else.
    /// </summary>
    /// <exception cref="IOException">The path cannot be looked at.</exception>
    /// <exception cref="UnauthorizedAccessException">It must not be looked at.</exception>
    public static string? OtherKind(string path)
    {
        if (OperatingSystem.IsWindows())
            return null;
        FileSystemInfo file = new FileInfo(path);
        if (file.Exists && file.Attributes.HasFlag(FileAttributes.ReparsePoint))
            file = file.ResolveLinkTarget(returnFinalTarget: true) ?? file;
        // Pipes, devices and sockets have no length, so regular files are recognized without a second system call.
        return file is FileInfo { Exists: true, Length: 0 } empty ? KindOfEmpty(empty.FullName) : null;
    }

    /// <summary>Refuses a path that leads to no regular file.</summary>
    /// <exception cref="IOException">It is a pipe, a device or a socket, or cannot be looked at.</exception>
    public static void Require(string path)
    {
        if (OtherKind(path) is { } kind)
            throw new IOException($"'{Path.GetFileName(path)}' is {kind}, not a regular file.");
    }

    /// <summary>Opens a file to read, if it is a regular one.</summary>
    /// <exception cref="IOException">It is a pipe, a device or a socket, or cannot be opened.</exception>
    public static FileStream OpenRead(string path)
    {
        Require(path);
        return File.OpenRead(path);
    }

    /// <summary>Apart, so that the library for archives is loaded only where a file is empty.</summary>
    private static string? KindOfEmpty(string path) =>
        TarTypeOf(path) switch
        {
            TarEntryType.RegularFile => null,
            TarEntryType.Fifo => "a named pipe",
            TarEntryType.CharacterDevice or TarEntryType.BlockDevice => "a device",
            _ => "a socket or another special file",
        };

    /// <summary>
    /// Of the base library only tar archives know the kinds of files, see <see
    /// href="https://learn.microsoft.com/dotnet/api/system.formats.tar.tarentrytype"/>. Opens regular files only.
    /// </summary>
    private static TarEntryType? TarTypeOf(string path)
    {
        using var archive = new MemoryStream();
        try
        {
            using (var writer = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
                writer.WriteEntry(path, "file");
        }
        catch (IOException e) when (e.HResult is LinuxWouldBlock or AppleWouldBlock)
        {
            // Only a regular file is opened: another process keeps it locked.
            return TarEntryType.RegularFile;
        }
        catch (IOException)
        {
            // No archive takes a socket.
            return null;
        }

        archive.Position = 0;
        using var reader = new TarReader(archive);
        return reader.GetNextEntry()?.EntryType;
    }
}
