namespace Migrations.Sqlite;

/// <summary>Checks whether a file lies where no one on this machine can write.</summary>
internal static class ReadOnlyDisk
{
    // Of these no other machine writes what is mounted here. An overlay's lower folders are files of such a file system too, and may be
    // written there.
    private static readonly HashSet<string> Local = new(StringComparer.Ordinal)
    {
        "ext2",
        "ext3",
        "ext4",
        "xfs",
        "btrfs",
        "f2fs",
        "zfs",
        "tmpfs",
        "ramfs",
        "vfat",
        "exfat",
        "ntfs",
        "ntfs3",
        "squashfs",
        "erofs",
        "cramfs",
        "romfs",
        "iso9660",
        "udf",
    };

    /// <summary>
    /// Whether the file system itself is mounted read-only. A folder that is read-only merely where it is mounted (a bind mount, a
    /// container's volume, systemd's <c>ProtectSystem=</c>) may be written elsewhere: the two are distinguished by the last field of <see
    /// href="https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html"/>.
    /// </summary>
    public static bool Holds(string path)
    {
        try
        {
            if (OperatingSystem.IsLinux())
                return IsReadOnly(path, File.ReadLines("/proc/self/mountinfo"));
            return OperatingSystem.IsWindows() && new DriveInfo(Path.GetPathRoot(path)!).DriveType == DriveType.CDRom;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return false;
        }
    }

    /// <summary>Judges by the table of mounts. Pure.</summary>
    /// <param name="path">The file, all links resolved.</param>
    /// <param name="mounts">The lines of the table; a later one hides an earlier one of the same place.</param>
    internal static bool IsReadOnly(string path, IEnumerable<string> mounts)
    {
        var (place, isReadOnly) = ("", false);
        foreach (var line in mounts)
        {
            // id parent device root place options... - type source options
            var fields = line.Split(' ');
            var dash = Array.IndexOf(fields, "-");
            if (dash < 6 || fields.Length < dash + 4)
                continue;
            var mounted = Unescape(fields[4]);
            if (mounted.Length >= place.Length && IsIn(path, mounted))
                (place, isReadOnly) = (mounted, Local.Contains(fields[dash + 1]) && fields[dash + 3].Split(',').Contains("ro"));
        }

        return isReadOnly;
    }

    private static bool IsIn(string path, string folder) =>
        path.StartsWith(folder.EndsWith('/') ? folder : folder + "/", StringComparison.Ordinal);

    private static string Unescape(string text) =>
        text.Replace(@"\040", " ", StringComparison.Ordinal)
            .Replace(@"\011", "\t", StringComparison.Ordinal)
            .Replace(@"\012", "\n", StringComparison.Ordinal)
            .Replace(@"\134", @"\", StringComparison.Ordinal);
}
