using System.Runtime.InteropServices;

namespace Migrations.Sqlite.Native;

/// <summary>
/// The functions of one SQLite library that let several connections read one state of a file in WAL mode
/// (<see href="https://sqlite.org/c3ref/snapshot.html"/>). A library need not have them: they are an option of its build.
/// </summary>
/// <param name="library">The library's handle.</param>
internal sealed unsafe class SqliteSnapshotApi(nint library)
{
    private readonly delegate* unmanaged[Cdecl]<nint, byte*, nint*, int> _get = (delegate* unmanaged[Cdecl]<nint, byte*, nint*, int>)Find(
        library,
        "sqlite3_snapshot_get"
    );

    private readonly delegate* unmanaged[Cdecl]<nint, byte*, nint, int> _open = (delegate* unmanaged[Cdecl]<nint, byte*, nint, int>)Find(
        library,
        "sqlite3_snapshot_open"
    );

    private readonly delegate* unmanaged[Cdecl]<nint, void> _free = (delegate* unmanaged[Cdecl]<nint, void>)Find(
        library,
        "sqlite3_snapshot_free"
    );

    /// <summary>The state that a connection reads; 0 where it cannot be named: the log is empty, or the library has no such
    /// function.</summary>
    /// <param name="db">A connection in a read transaction.</param>
    public nint Get(nint db)
    {
        nint snapshot = 0;
        if (_get is null || _open is null || _free is null)
            return 0;
        fixed (byte* name = "main"u8)
            return _get(db, name, &snapshot) == SqliteCodes.Ok ? snapshot : 0;
    }

    /// <summary>Lets a connection, whose transaction has read nothing yet, read a state that another one reads.</summary>
    public bool TryOpen(nint db, nint snapshot)
    {
        fixed (byte* name = "main"u8)
            return _open(db, name, snapshot) == SqliteCodes.Ok;
    }

    /// <summary>Forgets the name of a state.</summary>
    public void Free(nint snapshot) => _free(snapshot);

    private static nint Find(nint library, string name) => NativeLibrary.TryGetExport(library, name, out var address) ? address : 0;
}
