namespace Migrations.Backup;

/// <summary>A file that is open to its owner alone as long as the owner lives: the operating system frees it when the process ends, however it ends.</summary>
internal static class LockedFile
{
    /// <summary>Makes one.</summary>
    /// <exception cref="IOException">It exists, or cannot be written.</exception>
    public static FileStream Create(string path) => OwnerOnly.CreateFile(path, FileShare.None);

    /// <summary>Whether no one holds a file: it can be opened, or is not there. Where a file system does not lock, this is true of every file.</summary>
    public static bool IsFree(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None);
            return true;
        }
        catch (FileNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
