namespace Migrations.Folders;

/// <summary>The errors about a folder that is not there, or not the right one.</summary>
internal static class MissingFolder
{
    /// <summary>The folder does not exist. Names a similar one nearby.</summary>
    public static MigrationException Error(string folder)
    {
        if (File.Exists(folder))
            return new MigrationException(
                ErrorId.FolderMissing,
                $"'{folder}' is a file. Expected a folder with migrations.",
                $"Specify the folder: {CallOption.Path.Of(Path.GetDirectoryName(folder))}"
            );
        if (ClosedFolder.Find(folder) is { } closed)
            return new MigrationException(
                ErrorId.FileUnreadable,
                $"The migration folder '{folder}' cannot be read: access to the folder '{closed}' is denied.",
                ClosedFolder.Way
            );
        var existing = folder;
        while (existing is not null && !Directory.Exists(existing))
            existing = Path.GetDirectoryName(existing);
        var near = existing is null ? null : FindNear(existing, Path.GetFileName(folder));
        return new MigrationException(
            ErrorId.FolderMissing,
            $"The migration folder does not exist: '{folder}'{(near is null ? "." : $"; did you mean '{near}'?")}",
            near is null
                ? Advice.Of($"Specify the folder with {CallOption.Path}, or create it with its first migration: {Call.Create.On("<name>")}")
                : $"Specify that folder: {CallOption.Path.Of(near)}"
        );
    }

    /// <summary>The folder holds no migrations itself, but its subfolders do: mostly those of several services.</summary>
    public static MigrationException OnlyInSubfolders(string folder, List<string> subfolders)
    {
        var first = Path.Combine(folder, subfolders[0]);
        Advice? services =
            subfolders.Count == 1
                ? null
                : Advice.Of(
                    $" If they are services that share a database, run each separately, with its name: {CallOption.Path.Of(first)} "
                        + $"{CallOption.Service.Of(Path.GetFileName(subfolders[0]))}"
                );
        return new MigrationException(
            ErrorId.FolderMissing,
            $"The folder '{folder}' contains no migrations itself, but its subfolders do: "
                + $"{string.Join(", ", subfolders.Take(10))}{(subfolders.Count > 10 ? ", ..." : "")}.",
            $"Specify one of them: {CallOption.Path.Of(first)}.{services}"
        );
    }

    /// <summary>The folder holds the undo scripts of its parent: read by itself, each of them would run as an up script.</summary>
    public static MigrationException OnlyUndo(string folder) =>
        new(
            ErrorId.FolderMissing,
            $"The folder '{folder}' contains down scripts, which would run as up scripts if the folder were read on its own.",
            $"Specify the migration folder: {CallOption.Path.Of(Path.GetDirectoryName(folder))}"
        );

    /// <summary>
    /// Neither the folder nor the database has a migration: then the folder is usually not the intended one, and nothing is up to date.
    /// </summary>
    public static MigrationException Empty(MigrationFolder read)
    {
        var folder = read.Path;
        if (!read.IsOnDisk)
            return new MigrationException(
                ErrorId.FolderEmpty,
                $"The source '{folder}' contains no migrations, and the database has no migration history.",
                $"Add the migrations to the source. If it is intentionally empty, use {CallOption.AllowEmpty}."
            );
        var others = Directory.EnumerateFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal).Take(4).ToList();
        var holds = others.Count == 0 ? "" : $" It contains: {string.Join(", ", others.Take(3))}{(others.Count > 3 ? ", ..." : "")}.";
        return new MigrationException(
            ErrorId.FolderEmpty,
            $"The folder '{folder}' contains no migrations, and the database has no migration history.{holds}",
            $"Is this the right folder? Specify another one with {CallOption.Path}, or create the first migration: "
                + $"{Call.Create.On("<name>")}. "
                + $"If it is intentionally empty, use {CallOption.AllowEmpty}."
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
