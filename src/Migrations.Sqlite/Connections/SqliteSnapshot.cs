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

    /// <summary>Begins one on a connection, and one of the same state on another.</summary>
    /// <returns>False when others write so fast that only the first has one.</returns>
    public static bool Begin(SqliteHandle first, SqliteHandle second) => Begin(first, [second]).Count == 1;

    /// <summary>Begins one on a connection, and one of the same state on others.</summary>
    /// <returns>Those of the others that have one.</returns>
    public static IReadOnlyList<SqliteHandle> Begin(SqliteHandle first, IReadOnlyList<SqliteHandle> others)
    {
        Begin(first);
        if (others.Count == 0)
            return [];
        // While the first reads, no one can commit.
        if (first.QueryText("PRAGMA main.journal_mode") is not "wal")
            return [.. others.Where(TryBegin)];
        var snapshots = first.Api.Snapshots;
        if (snapshots.Get(first.Pointer) is var snapshot and not 0)
        {
            try
            {
                return [.. others.Where(o => TryOpen(o, snapshot))];
            }
            finally
            {
                snapshots.Free(snapshot);
            }
        }

        return BeginTogether(first, others) ? others : [];
    }

    // A state has a name only where the log has content.
    private static bool BeginTogether(SqliteHandle first, IReadOnlyList<SqliteHandle> others)
    {
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            // The number changes with each commit of others (https://sqlite.org/pragma.html#pragma_data_version).
            long?[] before = [.. others.Select(VersionOf)];
            first.Execute("ROLLBACK");
            Begin(first);
            foreach (var other in others)
                Begin(other);
            if (others.Select(VersionOf).SequenceEqual(before))
                return true;
            foreach (var other in others)
                other.Execute("ROLLBACK");
        }

        return false;
    }

    private static long? VersionOf(SqliteHandle handle) => handle.QueryInt64("PRAGMA main.data_version");

    private static bool TryOpen(SqliteHandle handle, nint snapshot)
    {
        handle.Execute("BEGIN");
        if (handle.Api.Snapshots.TryOpen(handle.Pointer, snapshot))
            return true;
        handle.Execute("ROLLBACK");
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
