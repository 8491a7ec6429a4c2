using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Migrations.Sqlite.Native;

/// <summary>
/// Counts the rows of one table that a connection changes (<see href="https://sqlite.org/c3ref/update_hook.html"/>). Not those of a DELETE
/// of all rows, which SQLite does at once, and not those that INSERT OR REPLACE deletes: of these, only the row is seen that comes in their
/// place.
/// </summary>
internal sealed unsafe class SqliteRowWatch : IDisposable
{
    private readonly SqliteHandle _handle;
    private readonly string _table;
    private readonly int _length;
    private readonly GCHandle _self;

    public SqliteRowWatch(SqliteHandle handle, string table)
    {
        _handle = handle;
        _table = table;
        _length = Encoding.UTF8.GetByteCount(table);
        _self = GCHandle.Alloc(this);
        _ = handle.Api.UpdateHook(handle.Pointer, &OnUpdate, GCHandle.ToIntPtr(_self));
    }

    /// <summary>How many rows were inserted, updated or deleted.</summary>
    public long Count { get; private set; }

    public void Dispose()
    {
        _ = _handle.Api.UpdateHook(_handle.Pointer, null, 0);
        _self.Free();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnUpdate(nint self, int operation, byte* database, byte* table, long rowid)
    {
        var watch = (SqliteRowWatch)GCHandle.FromIntPtr(self).Target!;
        // For every row of every script: nothing is made of a name that cannot be it.
        if (
            MemoryMarshal.CreateReadOnlySpanFromNullTerminated(table).Length == watch._length
            && MemoryMarshal.CreateReadOnlySpanFromNullTerminated(database).SequenceEqual("main"u8)
            && SqliteNames.Comparer.Equals(Marshal.PtrToStringUTF8((nint)table), watch._table)
        )
            watch.Count++;
    }
}
