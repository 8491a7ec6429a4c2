namespace Migrations.Databases;

/// <summary>How a backup is put in a database's place.</summary>
public sealed record RestoreJob
{
    /// <summary>The folder in which a copy of the old state is kept, where the engine keeps it in a file.</summary>
    public required string KeepFolder { get; init; }

    /// <summary>The name, without extension, that the kept copy is given.</summary>
    public required string KeepName { get; init; }

    /// <summary>
    /// The end of <see cref="KeepName"/> that distinguishes one old state from another: where names must be short, what precedes it is cut.
    /// </summary>
    public string KeepEnd { get; init; } = "";

    /// <summary>What the kept state is: <c>before_restore</c>, or <c>failed</c>.</summary>
    public string KeepLabel { get; init; } = "before_restore";

    /// <summary>When the restore began (UTC).</summary>
    public DateTimeOffset At { get; init; } = DateTimeOffset.UtcNow;

    /// <summary>The name of the backup that is restored, as it stands in its folder; null when that is not known.</summary>
    public string? BackupName { get; init; }

    /// <summary>How many jobs read at once.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>
    /// The highest row id that the history may have, looked at under the lock: when another run has written since, nothing is restored over
    /// it. Null: whatever it has.
    /// </summary>
    public long? ExpectedLastId { get; init; }

    /// <summary>
    /// Looks at what was restored before it takes the database's place, so that no one has written to it yet, and throws to keep it from
    /// that. A driver that restores into the place itself does not ask; then the database is looked at afterwards.
    /// </summary>
    public Func<DatabaseTarget, CancellationToken, Task>? DemandAsync { get; init; }

    /// <summary>
    /// The stamp of the restored database. It is written before the restored content takes the database's place, where that is possible.
    /// </summary>
    public RestoreStamp? Stamp { get; init; }

    /// <summary>How to connect and to wait for the lock, and where progress goes.</summary>
    public SessionOptions Session { get; init; } = new();

    /// <summary>
    /// Demands that no other run has written to the history, and that the database is of the right environment. Called under the lock,
    /// before anything is changed.
    /// </summary>
    /// <param name="history">The history of the database that is to be replaced.</param>
    /// <param name="target">The database.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.LockLost"/> or <see cref="ErrorId.StampDiffers"/>.</exception>
    public async Task DemandReplaceableAsync(IHistoryStore history, DatabaseTarget target, CancellationToken cancellationToken)
    {
        if (Stamp is not null)
            await Stamp.DemandAsync(history, target, cancellationToken).ConfigureAwait(false);
        if (ExpectedLastId is not { } expected || await history.ReadLastIdAsync(cancellationToken).ConfigureAwait(false) == expected)
            return;
        throw new MigrationException(
            ErrorId.LockLost,
            $"Another run has changed {target.Display} since, and a restore would discard its changes. Nothing was restored.",
            $"See what happened with '{Call.History}', and restore manually if that is still required."
        );
    }
}
