using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>The write-ahead log of a database that is restored into (<see href="https://sqlite.org/wal.html"/>).</summary>
internal static class WriteAheadLog
{
    /// <summary>
    /// Leaves it where the pages that are to be copied have another size: those of a log are all of one
    /// (<see href="https://sqlite.org/c3ref/backup_finish.html"/>).
    /// </summary>
    /// <returns>Whether it was left.</returns>
    public static bool LeaveForPageSize(SqliteHandle source, SqliteHandle handle, DatabaseTarget target)
    {
        if (
            handle.QueryText("PRAGMA main.journal_mode") is not "wal"
            || source.QueryInt64("PRAGMA page_size") == handle.QueryInt64("PRAGMA main.page_size")
        )
            return false;
        try
        {
            handle.Execute("PRAGMA main.journal_mode=DELETE");
        }
        catch (SqliteFailure e) when (e.IsBusy)
        {
            throw new MigrationException(
                ErrorId.TableLockTimedOut,
                $"The backup has pages of another size than '{target.Display}', and other programs have it open. Nothing was changed.",
                "Close the other programs, and run the command again.",
                e
            );
        }

        return true;
    }

    /// <summary>Brings it back; false where others keep the database from it.</summary>
    public static bool Return(SqliteHandle handle)
    {
        handle.Watch.Token = CancellationToken.None;
        try
        {
            return handle.QueryText("PRAGMA main.journal_mode=WAL") is "wal";
        }
        catch (SqliteFailure e) when (e.IsBusy)
        {
            return false;
        }
    }

    /// <summary>Empties it after a restore.</summary>
    /// <remarks>It holds all that was restored; others may keep it from being emptied, which is as good.</remarks>
    public static void Empty(SqliteHandle handle)
    {
        handle.Watch.BusyTimeout = TimeSpan.Zero;
        try
        {
            handle.Execute("PRAGMA main.wal_checkpoint(TRUNCATE)");
        }
        catch (SqliteFailure e) when (e.IsBusy)
        {
            // They are at it.
        }
    }
}
