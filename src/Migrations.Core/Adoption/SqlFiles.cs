using Migrations.Folders;

namespace Migrations.Adoption;

/// <summary>Finds the files of SQL that make a schema, in the order in which they run.</summary>
internal static class SqlFiles
{
    /// <summary>The file itself, or the SQL files of a folder: by the plan of a Sqitch project, else by number and name.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.FileUnreadable"/>: no file is there, or it cannot be read.</exception>
    public static IReadOnlyList<string> Find(string path)
    {
        if (File.Exists(path))
            return [path];
        if (!Directory.Exists(path))
            throw Unreadable($"The path '{path}' does not exist.");
        try
        {
            var files = SqitchPlan.Find(path) is { } plan ? SqitchPlan.Deployed(plan) : InOrder(path);
            return files.Count > 0 ? files : throw Unreadable($"The folder '{path}' contains no SQL file.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Unreadable($"The folder '{path}' cannot be read: {e.Message}");
        }
    }

    private static List<string> InOrder(string folder) =>
        [
            .. FolderEntry
                .In(folder)
                .Where(e => !e.IsFolder && MigrationFileName.IsSql(e.Name))
                .Select(e => (e.Path, Name: MigrationFileName.TryParse(e.Name, rollbackSuffix: true, out var name) ? name : null))
                .Where(f => f.Name is not { IsDown: true })
                .OrderBy(f => f.Name?.Version is null)
                .ThenBy(f => f.Name?.Version)
                .ThenBy(f => f.Path, StringComparer.Ordinal)
                .Select(f => f.Path),
        ];

    private static MigrationException Unreadable(string message) =>
        new(
            ErrorId.FileUnreadable,
            message,
            $"Name a file of SQL, or a folder with such files in it, with {CallOption.Sql}: what the other tool prints as SQL, or its own "
                + $"scripts."
        );
}
