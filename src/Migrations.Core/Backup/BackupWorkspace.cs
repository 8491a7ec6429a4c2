namespace Migrations.Backup;

/// <summary>
/// A name in a folder of backups that is taken, and a folder beside it, for our eyes only, in which the backup is written. A file that is
/// locked as long as the process lives holds the name: two backups at once get two names, and what a killed one left behind is
/// distinguished from what is being written.
/// </summary>
internal sealed class BackupWorkspace : IDisposable
{
    private const int MostAttempts = 1000;

    private readonly FileStream _lock;

    private BackupWorkspace(string final, string work, FileStream held)
    {
        Final = final;
        Work = work;
        _lock = held;
        LocksWork = !LockedFile.IsFree(work);
    }

    /// <summary>Where the backup will be.</summary>
    public string Final { get; }

    /// <summary>The folder that it is written in.</summary>
    public string Work { get; }

    /// <summary>Whether this file system keeps a locked file from being opened twice.</summary>
    public bool LocksWork { get; }

    /// <summary>Takes the first name that is free.</summary>
    /// <param name="folder">The folder of backups.</param>
    /// <param name="stem">The name without extension.</param>
    /// <param name="extension">The extension, with its dot.</param>
    /// <exception cref="MigrationException">The folder cannot be written.</exception>
    public static BackupWorkspace Take(string folder, string stem, string extension)
    {
        try
        {
            for (var attempt = 1; ; attempt++)
            {
                var final = Path.Combine(folder, BackupNaming.Numbered(stem, attempt) + extension);
                if (Exists(final) || TryTake(final, isLast: attempt == MostAttempts) is not { } taken)
                    continue;
                // Whoever had the name before may have finished between the look and the lock.
                if (!Exists(final))
                    return taken;
                taken.Dispose();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw FolderAccess.Failed(e, folder);
        }
    }

    /// <summary>A path in the folder that the backup is written in.</summary>
    public string this[string name] => Path.Combine(Work, name);

    /// <summary>Gives something that was written here its final name beside the backup's. Never overwrites.</summary>
    public static void Publish(string written, string final)
    {
        OwnerOnly.Restrict(written);
        if (Directory.Exists(written))
            Directory.Move(written, final);
        else
            File.Move(written, final);
    }

    /// <summary>Removes what killed backups left in a folder.</summary>
    /// <returns>What is left because another process may still be writing it.</returns>
    public IReadOnlyList<string> RemoveLeftovers()
    {
        var left = new List<string>();
        foreach (var folder in Directory.EnumerateDirectories(Path.GetDirectoryName(Final)!, "*" + BackupNaming.PartialSuffix))
        {
            if (
                string.Equals(folder, Work, StringComparison.Ordinal)
                || !BackupNaming.IsBackupName(Path.GetFileNameWithoutExtension(folder))
            )
                continue;
            if (!LocksWork || !LockedFile.TryRemove(folder))
                left.Add(folder);
        }

        // A locked one is being written by someone.
        return LocksWork ? [] : left;
    }

    /// <summary>Frees the name and removes what was written and not published.</summary>
    public void Dispose()
    {
        foreach (
            var entry in Directory
                .EnumerateFileSystemEntries(Work)
                .Where(e => !string.Equals(e, _lock.Name, StringComparison.Ordinal))
                .ToList()
        )
            FolderAccess.TryDelete(entry);
        FolderAccess.TryDelete(_lock.Name);
        _lock.Dispose();
        try
        {
            // Not with what is in it: someone may have taken the name again.
            Directory.Delete(Work);
        }
        catch (IOException)
        {
            // Somebody has, and removes it.
        }
    }

    /// <summary>
    /// Whether a file was there when it was to be created: by now it may be gone. EEXIST of Unix; ERROR_FILE_EXISTS and
    /// ERROR_ALREADY_EXISTS of Windows.
    /// </summary>
    private static bool WasThere(IOException e) => (e.HResult & 0xFFFF) is 17 or 80 or 183;

    private static BackupWorkspace? TryTake(string final, bool isLast)
    {
        var work = final + BackupNaming.PartialSuffix;
        try
        {
            OwnerOnly.CreateFolder(work);
            return new BackupWorkspace(final, work, LockedFile.Create(work));
        }
        catch (IOException e) when (!isLast && (WasThere(e) || File.Exists(Path.Combine(work, LockedFile.Name)) || !Directory.Exists(work)))
        {
            // Taken by another, or removed by another that has just finished. A full disk looks the same, so the attempts end.
            return null;
        }
    }

    private static bool Exists(string path) => File.Exists(path) || Directory.Exists(path) || File.Exists(BackupManifestFile.PathOf(path));
}
