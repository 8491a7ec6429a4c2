using System.Runtime.InteropServices;

namespace Migrations.Sqlite.Native;

/// <summary>
/// The functions of one SQLite library that read a value of a row (<see href="https://sqlite.org/c3ref/value_blob.html"/>). What reads a
/// field of a structure and neither allocates nor waits is called without the runtime's preparations, which cost more than the call.
/// </summary>
/// <param name="library">The library's handle.</param>
internal sealed unsafe class SqliteValueApi(nint library)
{
    public readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, nint> Of =
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int, nint>)Find(library, "sqlite3_column_value");

    public readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int> Type = (delegate* unmanaged[Cdecl, SuppressGCTransition]<
        nint,
        int>)Find(library, "sqlite3_value_type");

    public readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, long> Int64 = (delegate* unmanaged[Cdecl, SuppressGCTransition]<
        nint,
        long>)Find(library, "sqlite3_value_int64");

    public readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, double> Double =
        (delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, double>)Find(library, "sqlite3_value_double");

    public readonly delegate* unmanaged[Cdecl]<nint, byte*> Text = (delegate* unmanaged[Cdecl]<nint, byte*>)Find(
        library,
        "sqlite3_value_text"
    );

    public readonly delegate* unmanaged[Cdecl]<nint, byte*> Blob = (delegate* unmanaged[Cdecl]<nint, byte*>)Find(
        library,
        "sqlite3_value_blob"
    );

    /// <summary>The length of what <see cref="Text"/> or <see cref="Blob"/> has just given.</summary>
    public readonly delegate* unmanaged[Cdecl, SuppressGCTransition]<nint, int> Bytes = (delegate* unmanaged[Cdecl, SuppressGCTransition]<
        nint,
        int>)Find(library, "sqlite3_value_bytes");

    private static nint Find(nint library, string name) => NativeLibrary.GetExport(library, name);
}
