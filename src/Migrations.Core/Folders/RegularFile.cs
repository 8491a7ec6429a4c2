namespace Migrations.Folders;

/// <summary>
/// Distinguishes regular files from pipes and devices: opening a named pipe waits until someone writes to it, and a device may have no end,
/// so that neither is ever opened.
/// </summary>
internal static class RegularFile
{
    // The kinds of files, in the mode of one (https://man7.org/linux/man-pages/man7/inode.7.html).
    private const uint KindMask = 0xF000;
    private const uint Pipe = 0x1000;
    private const uint CharacterDevice = 0x2000;
    private const uint Folder = 0x4000;
    private const uint BlockDevice = 0x6000;
    private const uint Regular = 0x8000;

    /// <summary>
    /// What a path leads to, if it is not a regular file; null for one, for a folder and what is not there, and on Windows, where folders
    /// hold nothing else.
    /// </summary>
    public static string? OtherKind(string path) =>
        OperatingSystem.IsWindows() || FileStatus.Of(path) is not { } status
            ? null
            : (status.Mode & KindMask) switch
            {
                Regular or Folder => null,
                Pipe => "a named pipe",
                CharacterDevice or BlockDevice => "a device",
                _ => "a socket or another special file",
            };

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
}
