namespace Migrations.Backup;

/// <summary>What can go wrong with a folder of backups, in the engine's words.</summary>
internal static class FolderAccess
{
    // The system's codes for a full disk and a spent quota: ENOSPC and EDQUOT, ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL.
    private static readonly int[] DiskFull = [28, 122, unchecked((int)0x80070070), unchecked((int)0x80070027)];

    /// <summary>Demands that a folder exists.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupFolderInvalid"/></exception>
    public static string Demand(string folder)
    {
        var path = Path.GetFullPath(folder);
        if (Directory.Exists(path))
            return path;
        if (ClosedFolder.Find(path) is { } closed)
            throw new MigrationException(
                ErrorId.BackupFolderInvalid,
                $"The folder for backups, '{path}', cannot be entered: access to the folder '{closed}' is denied.",
                ClosedFolder.Way
            );
        throw new MigrationException(
            ErrorId.BackupFolderInvalid,
            File.Exists(path) ? $"The folder for backups, '{path}', is a file." : $"The folder for backups, '{path}', does not exist.",
            "Create the folder, or correct the path: it is not created automatically, because a disk that is not mounted "
                + "is more likely than a new folder."
        );
    }

    /// <summary>The engine's error for one of the file system.</summary>
    public static MigrationException Failed(Exception error, string folder) =>
        error switch
        {
            MigrationException known => known,
            IOException when DiskFull.Contains(error.HResult) => new MigrationException(
                ErrorId.DiskFailed,
                $"The disk of '{folder}' is full.",
                $"Free space on it ({Call.Prune} deletes old backups), or specify a folder on another disk.",
                error
            ),
            UnauthorizedAccessException => new MigrationException(
                ErrorId.BackupFolderInvalid,
                $"The folder '{folder}' cannot be written: {error.Message}",
                "Correct the permissions of the folder, or specify another one.",
                error
            ),
            _ => new MigrationException(
                ErrorId.BackupFolderInvalid,
                $"Writing to the folder '{folder}' failed: {error.Message}",
                "Check the disk and the permissions of the folder, or specify another folder.",
                error
            ),
        };

    /// <summary>Deletes a file or folder; does nothing when that cannot be done.</summary>
    /// <returns>Whether it is gone.</returns>
    public static bool TryDelete(string path)
    {
        try
        {
            if (Directory.Exists(path))
                Directory.Delete(path, recursive: true);
            else
                File.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
