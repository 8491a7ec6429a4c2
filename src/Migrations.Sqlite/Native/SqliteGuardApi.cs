using System.Runtime.InteropServices;

namespace Migrations.Sqlite.Native;

/// <summary>The functions of a library that watch what code and scripts do on a connection; bound when they are needed.</summary>
internal sealed unsafe class SqliteGuardApi(nint library)
{
    public readonly delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<nint, int>, nint, nint> CommitHook =
        (delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<nint, int>, nint, nint>)
            NativeLibrary.GetExport(library, "sqlite3_commit_hook");

    public readonly delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<nint, void>, nint, nint> RollbackHook =
        (delegate* unmanaged[Cdecl]<nint, delegate* unmanaged[Cdecl]<nint, void>, nint, nint>)
            NativeLibrary.GetExport(library, "sqlite3_rollback_hook");

    /// <summary>See <see href="https://sqlite.org/c3ref/c_dbstatus_options.html"/>.</summary>
    public readonly delegate* unmanaged[Cdecl]<nint, int, int*, int*, int, int> Status = (delegate* unmanaged[Cdecl]<
        nint,
        int,
        int*,
        int*,
        int,
        int>)
        NativeLibrary.GetExport(library, "sqlite3_db_status");

    public readonly delegate* unmanaged[Cdecl]<nint, nint, nint> NextStatement = (delegate* unmanaged[Cdecl]<nint, nint, nint>)
        NativeLibrary.GetExport(library, "sqlite3_next_stmt");

    public readonly delegate* unmanaged[Cdecl]<nint, int> IsBusy = (delegate* unmanaged[Cdecl]<nint, int>)
        NativeLibrary.GetExport(library, "sqlite3_stmt_busy");

    public readonly delegate* unmanaged[Cdecl]<nint, byte*> TextOf = (delegate* unmanaged[Cdecl]<nint, byte*>)
        NativeLibrary.GetExport(library, "sqlite3_sql");
}
