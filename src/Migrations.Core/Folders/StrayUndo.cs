namespace Migrations.Folders;

/// <summary>
/// Reports undo scripts that no layout reads, because they stand in a folder of another tool's (<c>revert/</c>, <c>down/</c>) below the
/// migration folder or beside it: without a word, their migrations would only seem to have no undo.
/// </summary>
internal static class StrayUndo
{
    /// <summary>Whether a folder is named as one for undo scripts.</summary>
    public static bool IsNamedSo(string name) => FolderNames.Contains(FolderNames.Undo, name);

    /// <summary>A folder below the migration folder, whose name says that its scripts undo something.</summary>
    public static void ReportBelow(FolderContent content, FolderEntry folder, IEnumerable<FolderEntry> entries)
    {
        List<FolderEntry> scripts =
        [
            .. entries.Where(e => !e.IsFolder && MigrationFileName.IsSql(e.Name) && !e.LooksLikeMigration(versioned: true)),
        ];
        if (scripts.Count > 0)
            Report(content, folder, scripts);
    }

    /// <summary>A folder beside the migration folder, which holds the undo scripts of migrations that have none.</summary>
    public static void ReportBeside(FolderContent content, string root)
    {
        if (Path.GetDirectoryName(root) is not { } parent)
            return;
        HashSet<string> lacking = new(content.Files.Where(f => !f.IsDown).Select(f => f.FullName), StringComparer.Ordinal);
        lacking.ExceptWith(content.Files.Where(f => f.IsDown).Select(f => f.FullName));
        if (lacking.Count == 0)
            return;
        foreach (var name in FolderNames.Undo)
        {
            var path = Path.Combine(parent, name);
            if (!Directory.Exists(path) || string.Equals(path, root, StringComparison.Ordinal))
                continue;
            List<FolderEntry> scripts = [.. InReadable(path).Where(e => Undoes(e, lacking))];
            if (scripts.Count > 0)
                Report(content, new FolderEntry(path, name, IsFolder: true), scripts);
        }
    }

    private static List<FolderEntry> InReadable(string path)
    {
        try
        {
            return FolderEntry.In(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It is not ours to read.
            return [];
        }
    }

    private static bool Undoes(FolderEntry entry, HashSet<string> migrations) =>
        !entry.IsFolder
        && MigrationFileName.IsSql(entry.Name)
        && MigrationFileName.TryParse(entry.Name, rollbackSuffix: true, out var name)
        && migrations.Contains(name.FullName);

    private static void Report(FolderContent content, FolderEntry folder, List<FolderEntry> scripts) =>
        content.Warn(
            folder,
            $"The folder '{folder.Name}' holds undo scripts ({scripts.Count}) that are not read there, so their migrations "
                + "have no undo.",
            $"Move them to '{FolderNames.Rollback[0]}' in the migration folder, or beside their migrations with '.down.sql' at the end: "
                + $"'{scripts[0].Name}' as '{DownName(scripts[0].Name)}'."
        );

    private static string DownName(string name) =>
        MigrationFileName.TryParse(name, rollbackSuffix: true, out var parsed)
            ? $"{parsed.FullName}.down.sql"
            : $"<number>_{Path.GetFileNameWithoutExtension(name)}.down.sql";
}
