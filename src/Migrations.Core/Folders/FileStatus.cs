using System.Runtime.InteropServices;

namespace Migrations.Folders;

/// <summary>What a Unix knows of a file and the base library reads without showing it.</summary>
/// <param name="Mode">Its kind and rights (<see href="https://man7.org/linux/man-pages/man7/inode.7.html"/>).</param>
/// <param name="User">Its owner.</param>
/// <param name="Group">Its group.</param>
/// <param name="Device">The device that it is on.</param>
/// <param name="Number">Its number there, which all its names share.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly partial record struct FileStatus(uint Mode, uint User, uint Group, long Device, long Number)
{
    private const int ModeAt = 4;
    private const int UserAt = 8;
    private const int GroupAt = 12;
    private const int DeviceAt = 88;
    private const int NumberAt = 104;
    private const int Size = 512;

    /// <summary>Looks at a file or folder, links followed.</summary>
    /// <returns>Null when it cannot be looked at.</returns>
    public static unsafe FileStatus? Of(string path)
    {
        var status = stackalloc byte[Size];
        return Stat(path, status) == 0 ? Read(status) : null;
    }

    /// <summary>The same, of a link itself.</summary>
    /// <returns>Null when it cannot be looked at.</returns>
    public static unsafe FileStatus? OfLink(string path)
    {
        var status = stackalloc byte[Size];
        return LinkStat(path, status) == 0 ? Read(status) : null;
    }

    private static unsafe FileStatus Read(byte* status) =>
        new(
            *(uint*)(status + ModeAt),
            *(uint*)(status + UserAt),
            *(uint*)(status + GroupAt),
            *(long*)(status + DeviceAt),
            *(long*)(status + NumberAt)
        );

    /// <seealso href="https://github.com/dotnet/runtime/blob/release/10.0/src/native/libs/System.Native/pal_io.h"/>
    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Stat", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Stat(string path, byte* status);

    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_LStat", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int LinkStat(string path, byte* status);
}
