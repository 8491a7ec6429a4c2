using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Migrations.Sqlite.Native;

/// <summary>
/// The operating system's VFS but for one thing (a <see href="https://sqlite.org/vfs.html">shim</see>): it knows which journals are kept.
/// SQLite asks for every journal to be created, even for one that is there, and then waits until its folder is written too; a kept one
/// whose name is on the disk already is opened as it is.
/// </summary>
internal static unsafe class JournalVfs
{
    private const int Create = 0x4;
    private const int MainJournal = 0x800;
    private const int VersionWithAllMembers = 3;

    private static readonly ConcurrentDictionary<string, IKeptJournal> Kept = new(StringComparer.Ordinal);

    /// <summary>Adds the shim to a library. Only Linux shows whether an open file still is the one of its name.</summary>
    /// <returns>The shim's name, for opening databases; null, which stands for the usual VFS, where it cannot be added.</returns>
    public static byte* Register(nint library)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var usual = ((delegate* unmanaged[Cdecl]<byte*, Vfs*>)NativeLibrary.GetExport(library, "sqlite3_vfs_find"))(null);
        if (usual is null || usual->Version < VersionWithAllMembers)
            return null;
        // Never freed: the library refers to it for as long as it is loaded.
        var shim = (Shim*)NativeMemory.AllocZeroed((nuint)sizeof(Shim));
        shim->Vfs = *usual;
        shim->Usual = usual;
        shim->Vfs.Next = 0;
        fixed (byte* name = "migrations\0"u8)
            shim->Vfs.Name = name; // Part of the program itself, which does not move.
        shim->Vfs.Open = &Open;
        shim->Vfs.Delete = &Delete;
        return
            ((delegate* unmanaged[Cdecl]<Vfs*, int, int>)NativeLibrary.GetExport(library, "sqlite3_vfs_register"))(&shim->Vfs, 0)
            == SqliteCodes.Ok
            ? shim->Vfs.Name
            : null;
    }

    /// <summary>Begins to ask about a journal.</summary>
    /// <returns>False when another connection of this process keeps it already.</returns>
    public static bool Add(IKeptJournal journal) => Kept.TryAdd(journal.Path, journal);

    /// <summary>Asks no more.</summary>
    public static void Remove(IKeptJournal journal) => Kept.TryRemove(KeyValuePair.Create(journal.Path, journal));

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Open(Vfs* vfs, byte* name, nint file, int flags, int* openedFlags)
    {
        var journal = (flags & MainJournal) != 0 && (flags & Create) != 0 ? Find(name) : null;
        if (journal is { IsNameOnDisk: true })
            flags &= ~Create;
        var code = ((Shim*)vfs)->Usual->Open(vfs, name, file, flags, openedFlags);
        if (code == SqliteCodes.Ok && (flags & Create) != 0)
            journal?.OnCreated();
        return code;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int Delete(Vfs* vfs, byte* name, int flushesFolder) =>
        Find(name) is { OutlivesItsMode: true } ? SqliteCodes.Ok : ((Shim*)vfs)->Usual->Delete(vfs, name, flushesFolder);

    private static IKeptJournal? Find(byte* name) =>
        name is not null && !Kept.IsEmpty && Kept.TryGetValue(Marshal.PtrToStringUTF8((nint)name)!, out var journal) ? journal : null;

    /// <summary>
    /// The shim, and what it stands before. The usual VFS's functions get the shim's address: all that they read of it is the same.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Shim
    {
        public Vfs Vfs;
        public Vfs* Usual;
    }

    /// <summary><see href="https://sqlite.org/c3ref/vfs.html">sqlite3_vfs</see>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Vfs
    {
        public int Version;
        public int FileSize;
        public int LongestPath;
        public nint Next;
        public byte* Name;
        public nint Data;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, nint, int, int*, int> Open;
        public delegate* unmanaged[Cdecl]<Vfs*, byte*, int, int> Delete;
        public OtherFunctions Others;
    }

    [InlineArray(14)]
    private struct OtherFunctions
    {
        public nint First;
    }
}
