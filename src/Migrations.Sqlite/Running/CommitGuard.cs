using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// While code runs, every commit on its connection is turned into a rollback, and every rollback is noticed
/// (<see href="https://sqlite.org/c3ref/commit_hook.html"/>): the transaction is the engine's.
/// </summary>
internal sealed unsafe class CommitGuard : IDisposable
{
    private readonly SqliteHandle _handle;
    private readonly SqliteGuardApi _api;
    private readonly GCHandle _self;

    public CommitGuard(SqliteHandle handle)
    {
        _handle = handle;
        _api = new SqliteGuardApi(handle.Api.Library);
        _self = GCHandle.Alloc(this);
        _ = _api.CommitHook(handle.Pointer, &OnCommit, GCHandle.ToIntPtr(_self));
        _ = _api.RollbackHook(handle.Pointer, &OnRollback, GCHandle.ToIntPtr(_self));
    }

    /// <summary>Whether code has tried to commit.</summary>
    public bool WasCommitTried { get; private set; }

    /// <summary>Whether its transaction was rolled back, also where another one was begun after it.</summary>
    public bool WasRolledBack { get; private set; }

    /// <summary>What code has left on the connection.</summary>
    /// <returns>The text of a statement whose rows are still being read, or that another thread was still running; null when there is
    /// none.</returns>
    public (string Statement, bool IsRunning)? FindOpen()
    {
        // A statement that another thread runs keeps the connection to itself: it is interrupted, or this would wait for its end.
        _handle.Watch.EndsAll = true;
        try
        {
            for (nint statement = 0; (statement = _api.NextStatement(_handle.Pointer, statement)) != 0; )
            {
                if (_api.IsBusy(statement) != 0)
                    return (Marshal.PtrToStringUTF8((nint)_api.TextOf(statement)) ?? "", IsRunning: false);
            }
        }
        finally
        {
            _handle.Watch.EndsAll = false;
        }

        return _handle.Watch.HasEnded ? ("", IsRunning: true) : null;
    }

    public void Dispose()
    {
        _ = _api.CommitHook(_handle.Pointer, null, 0);
        _ = _api.RollbackHook(_handle.Pointer, null, 0);
        _self.Free();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnCommit(nint self)
    {
        ((CommitGuard)GCHandle.FromIntPtr(self).Target!).WasCommitTried = true;
        return 1;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnRollback(nint self) => ((CommitGuard)GCHandle.FromIntPtr(self).Target!).WasRolledBack = true;
}
