namespace Migrations;

/// <summary>
/// A folder that this user may not enter. To whoever only asks whether something in it exists, the system's answer looks like that nothing
/// is there.
/// </summary>
internal static class ClosedFolder
{
    /// <summary>What the user who owns it can do.</summary>
    public const string Way = "Give yourself the right to enter it (chmod u+rx, as its owner), or run the command as a user who may.";

    /// <summary>The folder on the way to a path that may not be entered; null where the whole way is open.</summary>
    public static string? Find(string path)
    {
        if (!IsDenied(path))
            return null;
        var folder = Path.GetDirectoryName(path);
        while (folder is not null && IsDenied(folder))
            folder = Path.GetDirectoryName(folder);
        return folder;
    }

    private static bool IsDenied(string path)
    {
        try
        {
            File.GetAttributes(path);
            return false;
        }
        catch (UnauthorizedAccessException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or ArgumentException)
        {
            return false;
        }
    }
}
