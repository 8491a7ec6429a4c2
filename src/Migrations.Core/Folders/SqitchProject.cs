namespace Migrations.Folders;

/// <summary>Recognizes a Sqitch project.</summary>
internal static class SqitchProject
{
    private static readonly string[] Folders = ["deploy", "revert", "verify"];

    /// <summary>
    /// Sqitch keeps the order in its plan and each half in a folder of its own, without numbers, see <see
    /// href="https://sqitch.org/docs/manual/sqitchtutorial/"/>.
    /// </summary>
    public static void Reject(string root, FolderContent content)
    {
        var project = FolderNames.Contains(Folders, Path.GetFileName(root)) ? Path.GetDirectoryName(root) ?? root : root;
        var plan = Path.Combine(project, "sqitch.plan");
        if (!File.Exists(plan))
        {
            if (content.Files.Count > 0 || !Array.TrueForAll(Folders[..2], f => Directory.Exists(Path.Combine(root, f))))
                return;
            plan = Path.Combine(root, Folders[0]);
        }

        var isMigrationFolder = content.Files.Count > 0 && string.Equals(project, root, StringComparison.Ordinal);
        (isMigrationFolder ? content.Warnings : content.Problems).Add(
            new FileProblem(
                ErrorId.FileNameInvalid,
                new ScriptLocation(plan, 1),
                "The folder is a Sqitch project; its plan and its deploy and revert scripts are not supported.",
                "Convert each change to a migration, in the order of the plan: deploy/users.sql as '001_users.sql', "
                    + $"revert/users.sql as '001_users.down.sql'. {NotSql.GoOn}"
            )
        );
    }
}
