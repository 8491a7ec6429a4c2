using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Runs what may write in a transaction that is rolled back whatever happens, so that neither the file nor its log is touched: no page
/// leaves the memory, not even of a connection that may only read.
/// </summary>
internal static class RolledBackProbe
{
    /// <summary>Runs it. No transaction may be open.</summary>
    /// <param name="handle">The connection.</param>
    /// <param name="action">What may write.</param>
    /// <param name="restore">Restores what it may have set on the connection; called after the rollback.</param>
    public static void Run(SqliteHandle handle, Action action, Action? restore = null)
    {
        var token = handle.Watch.Token;
        var isReader = handle.QueryInt64("PRAGMA query_only") == 1;
        // The journal of a database without a write-ahead log is made with the first change, even if no page is written: it is kept in
        // memory meanwhile.
        var journal = handle.QueryText("PRAGMA main.journal_mode");
        var spill = handle.QueryInt64("PRAGMA cache_spill");
        try
        {
            if (journal is "delete" or "truncate" or "persist")
                handle.Execute("PRAGMA main.journal_mode=MEMORY");
            handle.Execute("PRAGMA cache_spill=0");
            handle.Execute("PRAGMA query_only=0");
            handle.Execute("BEGIN");
            action();
        }
        finally
        {
            // Cancelling must not keep things from being restored.
            handle.Watch.Token = CancellationToken.None;
            handle.Watch.StatementTimeout = null;
            if (handle.InTransaction)
                handle.Execute("ROLLBACK");
            restore?.Invoke();
            handle.Execute($"PRAGMA cache_spill={spill}");
            if (journal is "delete" or "truncate" or "persist")
                handle.Execute("PRAGMA main.journal_mode=" + journal);
            if (isReader)
                handle.Execute("PRAGMA query_only=1");
            handle.Watch.Token = token;
        }
    }
}
