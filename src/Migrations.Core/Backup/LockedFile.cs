namespace Migrations.Backup;

/// <summary>
/// A file in a folder that is open to its owner alone as long as the owner lives: the operating system frees it when the process ends,
/// however it ends. Whoever takes a folder for a leftover holds the file while he removes it.
/// </summary>
internal static class LockedFile
{
    /// <summary>The file's name.</summary>
    public const string Name = ".lock";

    /// <summary>Creates one.</summary>
    /// <exception cref="IOException">It exists, cannot be written, or another process took the folder for a leftover between the file's
    /// creation and its lock.</exception>
    public static FileStream Create(string folder)
    {
        var path = Path.Combine(folder, Name);
        var file = OwnerOnly.CreateFile(path, FileShare.None);
        if (File.Exists(path))
            return file;
        file.Dispose();
        throw new IOException($"The folder '{folder}' was removed.");
    }

    /// <summary>
    /// Whether no one holds the file of a folder: it can be opened, or is not there. Where a file system does not lock, this is true of
    /// every folder.
    /// </summary>
    public static bool IsFree(string folder)
    {
        using var file = TryOpen(folder, out var isFree);
        return isFree;
    }

    /// <summary>Removes a folder with all that is in it, unless its file is held.</summary>
    /// <returns>Whether it is gone.</returns>
    public static bool TryRemove(string folder)
    {
        using var file = TryOpen(folder, out var isFree);
        // Windows deletes no open file; and there a file is never open to others between its creation and its lock.
        if (OperatingSystem.IsWindows())
            file?.Dispose();
        return isFree && FolderAccess.TryDelete(folder);
    }

    private static FileStream? TryOpen(string folder, out bool isFree)
    {
        isFree = true;
        try
        {
            return new FileStream(Path.Combine(folder, Name), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            isFree = false;
            return null;
        }
    }
}
