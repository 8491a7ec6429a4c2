namespace Migrations.Folders;

/// <summary>The path of a file with all links resolved, so that two names of one file are one lock.</summary>
internal static class RealPath
{
    // As many as Linux follows.
    private const int MostLinks = 40;

    /// <summary>Resolves links in every part of a full path. What does not exist, or cannot be read, stays as it is written.</summary>
    public static string Of(string path) => Of(path, MostLinks);

    /// <summary>What distinguishes a file from every other one, under whichever of its names: on Unix its number on its device, as hard
    /// links share it.</summary>
    public static string IdentityOf(string path)
    {
        path = Of(path);
        return OperatingSystem.IsWindows() ? path.ToUpperInvariant()
            : FileStatus.Of(path) is { } file ? $"{file.Device}:{file.Number}"
            : path;
    }

    private static string Of(string path, int linksLeft)
    {
        var folder = Path.GetDirectoryName(path);
        if (string.IsNullOrEmpty(folder) || linksLeft == 0)
            return path;
        var full = Path.Combine(Of(folder, linksLeft), Path.GetFileName(path));
        return TargetOf(full) is { } target ? Of(Path.GetFullPath(target, Path.GetDirectoryName(full)!), linksLeft - 1) : full;
    }

    /// <summary>Where a link points; null when it is not a link, or cannot be read.</summary>
    public static string? TargetOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
