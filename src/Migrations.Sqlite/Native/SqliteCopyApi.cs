using System.Runtime.InteropServices;

namespace Migrations.Sqlite.Native;

/// <summary>
/// The functions of one SQLite library that copy whole databases (<see href="https://sqlite.org/c3ref/backup_finish.html"/>).
/// </summary>
/// <param name="library">The library's handle.</param>
internal sealed unsafe class SqliteCopyApi(nint library)
{
    public readonly delegate* unmanaged[Cdecl]<nint, byte*, nint, byte*, nint> Begin = (delegate* unmanaged[Cdecl]<
        nint,
        byte*,
        nint,
        byte*,
        nint>)
        NativeLibrary.GetExport(library, "sqlite3_backup_init");
    public readonly delegate* unmanaged[Cdecl]<nint, int, int> Step = (delegate* unmanaged[Cdecl]<nint, int, int>)
        NativeLibrary.GetExport(library, "sqlite3_backup_step");
    public readonly delegate* unmanaged[Cdecl]<nint, int> End = (delegate* unmanaged[Cdecl]<nint, int>)
        NativeLibrary.GetExport(library, "sqlite3_backup_finish");
    public readonly delegate* unmanaged[Cdecl]<nint, int> Remaining = (delegate* unmanaged[Cdecl]<nint, int>)
        NativeLibrary.GetExport(library, "sqlite3_backup_remaining");
    public readonly delegate* unmanaged[Cdecl]<nint, int> PageCount = (delegate* unmanaged[Cdecl]<nint, int>)
        NativeLibrary.GetExport(library, "sqlite3_backup_pagecount");
}
