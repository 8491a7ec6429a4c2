using Migrations.Backup;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Planning;
using Migrations.Running;
using Migrations.Sql;

namespace Migrations;

/// <summary>
/// What stands behind a run: a backup from before its first step, the command that restores it, and on request the restore itself.
/// </summary>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database.</param>
/// <param name="session">How to connect.</param>
/// <param name="request">The backup that is wanted; null: none.</param>
/// <param name="restoreOnFailure">Whether what no rollback undid is restored.</param>
/// <param name="check">What is checked after the run.</param>
internal sealed class RunProtection(
    IDatabaseDriver driver,
    DatabaseTarget target,
    SessionOptions session,
    BackupRequest? request,
    bool restoreOnFailure,
    RunCheck check
)
{
    private readonly BackupManager _manager = new(driver, target, new BackupOptions { Session = session });
    private DatabaseBackup? _backup;
    private long? _lastId;

    /// <summary>Backs up, then runs. The lock is held.</summary>
    public async Task<IReadOnlyList<MigrationResult>> RunAsync(
        IDatabaseSession locked,
        MigrationRun run,
        MigrationPlan plan,
        IReadOnlyList<ScriptAnalysis> analyses,
        CancellationToken cancellationToken
    )
    {
        if (request is not null)
            await BackUpAsync(request, plan, cancellationToken).ConfigureAwait(false);
        run.Backup = _backup?.Path;
        try
        {
            var results = await run.RunAsync(plan, analyses, cancellationToken).ConfigureAwait(false);
            await check.DemandAsync(results, cancellationToken).ConfigureAwait(false);
            return results;
        }
        catch (MigrationException e) when (IsRestored(e))
        {
            _lastId = await FindLastIdAsync(locked, run).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// The last row of the history, as long as all are this run's: what another run wrote while the lock was lost, or writes once it is
    /// free, must not be restored over. Null when another did, or nobody can tell.
    /// </summary>
    private static async Task<long?> FindLastIdAsync(IDatabaseSession locked, MigrationRun run)
    {
        try
        {
            var journal = await locked.History.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            return run.IsAlone(journal) ? journal.Select(e => e.Id).LastOrDefault() : null;
        }
        catch (MigrationException)
        {
            // What failed before is told.
            return null;
        }
    }

    /// <summary>
    /// Adds the way back to what a run throws, and goes it where that was asked for. The session has ended and the lock is free: a restore
    /// takes it itself.
    /// </summary>
    public async Task<IReadOnlyList<MigrationResult>> RecoverAsync(
        Func<Task<IReadOnlyList<MigrationResult>>> run,
        CancellationToken cancellationToken
    )
    {
        if (restoreOnFailure && request is null)
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "A failed run can be restored only from a backup.",
                "Name the folder for it with --backup."
            );
        try
        {
            return await run().ConfigureAwait(false);
        }
        catch (MigrationException e) when (_backup is not null)
        {
            e.Backup = _backup.Path;
            if (IsRestored(e) && _lastId is not null)
                await RestoreAsync(e, cancellationToken).ConfigureAwait(false);
            else
                e.NextStep +=
                    (
                        IsRestored(e)
                            ? " It was not restored: whether another run has worked on it meanwhile cannot be told, or one has."
                            : ""
                    ) + WayBack;
            throw;
        }
    }

    private string WayBack => $" The state before this run is in '{_backup!.Path}'; to go back to it: {Command}";

    /// <summary>The exact command, without secrets: where a password is needed it is found as it was found for this run.</summary>
    private string Command => $"migrations restore \"{_backup!.Path}\" --database \"{target.Display}\"";

    private bool IsRestored(MigrationException failure) =>
        restoreOnFailure && _backup is not null && failure.LeftBehind && failure.Id != ErrorId.Cancelled;

    private async Task BackUpAsync(BackupRequest wanted, MigrationPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            if (restoreOnFailure)
                await driver.Backups.DemandRestorableAsync(target, session, cancellationToken).ConfigureAwait(false);
            _backup = await _manager.BackUpAsync(wanted, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e)
        {
            e.NotApplied = [.. plan.Steps.Select(s => s.Migration.FullName)];
            throw;
        }
    }

    private async Task RestoreAsync(MigrationException failure, CancellationToken cancellationToken)
    {
        try
        {
            var restore = new RestoreRequest { KeepLabel = "failed", ExpectedLastId = _lastId };
            var result = await _manager.RestoreAsync(_backup!, restore, cancellationToken).ConfigureAwait(false);
            failure.NotApplied = [.. failure.Applied.Select(r => r.Name), .. failure.NotApplied];
            failure.Applied = [];
            failure.InDatabase = "the state before this run, which was restored";
            failure.NextStep +=
                $" The database was restored to its state before this run, from '{_backup!.Path}'; the failed state is kept as "
                + $"'{result.Kept}'.";
        }
        catch (Exception e) when (e is MigrationException or OperationCanceledException)
        {
            session.Events.Publish(new WarningRaised($"The database could not be restored: {e.Message}"));
            failure.NextStep += $" The database could not be restored ({e.Message})." + WayBack;
        }
    }
}
