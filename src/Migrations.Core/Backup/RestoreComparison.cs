using Migrations.Databases;
using Migrations.Events;

namespace Migrations.Backup;

/// <summary>Compares a restored database with the manifest of its backup.</summary>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database that the backup replaces.</param>
/// <param name="options">How to connect.</param>
/// <param name="backup">The backup.</param>
/// <param name="acceptFaults">Whether differences are warnings.</param>
internal sealed class RestoreComparison(
    IDatabaseDriver driver,
    DatabaseTarget target,
    BackupOptions options,
    DatabaseBackup backup,
    bool acceptFaults
)
{
    /// <summary>As this one, of a database whose history got a row with the stamp when it was restored.</summary>
    public RestoreComparison After(RestoreOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return outcome.StampedTables.Count > 0 && backup.Manifest is { } manifest && manifest.HasCounts()
            ? new RestoreComparison(
                driver,
                target,
                options,
                backup with
                {
                    Manifest = outcome.StampedTables.Aggregate(manifest, WithRow),
                },
                acceptFaults
            )
            : this;
    }

    private static BackupManifest WithRow(BackupManifest manifest, string table) =>
        manifest with
        {
            Tables = manifest.Tables.Any(t => string.Equals(t.Table, table, StringComparison.Ordinal))
                ?
                [
                    .. manifest.Tables.Select(t =>
                        string.Equals(t.Table, table, StringComparison.Ordinal) ? t with { Rows = t.Rows + 1 } : t
                    ),
                ]
                : [.. manifest.Tables, new TableContent(table, Rows: 1)],
        };

    /// <summary>Compares what was restored with the manifest.</summary>
    /// <param name="restored">Where it was restored to.</param>
    /// <param name="state">What that means for the database, as the beginning of a sentence.</param>
    /// <param name="kept">Where the old state is, as a sentence after a space.</param>
    /// <param name="isWrittenSince">Whether others may have written meanwhile; null where that is impossible.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlyList<CheckResult>> RunAsync(
        DatabaseTarget restored,
        string state,
        string kept,
        Func<bool>? isWrittenSince,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<CheckResult> checks;
        try
        {
            var session = await driver
                .OpenAsync(restored, options.SessionFor(backup) with { Access = SessionAccess.Read }, cancellationToken)
                .ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
                checks = await new BackupComparison(session, backup.Manifest, target.Display)
                    .RunAsync(thorough: false, digests: false, cancellationToken)
                    .ConfigureAwait(false);
        }
        catch (MigrationException e)
        {
            throw new MigrationException(
                ErrorId.RestoreUnproven,
                $"{state}, and what '{backup.Path}' contains could not be compared with its manifest. {e.Message}{kept}",
                $"Check it: {Call.Check.With(CallOption.Category.Of("engine"))}",
                e
            );
        }

        if (isWrittenSince?.Invoke() == true)
            checks = [.. checks.Select(Excuse)];
        var failed = checks.Where(c => c.Status == CheckStatus.Fail).ToList();
        if (failed.Count == 0)
            return checks;
        if (acceptFaults)
        {
            foreach (var accepted in failed)
                Warn($"{target.Display} was restored with a fault: {accepted.Message}");
            return checks;
        }

        throw new MigrationException(
            ErrorId.RestoreUnproven,
            $"{state}, and what '{backup.Path}' contains does not match its manifest. "
                + $"{string.Join(' ', failed.Select(c => c.Message))}{kept}",
            $"Unless another session has written to it in the meantime, restore another backup: '{Call.Backups.On("<folder>")}' "
                + $"shows which are proven."
        );
    }

    /// <summary>What others have written since is not the fault of the restore, whose own content was compared before.</summary>
    private CheckResult Excuse(CheckResult check)
    {
        if (check is not { Status: CheckStatus.Fail, Category: CheckCategory.Backup, Name: BackupComparison.Rows })
            return check;
        Warn($"{target.Display} was restored, and others have written to it since. {check.Message}");
        return check with
        {
            Status = CheckStatus.Warn,
            Message = check.Message + " Others have written to it since it was restored.",
            NextStep = null,
        };
    }

    private void Warn(string message) => options.Session.Events.Publish(new WarningRaised(message));
}
