using Microsoft.Win32.SafeHandles;
using Migrations.Folders;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Keeps the rollback journal's file from one transaction of a run to the next, its header overwritten with zeros at each commit
/// (<see href="https://sqlite.org/pragma.html#pragma_journal_mode">PERSIST</see>). A commit then is on the disk for certain when it
/// returns, which it is not while the journal is only deleted; and the folder is neither written nor waited for. Only for a database in the
/// usual mode, DELETE; what a killed run leaves is a journal like any other.
/// </summary>
/// <param name="handle">The connection.</param>
/// <param name="database">The full path of its file.</param>
internal sealed class KeptJournal(SqliteHandle handle, string database) : IKeptJournal, IDisposable
{
    private bool _isDecided;
    private bool _isKept;
    private bool _isCommitted;
    private int? _leavingThread;

    /// <summary>
    /// The file, held so that nothing else can take its place unseen: a deleted file's number may be given to the next one.
    /// </summary>
    private SafeFileHandle? _file;

    /// <inheritdoc/>
    public string Path { get; } = database + "-journal";

    /// <inheritdoc/>
    public bool IsNameOnDisk => _isCommitted && IsInPlace;

    /// <inheritdoc/>
    /// <remarks>Only on the thread that leaves: for another connection, deleting its journal is the commit.</remarks>
    public bool OutlivesItsMode => _leavingThread == Environment.CurrentManagedThreadId;

    private bool IsInPlace =>
        _file is not null
        && string.Equals(RealPath.TargetOf($"/proc/self/fd/{_file.DangerousGetHandle()}"), Path, StringComparison.Ordinal);

    /// <summary>A transaction is about to begin. The last of a run deletes the journal, as all would have done.</summary>
    public void OnBegin(bool isLast)
    {
        if (!_isCommitted)
            Release();
        if (isLast)
            Leave();
        else if (!_isDecided)
            Keep();
    }

    /// <inheritdoc/>
    public void OnCreated()
    {
        Release();
        try
        {
            _file = File.OpenHandle(Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then it is created each time.
        }
    }

    /// <summary>
    /// The transaction is committed. Unless its script has forbidden waiting for the disk, the journal's folder has been waited for too.
    /// </summary>
    public void OnCommitted() => _isCommitted = _isCommitted || (_file is not null && handle.QueryInt64("PRAGMA main.synchronous") > 0);

    /// <summary>
    /// Deletes the journal. Where another connection is writing it stays, and is that one's; nothing in it would be rolled back.
    /// </summary>
    public void Dispose()
    {
        if (_isKept)
            Delete();
        _isKept = false;
        JournalVfs.Remove(this);
        Release();
    }

    private void Keep()
    {
        _isDecided = true;
        _isKept = handle.QueryText("PRAGMA main.journal_mode") is "delete" && handle.KnowsKeptJournals && JournalVfs.Add(this);
        if (_isKept)
            handle.Execute("PRAGMA main.journal_mode=PERSIST");
    }

    // A script may have chosen another mode, which is the database's from then on.
    private void Leave()
    {
        if (!_isKept || handle.QueryText("PRAGMA main.journal_mode") is not "persist")
            return;
        _leavingThread = Environment.CurrentManagedThreadId;
        try
        {
            handle.Execute("PRAGMA main.journal_mode=DELETE");
        }
        finally
        {
            _leavingThread = null;
        }
    }

    private void Delete()
    {
        handle.Watch.Token = CancellationToken.None;
        handle.Watch.BusyTimeout = TimeSpan.Zero;
        try
        {
            var mode = handle.QueryText("PRAGMA main.journal_mode");
            // SQLite deletes it on the way from the one mode to the other, and makes sure that no one writes it.
            if (mode is "delete" && IsInPlace)
                mode = handle.QueryText("PRAGMA main.journal_mode=PERSIST");
            if (mode is "persist")
                handle.Execute("PRAGMA main.journal_mode=DELETE");
        }
        catch (SqliteFailure)
        {
            // The file is only in the way of whoever reads the folder.
        }
    }

    private void Release()
    {
        _isCommitted = false;
        _file?.Dispose();
        _file = null;
    }
}
