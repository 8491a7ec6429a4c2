namespace Migrations.Folders;

/// <summary>Migrations that are programs or changelogs: they are not run, and what can be done is said.</summary>
internal static class NotSql
{
    private static readonly string[] Changelogs = [".xml", ".yaml", ".yml", ".json"];

    /// <summary>What can be done where another tool has applied them already.</summary>
    public static Advice GoOn =>
        $"To go on from what their tool has applied, give the SQL migrations to come a folder of their own "
        + $"({CallOption.Path}), and take its "
        + $"history over by name, proven by the SQL of these: {Call.Adopt.With(CallOption.Sql.Of("<folder>"))}";

    /// <summary>The problem with a file that is numbered like a migration.</summary>
    public static void Report(FolderContent content, FolderEntry entry) =>
        content.Report(
            entry,
            "The file looks like a migration that is not written in SQL; only SQL and PowerShell migrations can be run.",
            $"Write it in SQL as '{Path.ChangeExtension(entry.Name, ".sql")}', or move it out of the folder. {GoOn}"
        );

    /// <summary>
    /// Refuses a folder without any SQL that holds programs whose names say nothing about their order, as Alembic's, or a changelog of
    /// Liquibase's. Beside SQL, a changelog is a warning.
    /// </summary>
    public static void RejectFolder(IReadOnlyList<FolderEntry> entries, FolderContent content)
    {
        var others = entries.Where(e => !e.IsFolder).ToList();
        if (others.Find(e => IsChangelog(e.Name)) is { Path: not null } changelog)
            AddChangelog(content, changelog);
        else if (
            content is { Files.Count: 0, Misfits.Count: 0, Problems.Count: 0, HasChecks: false, Hooks.Count: 0 }
            && others.Find(e => FolderNames.Contains(FolderNames.Languages, Path.GetExtension(e.Name))) is { Path: not null } program
        )
            content.Report(
                program,
                "The folder holds no SQL, but programs; only SQL and PowerShell migrations can be run.",
                $"Is this the right folder? Specify another one with {CallOption.Path}. {GoOn}"
            );
    }

    private static bool IsChangelog(string name) =>
        name.Contains("changelog", StringComparison.OrdinalIgnoreCase) && FolderNames.Contains(Changelogs, Path.GetExtension(name));

    private static void AddChangelog(FolderContent content, FolderEntry entry) =>
        (content.Files.Count > 0 ? content.Warnings : content.Problems).Add(
            new FileProblem(
                ErrorId.FileNameInvalid,
                new ScriptLocation(entry.Path, 1),
                "The file is a Liquibase changelog; its changesets, their order and their conditions are not read.",
                $"Write the changesets as numbered migrations in SQL. {GoOn}"
            )
        );
}
