using System.Globalization;
using System.Runtime.InteropServices;

namespace Migrations.Folders;

/// <summary>Whose a file is. On Unix only: on Windows the rights of a folder are inherited and say it.</summary>
internal static unsafe partial class FileOwner
{
    // The base library has the number of the owner and does not show it. The first fields of what it reads have been these since its
    // first version.
    private const int Size = 512;

    // Since .NET 7, counted in numbers of eight bytes.
    private const int DevicePlace = 11;
    private const int NumberPlace = 13;

    /// <summary>The user and the group of a file or folder, links followed; null when it cannot be looked at.</summary>
    public static (uint User, uint Group)? Of(string path)
    {
        var status = stackalloc uint[Size / sizeof(uint)];
        return Stat(path, status) == 0 ? (status[2], status[3]) : null;
    }

    /// <summary>
    /// The number of a file on its device, links followed: the same whichever path it is reached by. Null when it cannot be looked at, and
    /// on Windows.
    /// </summary>
    public static string? NumberOf(string path)
    {
        if (OperatingSystem.IsWindows())
            return null;
        var status = stackalloc uint[Size / sizeof(uint)];
        return Stat(path, status) == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{((long*)status)[DevicePlace]}:{((long*)status)[NumberPlace]}")
            : null;
    }

    /// <summary>The user that this process runs as.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint Own();

    /// <seealso href="https://github.com/dotnet/runtime/blob/main/src/native/libs/System.Native/pal_io.h"/>
    [LibraryImport("libSystem.Native", EntryPoint = "SystemNative_Stat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Stat(string path, uint* status);
}
