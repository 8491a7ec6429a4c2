namespace Migrations.Folders;

/// <summary>A folder that is one migration, with its scripts in it: <c>0001_users/up.sql</c>.</summary>
internal static class FolderPerMigration
{
    public static void AddTo(FolderContent content, FolderEntry folder, IReadOnlyList<FolderEntry> entries)
    {
        var scripts = entries
            .Where(e => !e.IsFolder && MigrationFileName.IsSql(e.Name) && !FolderNames.Contains(FolderNames.NoMigrations, e.Name))
            .ToList();
        foreach (var entry in entries.Where(e => !e.IsFolder && !MigrationFileName.IsSql(e.Name)))
        {
            if (LeftOutFile.Of(entry.Name, FolderNames.Contains(FolderNames.OwnScripts, entry.Name.Split('.')[0])) is { } leftOut)
                content.LeaveOut(entry, leftOut);
        }

        content.ChecksumFiles.AddRange(
            entries.Where(e => e.Name.EndsWith(".sha256", StringComparison.OrdinalIgnoreCase)).Select(e => e.Path)
        );
        if (scripts.Count == 0)
        {
            content.Warn(
                folder,
                "The folder is named like a migration but contains no script, and is ignored.",
                "Create 'up.sql' in it, or delete the folder."
            );
            return;
        }

        AddScripts(content, folder, entries, scripts);
    }

    private static void AddScripts(
        FolderContent content,
        FolderEntry folder,
        IReadOnlyList<FolderEntry> entries,
        IReadOnlyList<FolderEntry> scripts
    )
    {
        var numberLength = MigrationFileName.NumberLength(folder.Name);
        var number = folder.Name[..numberLength];
        var rest = folder.Name[numberLength..];
        var settings = DieselMetadata.Read(
            entries.FirstOrDefault(e => string.Equals(e.Name, "metadata.toml", StringComparison.Ordinal)).Path,
            content.Problems
        );
        foreach (var script in scripts)
        {
            if (FormOf(script.Name) is not { } form)
            {
                content.Report(
                    script,
                    "A migration's own folder contains only its scripts, and this file is not one of them.",
                    "Rename it to 'up.sql' or 'down.sql', or move it out of the folder."
                );
                continue;
            }

            var isDown = script.Name.StartsWith("down", StringComparison.OrdinalIgnoreCase);
            content.Add(
                script,
                new MigrationFileName(number, rest.Trim('_', ' ', '-'), folder.Name, isDown, form),
                form,
                isDown,
                versionFolder: null
            );
            content.Files[^1] = content.Files[^1] with { Settings = settings };
        }
    }

    public static FileForm? FormOf(string fileName) =>
        fileName.ToUpperInvariant() switch
        {
            "UP.SQL" or "DOWN.SQL" => FileForm.FolderEach,
            "MIGRATION.SQL" => FileForm.FolderEachWhole,
            _ => null,
        };
}
