using Migrations.Backup;
using Migrations.Databases;

namespace Migrations.Integrity;

/// <summary>Asks whether killed runs have left copies of data behind.</summary>
internal static class LeftoverChecks
{
    /// <summary>Asks the place where scratch databases are made, and the folder in which backups are expanded.</summary>
    public static async Task<CheckResult> AskAsync(
        IDatabaseDriver driver,
        DatabaseTarget server,
        SessionOptions options,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var databases = await driver.Scratch.FindLeftoversAsync(server, options, cancellationToken).ConfigureAwait(false);
            return Judge([.. databases, .. OwnedFolder.FindLeftovers(UnpackedBackup.Prefix)]);
        }
        catch (MigrationException e) when (e.Category is not FailureCategory.Cancelled)
        {
            return Of(CheckStatus.NotRun, e.Message) with { NextStep = e.NextStep };
        }
    }

    private static CheckResult Judge(IReadOnlyList<string> leftovers)
    {
        if (leftovers.Count == 0)
            return Of(CheckStatus.Pass, "No killed run left a copy behind.");
        var names = string.Join(", ", leftovers);
        return Of(
            CheckStatus.Warn,
            $"Killed runs left {(leftovers.Count == 1 ? "a copy" : $"{leftovers.Count} copies")} behind: {names}."
        ) with
        {
            Actual = names,
            NextStep =
                "The next rehearsal, proof, restore or copy in the same place removes those whose process is known to have ended. Remove "
                + "the others manually.",
        };
    }

    private static CheckResult Of(CheckStatus status, string message) =>
        new()
        {
            Name = "leftovers",
            Category = CheckCategory.Engine,
            Status = status,
            Expected = "none",
            Message = message,
        };
}
