namespace Migrations.Folders;

/// <summary>The errors about a folder that is not there, or not the right one.</summary>
internal static class MissingFolder
{
    /// <summary>The folder does not exist. Names one near by that may be meant.</summary>
    public static MigrationException Error(string folder)
    {
        if (File.Exists(folder))
            return new MigrationException(
                ErrorId.FolderMissing,
                $"'{folder}' is a file; a folder with migrations in it is expected.",
                $"Give the folder: --path '{Path.GetDirectoryName(folder)}'"
            );
        var existing = folder;
        while (existing is not null && !Directory.Exists(existing))
            existing = Path.GetDirectoryName(existing);
        var near = existing is null ? null : FindNear(existing, Path.GetFileName(folder));
        return new MigrationException(
            ErrorId.FolderMissing,
            $"There is no migration folder '{folder}'{(near is null ? "." : $", but there is '{near}'.")}",
            near is null
                ? "Give the folder with --path, or make it with its first migration: migrations create <name>"
                : $"Give that folder: --path '{near}'"
        );
    }

    /// <summary>The folder holds no migrations itself, but its subfolders do: mostly those of several services.</summary>
    public static MigrationException OnlyInSubfolders(string folder, List<string> subfolders)
    {
        var first = Path.Combine(folder, subfolders[0]);
        var services =
            subfolders.Count == 1
                ? ""
                : $" If they are the services of one database, name each with its folder, one run for each: --path '{first}' "
                    + $"--service {Path.GetFileName(subfolders[0])}";
        return new MigrationException(
            ErrorId.FolderMissing,
            $"The folder '{folder}' holds no migrations itself, but its subfolders do: "
                + $"{string.Join(", ", subfolders.Take(10))}{(subfolders.Count > 10 ? ", ..." : "")}.",
            $"Give the folder that is meant: --path '{first}'.{services}"
        );
    }

    /// <summary>The folder holds the undo scripts of its parent: read by itself, each of them would run as an up script.</summary>
    public static MigrationException OnlyUndo(string folder) =>
        new(
            ErrorId.FolderMissing,
            $"The folder '{folder}' holds undo scripts, which would run as migrations if it were read by itself.",
            $"Give the folder of the migrations: --path '{Path.GetDirectoryName(folder)}'"
        );

    /// <summary>
    /// Neither the folder nor the database has a migration: then the folder is mostly not the one that is meant, and nothing is up to date.
    /// </summary>
    public static MigrationException Empty(string folder)
    {
        var others = Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).Take(4).ToList();
        var holds = others.Count == 0 ? "" : $" It holds: {string.Join(", ", others.Take(3))}{(others.Count > 3 ? ", ..." : "")}.";
        return new MigrationException(
            ErrorId.FolderEmpty,
            $"The folder '{folder}' holds no migrations, and the database has no history of any.{holds}",
            "Is this the right folder? Give another one with --path, or make the first migration: migrations create <name>. "
                + "If it is meant to be empty, use --allow-empty."
        );
    }

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
