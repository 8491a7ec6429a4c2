using System.Runtime.InteropServices;

namespace Migrations.Folders;

/// <summary>Whose a file is. On Unix only: on Windows the rights of a folder are inherited and say it.</summary>
internal static partial class FileOwner
{
    /// <summary>The user and the group of a file or folder, links followed; null when it cannot be looked at.</summary>
    public static (uint User, uint Group)? Of(string path) => FileStatus.Of(path) is { } status ? (status.User, status.Group) : null;

    /// <summary>The user that this process runs as.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint Own();
}
