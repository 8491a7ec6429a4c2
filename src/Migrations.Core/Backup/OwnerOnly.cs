namespace Migrations.Backup;

/// <summary>
/// Creates files and folders that only their owner can read: a backup holds all that a database's own rights keep from others.
/// </summary>
internal static class OwnerOnly
{
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Creates a file that does not exist yet. On Windows the folder's rights count.</summary>
    public static FileStream CreateFile(string path, FileShare share = FileShare.Read)
    {
        var options = new FileStreamOptions
        {
            Mode = System.IO.FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = share,
            BufferSize = 1 << 16,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = FileMode;
        return new FileStream(path, options);
    }

    /// <summary>Creates a folder; nothing when it exists.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, FileMode | UnixFileMode.UserExecute);
    }

    /// <summary>Takes the rights of all others from a file, or from a folder with everything in it.</summary>
    public static void Restrict(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        if (!Directory.Exists(path))
        {
            File.SetUnixFileMode(path, FileMode);
            return;
        }

        File.SetUnixFileMode(path, FileMode | UnixFileMode.UserExecute);
        foreach (var entry in Directory.EnumerateFileSystemEntries(path))
            Restrict(entry);
    }
}
