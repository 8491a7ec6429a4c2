using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// One connection to one SQLite file: its transaction, and what scripts have set on it. History, steps, guards and checks stand on it.
/// </summary>
internal sealed class SqliteConnection : IDisposable
{
    private const int ConfigureForeignKeys = 1002;

    private readonly KeptJournal _journal;
    private bool _enforcesForeignKeys = true;

    public SqliteConnection(DatabaseTarget target, SessionOptions options, SqliteHandle handle)
    {
        Target = target;
        Options = options;
        Handle = handle;
        _journal = new KeptJournal(handle, RealPath.Of(SqliteTarget.PathOf(target)));
        State = new ConnectionState(handle, options.HistoryTable);
        Keyless = new KeylessSchema(handle);
        Info = new DatabaseInfo(SqliteEngine.Name, SqliteLibrary.Current.ToString(), User: null);
    }

    /// <summary>The database.</summary>
    public DatabaseTarget Target { get; }

    /// <summary>How it works.</summary>
    public SessionOptions Options { get; }

    /// <summary>The connection in SQLite's library: statements are run and queried with it.</summary>
    public SqliteHandle Handle { get; }

    /// <summary>The same connection as migrations in code are given it; null where none may run.</summary>
    public SqliteCodeConnection? Code => Handle.Shared as SqliteCodeConnection;

    /// <summary>The engine in use.</summary>
    public DatabaseInfo Info { get; }

    /// <summary>What scripts have set on the connection.</summary>
    public ConnectionState State { get; }

    /// <summary>Whether the schema has foreign keys at all.</summary>
    public KeylessSchema Keyless { get; }

    /// <summary>Whether the database lives in memory, known to this connection alone.</summary>
    public bool IsInMemory => SqliteTarget.IsMemory(Target);

    /// <summary>Whether this process holds the migration lock for it: then no other run is what keeps it waiting.</summary>
    public bool HoldsLock { get; private set; }

    /// <summary>The migration lock was taken for this connection.</summary>
    public void OnLocked() => HoldsLock = true;

    /// <summary>A commit into a file that has no name any more would be reported, and be nowhere.</summary>
    /// <exception cref="MigrationException">The file was replaced, renamed or deleted.</exception>
    public void DemandSameFile()
    {
        if (Handle.HasMoved)
            throw SqliteErrors.Replaced(Target);
    }

    /// <summary>Begins a transaction that may write.</summary>
    /// <param name="modes">How a script wants to begin it.</param>
    /// <param name="isLast">Whether it is the last of its run.</param>
    /// <exception cref="SqliteFailure">Another connection writes.</exception>
    public void Begin(string? modes, bool isLast)
    {
        DemandSameFile();
        _journal.OnBegin(isLast);
        // Its provider knows no exclusive transactions.
        if (Code is { IsOpen: true } code)
            code.Begin(Handle);
        else
            Handle.Execute(modes is "EXCLUSIVE" ? "BEGIN EXCLUSIVE" : "BEGIN IMMEDIATE");
    }

    /// <summary>Commits the open transaction.</summary>
    public void Commit()
    {
        DemandSameFile();
        if (Code is { IsInTransaction: true } code)
            code.Commit(Handle);
        else
            Handle.Execute("COMMIT");
        _journal.OnCommitted();
    }

    /// <summary>Rolls back the open transaction, if any. What scripts have set stays until it is restored.</summary>
    public void RollBack()
    {
        Handle.Watch.Token = CancellationToken.None;
        State.FileSettings.Forget();
        Keyless.Forget();
        if (Handle.InTransaction)
            Handle.Execute("ROLLBACK");
        Code?.Forget();
    }

    /// <summary>Restores what scripts have set.</summary>
    public void Restore()
    {
        EnforceForeignKeys(on: true);
        State.Restore();
    }

    /// <summary>
    /// Switches the enforcement of foreign keys, for the next statements of an open transaction too: unlike <c>PRAGMA foreign_keys</c>,
    /// <see href="https://sqlite.org/c3ref/c_dbconfig_defensive.html">SQLITE_DBCONFIG_ENABLE_FKEY</see> heeds none.
    /// </summary>
    public void EnforceForeignKeys(bool on)
    {
        if (on == _enforcesForeignKeys)
            return;
        Handle.Api.Configure(Handle.Pointer, ConfigureForeignKeys, on);
        _enforcesForeignKeys = on;
    }

    /// <summary>Reports which settings of the file had no effect: SQLite ignores them silently.</summary>
    public void WarnOfFileSettings()
    {
        foreach (var warning in State.FileSettings.Ineffective())
            Options.Events.Publish(new WarningRaised(warning));
        State.FileSettings.Forget();
    }

    public void Dispose()
    {
        _journal.Dispose();
        Handle.Dispose();
    }
}
