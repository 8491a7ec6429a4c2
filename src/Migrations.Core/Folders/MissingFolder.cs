namespace Migrations.Folders;

/// <summary>The errors about a folder that is not there, or not the right one.</summary>
internal static class MissingFolder
{
    /// <summary>The folder does not exist. Names one near by that may be meant.</summary>
    public static MigrationException Error(string folder)
    {
        if (File.Exists(folder))
            return new MigrationException(ErrorId.FolderMissing, $"'{folder}' is a file; a folder with migrations in it is expected.",
                $"Give the folder: --path '{Path.GetDirectoryName(folder)}'");
        var existing = folder;
        while (existing is not null && !Directory.Exists(existing))
            existing = Path.GetDirectoryName(existing);
        var near = existing is null ? null : FindNear(existing, Path.GetFileName(folder));
        return new MigrationException(ErrorId.FolderMissing,
            $"There is no migration folder '{folder}'{(near is null ? "." : $", but there is '{near}'.")}",
            near is null ? "Give the folder with --path, or make it with its first migration: migrations create <name>" : $"Give that folder: --path '{near}'");
    }

    /// <summary>The folder holds no migrations itself, but its subfolders do.</summary>
    public static MigrationException OnlyInSubfolders(string folder, List<string> subfolders) => new(ErrorId.FolderMissing,
        $"The folder '{folder}' holds no migrations itself, but its subfolders do: {string.Join(", ", subfolders.Take(10))}.",
        $"Give the folder that is meant: --path '{Path.Combine(folder, subfolders[0])}'");

    private static string? FindNear(string parent, string name)
    {
        try
        {
            var folders = Directory.GetDirectories(parent);
            Array.Sort(folders, StringComparer.Ordinal);
            return Array.Find(folders, f => Path.GetFileName(f).Equals(name, StringComparison.OrdinalIgnoreCase))
                ?? Array.Find(folders, f => Path.GetFileName(f).Contains("migration", StringComparison.OrdinalIgnoreCase))
                ?? Array.Find(folders.Select(f => Path.Combine(f, "migrations")).ToArray(), Directory.Exists);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
