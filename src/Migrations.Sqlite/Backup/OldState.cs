using Migrations.Backup;
using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>The state of a database before a restore, kept as a file.</summary>
internal static class OldState
{
    /// <summary>Copies it into the folder for it.</summary>
    /// <returns>The copy, and what is in it; null when it is too damaged to be read.</returns>
    public static (string Path, BackupContent? Content) Keep(
        SqliteHandle handle,
        DatabaseTarget target,
        RestoreJob job,
        CancellationToken cancellationToken
    )
    {
        string? kept = null;
        try
        {
            SqliteSnapshot.Begin(handle);
            kept = SqliteFileReplacement.TakeName(job);
            var progress = new WorkProgress(job.Session.Events, $"Keeping the old {target.Database}", "bytes");
            SqliteFileCopy.ToFile(handle, kept, progress, cancellationToken);
            var content = SqliteBackupContent.TryRead(handle, target, job.Session.HistoryTable, cancellationToken);
            handle.Execute("ROLLBACK");
            DiskFlush.Flush(kept);
            return (kept, content);
        }
        catch (Exception e)
        {
            if (kept is not null)
                File.Delete(kept);
            cancellationToken.ThrowIfCancellationRequested();
            throw e is SqliteFailure { IsBusy: true } busy
                ? SqliteErrors.Translate(busy, target)
                : NotKept(target, kept ?? job.KeepFolder, e);
        }
    }

    private static MigrationException NotKept(DatabaseTarget target, string place, Exception reason) =>
        new(
            ErrorId.DiskFailed,
            $"The old state of '{target.Display}' could not be kept in '{place}': {reason.Message} Nothing was changed.",
            "Free some disk space, or make the folder writable, and run the command again.",
            reason
        );
}
