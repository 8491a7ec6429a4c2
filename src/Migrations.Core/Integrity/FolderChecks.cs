using Migrations.Folders;

namespace Migrations.Integrity;

/// <summary>Asks the migration folder: whether every file is named and numbered by the rules. Pure.</summary>
internal static class FolderChecks
{
    private const string Name = "naming";

    /// <summary>The answers for a folder that was read.</summary>
    public static IEnumerable<CheckResult> Judge(MigrationFolder folder)
    {
        if (folder.Warnings.Count == 0)
            yield return Of(CheckStatus.Pass, $"All {folder.Migrations.Count} migrations are named and numbered correctly.");
        foreach (var warning in folder.Warnings)
            yield return Of(warning, CheckStatus.Warn);
    }

    /// <summary>The answers for a folder that cannot be used.</summary>
    public static IEnumerable<CheckResult> Judge(MigrationException error) =>
        error is FolderException folder
            ? folder.Problems.Select(p => Of(p, CheckStatus.Fail))
            : [Of(CheckStatus.Fail, error.Message) with { NextStep = error.NextStep }];

    private static CheckResult Of(FileProblem problem, CheckStatus status) =>
        Of(status, Named(problem)) with
        {
            Target = problem.Location.ToString(),
            NextStep = problem.Remedy,
        };

    private static string Named(FileProblem problem) =>
        problem.Message.Contains(Path.GetFileName(problem.Location.File), StringComparison.Ordinal)
            ? problem.Message
            : $"{problem.Location}: {problem.Message}";

    private static CheckResult Of(CheckStatus status, string message) =>
        new()
        {
            Name = Name,
            Category = CheckCategory.Folder,
            Status = status,
            Message = message,
        };
}
