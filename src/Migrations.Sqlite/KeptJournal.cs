using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Keeps the rollback journal's file from one transaction of a run to the next, its header overwritten with zeros at each commit
/// (<see href="https://www.sqlite.org/pragma.html#pragma_journal_mode">PERSIST</see>): as durable as deleting it, and each transaction spares the folder a write and
/// a wait for the disk. Only for a database in the usual mode, DELETE; what a killed run leaves is a journal like any other.
/// </summary>
internal sealed class KeptJournal(SqliteHandle handle)
{
    private bool _isDecided;
    private bool _isKept;

    /// <summary>Keeps it from the next transaction on. Must not be called inside one.</summary>
    public void Keep()
    {
        if (_isDecided)
            return;
        _isKept = handle.QueryText("PRAGMA main.journal_mode") is "delete" && handle.QueryText("PRAGMA main.journal_mode=PERSIST") is "persist";
        _isDecided = true;
    }

    /// <summary>Deletes it. Where another connection is writing it stays, and is that one's; nothing in it would be rolled back.</summary>
    public void Release()
    {
        if (!_isKept)
            return;
        _isKept = false;
        handle.Watch.Token = CancellationToken.None;
        handle.Watch.BusyTimeout = TimeSpan.Zero;
        try
        {
            // A script may have chosen another mode, which is the database's from then on.
            if (handle.QueryText("PRAGMA main.journal_mode") is "persist")
                handle.Execute("PRAGMA main.journal_mode=DELETE");
        }
        catch (SqliteFailure)
        {
            // The file is only in the way of whoever looks at the folder.
        }
    }
}
