using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Migrations.Sqlite.Native;

/// <summary>
/// Notices when a connection updates or deletes a row of one table (<see href="https://sqlite.org/c3ref/update_hook.html"/>). Not a DELETE of all rows, which SQLite does at
/// once: the count shows that one.
/// </summary>
internal sealed unsafe class SqliteRowWatch : IDisposable
{
    private const int Insert = 18;

    private readonly SqliteHandle _handle;
    private readonly string _table;
    private readonly GCHandle _self;

    public SqliteRowWatch(SqliteHandle handle, string table)
    {
        _handle = handle;
        _table = table;
        _self = GCHandle.Alloc(this);
        _ = handle.Api.UpdateHook(handle.Pointer, &OnUpdate, GCHandle.ToIntPtr(_self));
    }

    /// <summary>Whether any row was updated or deleted.</summary>
    public bool HasSeen { get; private set; }

    public void Dispose()
    {
        _ = _handle.Api.UpdateHook(_handle.Pointer, null, 0);
        _self.Free();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnUpdate(nint self, int operation, byte* database, byte* table, long rowid)
    {
        if (operation == Insert)
            return;
        var watch = (SqliteRowWatch)GCHandle.FromIntPtr(self).Target!;
        if (!watch.HasSeen && MemoryMarshal.CreateReadOnlySpanFromNullTerminated(database).SequenceEqual("main"u8))
            watch.HasSeen = SqliteNames.Comparer.Equals(Marshal.PtrToStringUTF8((nint)table), watch._table);
    }
}
