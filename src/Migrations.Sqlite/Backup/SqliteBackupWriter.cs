using System.Diagnostics;
using Migrations.Databases;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Writes one backup: what is copied, counted and reported is one snapshot of the source.</summary>
/// <param name="source">The database.</param>
/// <param name="job">What is wanted.</param>
internal sealed class SqliteBackupWriter(DatabaseTarget source, BackupJob job)
{
    private readonly WorkProgress _progress = new(job.Session.Events, $"Backing up {source.Database}", "bytes");

    /// <summary>Writes it.</summary>
    public async Task<BackupContent> WriteAsync(CancellationToken cancellationToken)
    {
        Check();
        var session = job.Session with { Access = SessionAccess.Read };
        using var copied = await SqliteOpening.OpenAsync(source, session, cancellationToken).ConfigureAwait(false);
        using var counted =
            job.CountRows || job.Digests ? await SqliteOpening.OpenAsync(source, session, cancellationToken).ConfigureAwait(false) : null;
        try
        {
            return await WriteAsync(copied, counted, cancellationToken).ConfigureAwait(false);
        }
        catch (SqliteFailure e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw IsOfTheBackup(e) ? NotWritten($"{e.Message} [{e.CodeText}]", e) : SqliteErrors.Translate(e, source);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw NotWritten(e.Message, e);
        }
    }

    private void Check()
    {
        if (SqliteTarget.IsMemory(source))
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "A database in memory (:memory:) lives in the connection that made it and cannot be backed up from outside.",
                $"Name a database file with {CallOption.Database}."
            );
        if (job.Format == BackupFormat.Directory || job.Jobs > 1 || job.GlobalsPath is not null)
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "An SQLite backup is one file: there is no folder format, no second job, and nothing outside the database.",
                "Leave the folder format, the number of jobs and the globals out."
            );
    }

    // Rows are counted by a second connection, while the first copies.
    private async Task<BackupContent> WriteAsync(SqliteHandle copied, SqliteHandle? counted, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        copied.Watch.Token = cancellationToken;
        // Between two commits of a busy writer there is little time.
        copied.Watch.LongestPause = 1;
        if (counted is null)
            SqliteSnapshot.Begin(copied);
        else if (!SqliteSnapshot.Begin(copied, counted))
            counted = null;
        var blocked = Stopwatch.StartNew();
        // Writers wait for readers only where there is no write-ahead log (https://sqlite.org/lockingv3.html).
        var blocksWriters = copied.QueryText("PRAGMA main.journal_mode") is not "wal";
        var counting = Task.Run(() => Count(counted ?? copied, stop.Token), CancellationToken.None);
        try
        {
            if (counted is null)
                _ = await counting.ConfigureAwait(false);
            var content = SqliteBackupContent.Describe(copied, source, job.Session.HistoryTable, job.IsExcluded);
            WriteFile(copied, cancellationToken);
            var (tables, faults) = await counting.ConfigureAwait(false);
            content = content with { Tables = tables, Faults = faults };
            copied.Execute("ROLLBACK");
            counted?.Execute("ROLLBACK");
            return content with { WritersBlocked = blocksWriters ? blocked.Elapsed : null };
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await counting
                .ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default)
                .ConfigureAwait(false);
            throw;
        }
    }

    private (IReadOnlyList<TableContent> Tables, IReadOnlyList<DatabaseFault> Faults) Count(
        SqliteHandle handle,
        CancellationToken cancellationToken
    )
    {
        handle.Watch.Token = cancellationToken;
        var tables =
            job.CountRows || job.Digests
                ? SqliteContentReader.Read(handle, job.Digests, progress: null, cancellationToken)
                : SqliteContentReader.Names(handle);
        return (
            [.. tables.Where(t => !job.IsExcluded(SqliteNames.Unquote(t.Table)))],
            [
                .. new ForeignKeyCheck(handle, cancellationToken).Run().SelectMany(check => check.Faults),
                .. RowFindings.Find(handle, isReadAnyway: job.Digests || job.Format == BackupFormat.Sql, cancellationToken),
            ]
        );
    }

    private void WriteFile(SqliteHandle handle, CancellationToken cancellationToken)
    {
        SqliteFileCopy.CreateFile(job.Path);
        if (job.Format == BackupFormat.Sql)
            SqliteDumpWriter.Write(handle, job, _progress, cancellationToken);
        else
            SqliteFileCopy.ToFile(handle, job.Path, _progress, cancellationToken);
    }

    // The source is only read, so what could not be written is the backup.
    private static bool IsOfTheBackup(SqliteFailure failure) =>
        failure.PrimaryCode is SqliteCodes.Full
        || failure.Code is SqliteCodes.IoErrorWrite or SqliteCodes.IoErrorFsync or SqliteCodes.IoErrorTruncate;

    private MigrationException NotWritten(string reason, Exception inner) =>
        new(
            ErrorId.DiskFailed,
            $"The backup of '{source.Display}' could not be written to '{job.Path}': {reason}",
            $"Free some disk space, or give another folder with {CallOption.Destination}, and run the command again. "
                + $"The database was only read.",
            inner
        );
}
