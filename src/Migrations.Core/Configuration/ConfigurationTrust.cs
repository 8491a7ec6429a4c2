using System.Runtime.Versioning;
using Migrations.Folders;

namespace Migrations.Configuration;

/// <summary>
/// Whether others could have put a configuration file where it was found: as git asks it of a repository
/// (<see href="https://git-scm.com/docs/git-config#Documentation/git-config.txt-safedirectory">safe.directory</see>), the file and the
/// links to it must be the user's own; and as ssh asks it of its files
/// (<see href="https://man.openbsd.org/sshd_config#StrictModes">StrictModes</see>), no one else may be able to change a folder above it.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal static class ConfigurationTrust
{
    // As many as Linux follows.
    private const int MostLinks = 40;
    private const uint Root = 0;
    private const uint Sticky = 0x200;
    private const uint GroupWrites = 0x10;
    private const uint OthersWrite = 0x2;

    /// <summary>Why a file that was found is not used, as the second half of a sentence; null: it is the user's own.</summary>
    public static string? FindDoubt(string path)
    {
        var found = path;
        for (var links = 0; links < MostLinks; links++)
        {
            var folder = RealPath.Of(Path.GetDirectoryName(path)!);
            var doubt = FindDoubt(path, isFound: string.Equals(path, found, StringComparison.Ordinal)) ?? FindDoubtInFolders(folder);
            if (doubt is not null || RealPath.TargetOf(path) is not { } target)
                return doubt;
            path = Path.GetFullPath(target, folder);
        }

        return null;
    }

    private static string? FindDoubt(string path, bool isFound)
    {
        var what = isFound ? "it" : $"'{path}', to which it is a link,";
        return FileStatus.OfLink(path) is not { } file || file.User != FileOwner.Own() ? $"{what} belongs to another user"
            // What a link allows says nothing (https://man7.org/linux/man-pages/man7/symlink.7.html).
            : RealPath.TargetOf(path) is null && MayOthersWrite(file) ? $"other users can write {what.TrimEnd(',')}"
            : null;
    }

    private static string? FindDoubtInFolders(string folder)
    {
        var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile).TrimEnd(Path.DirectorySeparatorChar);
        for (var place = folder; place is not null; place = Path.GetDirectoryName(place))
        {
            if (FileStatus.Of(place) is not { } status || (status.User != FileOwner.Own() && status.User != Root))
                return $"the folder '{place}' belongs to another user";
            // Where everyone may write, as in /tmp, the sticky bit keeps what is below for its owner; but not who comes first.
            if (MayOthersWrite(status) && ((status.Mode & Sticky) == 0 || ReferenceEquals(place, folder)))
                return $"other users can write the folder '{place}'";
            if (string.Equals(place, home, StringComparison.Ordinal))
                return null;
        }

        return null;
    }

    // Where each user has a group of their own, what the group may do, the user may.
    private static bool MayOthersWrite(FileStatus status) =>
        (status.Mode & OthersWrite) != 0 || ((status.Mode & GroupWrites) != 0 && status.User != status.Group);
}
