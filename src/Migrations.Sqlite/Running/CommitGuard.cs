using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// While code runs, every commit on its connection is turned into a rollback
/// (<see href="https://sqlite.org/c3ref/commit_hook.html"/>): the transaction is the engine's.
/// </summary>
internal sealed unsafe class CommitGuard : IDisposable
{
    private readonly SqliteHandle _handle;
    private readonly SqliteGuardApi _api;

    public CommitGuard(SqliteHandle handle)
    {
        _handle = handle;
        _api = new SqliteGuardApi(handle.Api.Library);
        _ = _api.CommitHook(handle.Pointer, &OnCommit, 0);
    }

    /// <summary>The text of a statement whose rows are still being read; null when there is none.</summary>
    public string? OpenReader()
    {
        for (nint statement = 0; (statement = _api.NextStatement(_handle.Pointer, statement)) != 0; )
        {
            if (_api.IsBusy(statement) != 0)
                return Marshal.PtrToStringUTF8((nint)_api.TextOf(statement)) ?? "";
        }

        return null;
    }

    public void Dispose() => _ = _api.CommitHook(_handle.Pointer, null, 0);

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int OnCommit(nint self) => 1;
}
