namespace Migrations.Folders;

/// <summary>Looks beside a folder for one that holds migrations of given names. Looks at names only, and reads no file.</summary>
internal static class FolderNeighbours
{
    private const int MostFolders = 200;
    private const int MostNames = 20;

    /// <summary>
    /// The folder that holds most of the names, and more than the given one: below, above or beside it; null when none does.
    /// </summary>
    public static string? FindBetter(string folder, IEnumerable<string> names)
    {
        List<string> wanted = [.. names.Take(MostNames)];
        var best = Count(folder, wanted);
        string? better = null;
        foreach (var candidate in Candidates(folder).Take(MostFolders))
        {
            var count = Count(candidate, wanted);
            if (count > best)
                (best, better) = (count, candidate);
        }

        return better;
    }

    private static IEnumerable<string> Candidates(string folder)
    {
        foreach (var below in Subfolders(folder))
            yield return below;
        if (Path.GetDirectoryName(folder) is not { } parent)
            yield break;
        yield return parent;
        foreach (var beside in Subfolders(parent))
        {
            yield return beside;
            // Services side by side, each with its own 'migrations'.
            yield return Path.Combine(beside, "migrations");
        }

        if (Path.GetDirectoryName(parent) is not { } above)
            yield break;
        foreach (var other in Subfolders(above))
            yield return Path.Combine(other, Path.GetFileName(folder));
    }

    private static int Count(string folder, List<string> names) => names.Count(name => Holds(folder, name));

    private static bool Holds(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        string[] files = [path + ".sql", path + ".up.sql", Path.Combine(path, "up.sql"), Path.Combine(path, "migration.sql")];
        return Array.Exists(files, File.Exists);
    }

    private static string[] Subfolders(string folder)
    {
        try
        {
            var folders = Directory.GetDirectories(folder);
            Array.Sort(folders, StringComparer.Ordinal);
            return folders;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
