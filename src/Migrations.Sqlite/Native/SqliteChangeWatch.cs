using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Migrations.Sqlite.Native;

/// <summary>
/// Counts the rows that a connection inserts, updates and deletes, by table (<see href="https://sqlite.org/c3ref/update_hook.html"/>).
/// </summary>
internal sealed unsafe class SqliteChangeWatch : IDisposable
{
    private const int Delete = 9;
    private const int Insert = 18;

    private readonly SqliteHandle _handle;
    private readonly GCHandle _self;
    private readonly Dictionary<string, Counts> _tables = new(SqliteNames.Comparer);
    private byte[] _lastName = [];
    private Counts _last = new();

    public SqliteChangeWatch(SqliteHandle handle)
    {
        _handle = handle;
        handle.Changes = this;
        _self = GCHandle.Alloc(this);
        _ = handle.Api.UpdateHook(handle.Pointer, &OnUpdate, GCHandle.ToIntPtr(_self));
    }

    /// <summary>
    /// What was counted for a table of this name; nothing of tables without rowid, and nothing of a DELETE of all rows, which SQLite does
    /// at once.
    /// </summary>
    public (long Inserted, long Updated, long Deleted) Of(string table) =>
        _tables.TryGetValue(table, out var c) ? (c.Inserted, c.Updated, c.Deleted) : (0, 0, 0);

    public void Dispose()
    {
        _handle.Changes = null;
        _ = _handle.Api.UpdateHook(_handle.Pointer, null, 0);
        _self.Free();
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnUpdate(nint self, int operation, byte* database, byte* table, long rowid)
    {
        // Temporary and attached tables are not the database's.
        if (!MemoryMarshal.CreateReadOnlySpanFromNullTerminated(database).SequenceEqual("main"u8))
            return;
        var counts = ((SqliteChangeWatch)GCHandle.FromIntPtr(self).Target!).Find(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(table));
        if (operation == Insert)
            counts.Inserted++;
        else if (operation == Delete)
            counts.Deleted++;
        else
            counts.Updated++;
    }

    private Counts Find(ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual(_lastName))
            return _last;
        _lastName = name.ToArray();
        var text = Encoding.UTF8.GetString(name);
        if (!_tables.TryGetValue(text, out var counts))
            _tables[text] = counts = new Counts();
        return _last = counts;
    }

    private sealed class Counts
    {
        public long Inserted { get; set; }

        public long Updated { get; set; }

        public long Deleted { get; set; }
    }
}
