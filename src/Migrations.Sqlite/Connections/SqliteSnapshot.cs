using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Read transactions.</summary>
internal static class SqliteSnapshot
{
    private const int MostAttempts = 20;

    /// <summary>Begins one, and reads the file: only then is it pinned.</summary>
    public static void Begin(SqliteHandle handle)
    {
        handle.Execute("BEGIN");
        _ = handle.QueryInt64("SELECT count(*) FROM main.sqlite_master");
    }

    /// <summary>Begins one on a connection, and one of the same snapshot on another.</summary>
    /// <returns>False when others write so fast that only the first has one.</returns>
    public static bool Begin(SqliteHandle first, SqliteHandle second)
    {
        Begin(first);
        // While the first reads, no one can commit.
        if (first.QueryText("PRAGMA main.journal_mode") is not "wal")
            return TryBegin(second);
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            // The number changes with each commit of others (https://sqlite.org/pragma.html#pragma_data_version).
            var before = second.QueryInt64("PRAGMA main.data_version");
            first.Execute("ROLLBACK");
            Begin(first);
            Begin(second);
            if (second.QueryInt64("PRAGMA main.data_version") == before)
                return true;
            second.Execute("ROLLBACK");
        }

        return false;
    }

    // Does not wait: a writer may be waiting for the first connection, and keep the second one out until it is done.
    private static bool TryBegin(SqliteHandle handle)
    {
        var patience = handle.Watch.BusyTimeout;
        handle.Watch.BusyTimeout = TimeSpan.Zero;
        try
        {
            Begin(handle);
            return true;
        }
        catch (SqliteFailure e) when (e.IsBusy)
        {
            return false;
        }
        finally
        {
            handle.Watch.BusyTimeout = patience;
        }
    }

    /// <summary>Reads in one, and ends it.</summary>
    public static T Read<T>(SqliteHandle handle, Func<T> read)
    {
        if (handle.InTransaction)
            return read();
        Begin(handle);
        try
        {
            return read();
        }
        finally
        {
            handle.Execute("ROLLBACK");
        }
    }
}
