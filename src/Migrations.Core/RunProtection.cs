using Migrations.Backup;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Planning;
using Migrations.Running;

namespace Migrations;

/// <summary>
/// What stands behind a run: a backup from before its first step, the command that restores it, and on request the restore itself.
/// </summary>
/// <param name="driver">The database's driver.</param>
/// <param name="target">The database.</param>
/// <param name="session">How to connect.</param>
/// <param name="request">The backup that is requested; null: none.</param>
/// <param name="restoreOnFailure">Whether what no rollback undid is restored.</param>
/// <param name="acceptFaults">Whether that may leave out what the server cannot make of the backup.</param>
internal sealed class RunProtection(
    IDatabaseDriver driver,
    DatabaseTarget target,
    SessionOptions session,
    BackupRequest? request,
    bool restoreOnFailure,
    bool acceptFaults
)
{
    private readonly BackupManager _manager = new(driver, target, new BackupOptions { Session = session });
    private long? _lastId;

    /// <summary>The backup that was made; null before, and where none is requested.</summary>
    public DatabaseBackup? Backup { get; private set; }

    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: a restore is requested, and no backup.</exception>
    public void DemandBackup()
    {
        if (restoreOnFailure && request is null)
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "Restoring after a failed run requires a backup.",
                "Specify its folder with --backup."
            );
    }

    /// <summary>Creates the backup that is requested. The lock is held.</summary>
    public async Task BackUpAsync(MigrationPlan plan, CancellationToken cancellationToken)
    {
        if (request is null)
            return;
        try
        {
            if (restoreOnFailure)
                await driver.Backups.DemandRestorableAsync(target, session, cancellationToken).ConfigureAwait(false);
            Backup = await _manager.BackUpAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (MigrationException e)
        {
            e.NotApplied = [.. plan.Steps.Select(s => s.Migration.FullName)];
            throw;
        }
    }

    /// <summary>Whether the database is restored after a failure: it left something behind, and a restore was requested.</summary>
    public bool Restores(MigrationException failure) =>
        restoreOnFailure && Backup is not null && failure.LeftBehind && failure.Id != ErrorId.Cancelled;

    /// <summary>
    /// Notes the last row of the history while the lock is still held, as long as all are this run's: what another run wrote while the lock
    /// was lost, or writes once it is free, must not be restored over. Nothing is noted when another did, or no one can say.
    /// </summary>
    public async Task NoteStateAsync(IDatabaseSession locked, MigrationRun run)
    {
        try
        {
            var journal = await locked.History.ReadAsync(CancellationToken.None).ConfigureAwait(false);
            _lastId = run.IsAlone(journal) ? journal.Select(e => e.Id).LastOrDefault() : null;
        }
        catch (MigrationException)
        {
            // What failed before is reported.
            _lastId = null;
        }
    }

    /// <summary>
    /// Restores the backup where that was asked for, and says the way back otherwise. The session has ended and the lock is free: a restore
    /// takes it itself.
    /// </summary>
    public async Task RestoreAsync(MigrationException failure, CancellationToken cancellationToken)
    {
        failure.Backup = Backup!.Path;
        if (!Restores(failure))
            failure.NextStep += WayBack;
        else if (_lastId is null)
            failure.NextStep += " It was not restored, because another run may have changed it in the meantime." + WayBack;
        else
            await RestoreBackupAsync(failure, cancellationToken).ConfigureAwait(false);
    }

    private string WayBack => $" The state before this run is in '{Backup!.Path}'; to restore it: {Command}";

    /// <summary>The exact command, without secrets: where a password is needed it is found as it was found for this run.</summary>
    private string Command => $"migrations restore \"{Backup!.Path}\" --database \"{target.Display}\"";

    private async Task RestoreBackupAsync(MigrationException failure, CancellationToken cancellationToken)
    {
        try
        {
            var restore = new RestoreRequest
            {
                KeepLabel = "failed",
                ExpectedLastId = _lastId,
                AcceptFaults = acceptFaults,
            };
            // It was made a moment ago by this run, and its SHA-256 is not read from the disk: what it runs, the database ran.
            var manager = new BackupManager(driver, target, new BackupOptions { Session = session, AcceptUnseenCode = true });
            var result = await manager.RestoreAsync(Backup!, restore, cancellationToken).ConfigureAwait(false);
            failure.NotApplied = [.. failure.Applied.Select(r => r.Name), .. failure.NotApplied];
            failure.Applied = [];
            failure.InDatabase = "the state before this run (restored)";
            failure.NextStep +=
                $" The database was restored to its state before this run, from '{Backup!.Path}'; the failed state is kept as "
                + $"'{result.Kept}'."
                + (
                    result.LeftOut.Count == 0
                        ? ""
                        : " Left out, because the server could not make it: " + $"{string.Join("; ", result.LeftOut)}."
                );
        }
        catch (Exception e) when (e is MigrationException or OperationCanceledException)
        {
            session.Events.Publish(new WarningRaised($"The database could not be restored: {e.Message}"));
            failure.NextStep +=
                $" The database could not be restored ({e.Message})."
                + WayBack
                + (e is MigrationException { Id: ErrorId.BackupInvalid } ? " --accept-faults" : "");
        }
    }
}
