using System.Runtime.InteropServices;

namespace Migrations.Backup;

/// <summary>Makes sure that what is written survives a crash of the machine.</summary>
internal static partial class DiskFlush
{
    private const int OpenReadOnly = 0;

    /// <summary>Flushes a file, and the folder that names it.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void Flush(string path)
    {
        FlushFile(path);
        FlushFolder(Path.GetDirectoryName(path)!);
    }

    /// <summary>Flushes what is in a file.</summary>
    /// <exception cref="IOException">The disk refuses.</exception>
    public static void FlushFile(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Flushes a folder. Windows needs none of it, and some file systems cannot: their names are as safe as they can be.</summary>
    public static void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        var descriptor = Open(folder, OpenReadOnly);
        if (descriptor < 0)
            return;
        _ = Sync(descriptor);
        _ = Close(descriptor);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    private static partial int Sync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
