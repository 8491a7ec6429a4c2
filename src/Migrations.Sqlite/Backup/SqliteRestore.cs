using Migrations.Databases;
using Migrations.Folders;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Puts a backup in the place of a database. It is copied into the open file, in one transaction of SQLite's: whoever has the file open
/// sees the new content next, and a crash leaves the old one. Only what cannot be opened as a database is replaced as a file.
/// </summary>
/// <param name="backup">The backup.</param>
/// <param name="target">The database.</param>
/// <param name="job">Where the old state is kept.</param>
/// <param name="reached">Called after each step.</param>
internal sealed class SqliteRestore(BackupSource backup, DatabaseTarget target, RestoreJob job, Action<RestoreStep> reached)
{
    private const string Encoding = "PRAGMA main.encoding";
    private const string DataVersion = "PRAGMA main.data_version";

    private readonly string _path = RealPath.Of(SqliteTarget.PathOf(target));
    private readonly SqliteBackupLoader _loader = new(backup);

    /// <summary>Restores.</summary>
    public async Task<RestoreOutcome> RunAsync(CancellationToken cancellationToken)
    {
        CheckPlaces();
        _loader.Check();
        var held = await SqliteLock.TakeAsync(target, job.Session, cancellationToken).ConfigureAwait(false);
        await using (held.ConfigureAwait(false))
        {
            reached(RestoreStep.Locked);
            return backup.Format == BackupFormat.Sql
                ? await RestoreDumpAsync(cancellationToken).ConfigureAwait(false)
                : await RestoreAsync(_loader, cancellationToken).ConfigureAwait(false);
        }
    }

    private void CheckPlaces()
    {
        if (SqliteTarget.IsMemory(target))
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "A database in memory (:memory:) is gone when the command ends, so nothing can be restored into it.",
                $"Name a database file with {CallOption.Database}."
            );
        DatabasePlace.Check(target, SessionAccess.Create);
        if (string.Equals(RealPath.Of(Path.GetFullPath(backup.Path)), _path, StringComparison.Ordinal))
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"'{backup.Path}' is the database itself, and cannot be restored into itself. Nothing was changed.",
                $"Name a backup of it: {Call.Backups.On("<folder>")}"
            );
    }

    // A dump is loaded first: when it is cut off, the target has not been touched.
    private async Task<RestoreOutcome> RestoreDumpAsync(CancellationToken cancellationToken)
    {
        var scratch = await new SqliteScratch().CreateAsync(new ScratchRequest(), cancellationToken).ConfigureAwait(false);
        await using (scratch.ConfigureAwait(false))
        {
            await _loader.LoadAsync(scratch.Target, job.Session, cancellationToken).ConfigureAwait(false);
            var loaded = new BackupSource(SqliteTarget.PathOf(scratch.Target), BackupFormat.Native) { IsSealed = true };
            var outcome = await RestoreAsync(new SqliteBackupLoader(loaded), cancellationToken).ConfigureAwait(false);
            return outcome with { LeftOut = _loader.LeftOut };
        }
    }

    private async Task<RestoreOutcome> RestoreAsync(SqliteBackupLoader file, CancellationToken cancellationToken)
    {
        using var source = file.Open(cancellationToken);
        CheckSound(source, cancellationToken);
        return await RestoreAsync(source, cancellationToken).ConfigureAwait(false);
    }

    private void CheckSound(SqliteHandle source, CancellationToken cancellationToken)
    {
        source.Watch.Token = cancellationToken;
        try
        {
            if (RowFindings.FindDamage(source) is { } finding)
                throw _loader.Invalid("it is damaged: " + finding.ReplaceLineEndings(" "));
        }
        catch (SqliteFailure e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw _loader.Invalid($"it is damaged: {e.Message} [{e.CodeText}]", e);
        }
    }

    private async Task<RestoreOutcome> RestoreAsync(SqliteHandle source, CancellationToken cancellationToken)
    {
        if (File.Exists(_path) && MayBeDatabase() && await OpenAsync(cancellationToken).ConfigureAwait(false) is { } handle)
            return await CopyIntoAsync(source, handle, cancellationToken).ConfigureAwait(false);
        try
        {
            var stamped = await StampedSource.OfAsync(source, target, job, cancellationToken).ConfigureAwait(false);
            await using var _ = stamped.ConfigureAwait(false);
            var outcome = new SqliteFileReplacement(_path, job, reached, IsInWalMode).Replace(stamped.Handle, cancellationToken);
            Litestream.Warn(_path, target, job.Session.Events);
            return outcome with { StampedTables = stamped.Tables };
        }
        catch (SqliteFailure e)
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw SqliteErrors.Translate(e, target);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.DiskFailed,
                $"The database '{target.Display}' could not be replaced: {e.Message} It is as it was.",
                "Check the disk and the folder's permissions, and run the command again.",
                e
            );
        }
    }

    private async Task<RestoreOutcome> CopyIntoAsync(SqliteHandle source, SqliteHandle handle, CancellationToken cancellationToken)
    {
        try
        {
            using (var history = new SqliteHistory(new SqliteConnection(target, job.Session, handle)))
                await job.DemandReplaceableAsync(history, target, cancellationToken).ConfigureAwait(false);
            var stamped = await StampedSource.OfAsync(source, target, job, cancellationToken).ConfigureAwait(false);
            await using var _ = stamped.ConfigureAwait(false);
            var outcome = await SqliteCalls
                .Call(handle, target, () => CopyInto(stamped.Handle, handle, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
            return outcome with { StampedTables = stamped.Tables };
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Whether the target begins as a database does, or has a journal that may make it begin so. Opening anything else to write would do
    /// away with what lies beside it. SQLite itself looks, because another way would take the locks of this process' other connections away
    /// when it closes the file.
    /// </summary>
    private bool MayBeDatabase()
    {
        try
        {
            SqliteOpening.OpenImmutable(_path).Dispose();
            return true;
        }
        catch (SqliteFailure e)
        {
            return e.PrimaryCode != SqliteCodes.NotADatabase || SqliteHeader.IsJournal(_path + "-journal");
        }
    }

    /// <summary>Opens the target; null when it is no database, or so damaged that SQLite does not know what is in it.</summary>
    private async Task<SqliteHandle?> OpenAsync(CancellationToken cancellationToken)
    {
        SqliteHandle? handle = null;
        try
        {
            handle = await SqliteOpening
                .OpenAsync(target, job.Session with { Access = SessionAccess.Write }, cancellationToken)
                .ConfigureAwait(false);
            _ = handle.QueryInt64("SELECT count(*) FROM main.sqlite_master");
            return handle;
        }
        catch (MigrationException e) when (e.Id == ErrorId.DatabaseInvalid)
        {
            return null;
        }
        catch (SqliteFailure e) when (e.PrimaryCode is SqliteCodes.Corrupt or SqliteCodes.NotADatabase)
        {
            handle?.Dispose();
            return null;
        }
        catch (SqliteFailure e)
        {
            handle?.Dispose();
            throw SqliteErrors.Translate(e, target);
        }
    }

    private bool IsInWalMode => backup.Settings?.GetValueOrDefault(SqliteBackupContent.JournalMode) is "wal";

    private RestoreOutcome CopyInto(SqliteHandle source, SqliteHandle handle, CancellationToken cancellationToken)
    {
        var (kept, content) = OldState.Keep(handle, target, job, cancellationToken);
        reached(RestoreStep.Kept);
        var leftLog = WriteAheadLog.LeaveForPageSize(source, handle, target);
        var isOfOneEncoding = string.Equals(source.QueryText(Encoding), handle.QueryText(Encoding), StringComparison.Ordinal);
        // Changes when another connection commits, and not with what this one does (https://sqlite.org/pragma.html#pragma_data_version).
        var version = handle.QueryInt64(DataVersion);
        // Waits until the journal is deleted on the disk too: what is said to be restored is not lost in a power cut
        // (https://sqlite.org/pragma.html#pragma_synchronous).
        handle.Execute("PRAGMA synchronous=EXTRA");
        try
        {
            SqliteFileCopy.Over(
                source,
                handle,
                new WorkProgress(job.Session.Events, $"Restoring {target.Database}", "bytes"),
                cancellationToken
            );
        }
        catch when (leftLog)
        {
            _ = WriteAheadLog.Return(handle);
            throw;
        }

        reached(RestoreStep.Copied);
        handle.Watch.Token = CancellationToken.None;
        return new RestoreOutcome(kept, "copied into the open file" + Finish(handle, isOfOneEncoding, leftLog, kept))
        {
            KeptContent = content,
            IsWrittenSince = isOfOneEncoding ? () => IsWritten(handle, version) : null,
            Watch = handle,
        };
    }

    /// <summary>Brings the log back, or empties it. The content is restored by now, whatever comes of this.</summary>
    private string Finish(SqliteHandle handle, bool isOfOneEncoding, bool leftLog, string kept)
    {
        try
        {
            // A connection keeps to the encoding that it began with: to a file that now has another it is of no use any more.
            using var fresh = isOfOneEncoding ? null : SqliteHandle.Open(handle.Api, _path, SqliteHandle.OpenReadWrite);
            var how =
                leftLog && !WriteAheadLog.Return(fresh ?? handle)
                    ? "; it has no write-ahead log any more, because others were using it"
                    : "";
            WriteAheadLog.Empty(fresh ?? handle);
            return how;
        }
        catch (SqliteFailure e)
        {
            throw new MigrationException(
                ErrorId.RestoreUnproven,
                $"'{target.Display}' was restored from '{backup.Path}', and then could not be read: {e.Message} [{e.CodeText}]. "
                    + $"The state before is kept as '{kept}'.",
                $"Check it: {Call.Check.With(CallOption.Category.Of("engine"))}",
                e
            );
        }
    }

    private static bool IsWritten(SqliteHandle handle, long? version)
    {
        try
        {
            return handle.QueryInt64(DataVersion) != version;
        }
        catch (SqliteFailure e)
        {
            return e.IsBusy;
        }
    }
}
