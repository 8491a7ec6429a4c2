namespace Migrations.Databases;

/// <summary>How one engine is backed up and restored. Files are named, checked, catalogued and proven above it.</summary>
public interface IBackupProvider : IBackupFormats
{
    /// <summary>
    /// Writes one snapshot of a database to a path that does not exist yet; a folder is flushed to disk, a single file by the caller. What
    /// is left there when it throws is removed above.
    /// </summary>
    /// <exception cref="MigrationException">The database refuses, a client tool is missing or older than the server, or the disk is
    /// full.</exception>
    Task<BackupContent> BackUpAsync(DatabaseTarget source, BackupJob job, CancellationToken cancellationToken);

    /// <summary>Loads a backup into an empty scratch database.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupInvalid"/>: it cannot be read to its end, or the engine refuses what
    /// is in it.</exception>
    Task LoadAsync(BackupSource backup, DatabaseTarget empty, SessionOptions options, CancellationToken cancellationToken);

    /// <summary>Puts a backup in the place of a database, all or nothing, under the migration lock, keeping the old state.</summary>
    /// <exception cref="MigrationException">Nothing was changed; or the message says what was kept, and where.</exception>
    Task<RestoreOutcome> RestoreAsync(BackupSource backup, DatabaseTarget target, RestoreJob job, CancellationToken cancellationToken);

    /// <summary>
    /// Demands that a database can be restored where and as it is reached, before anything is done that a restore may have to take back.
    /// </summary>
    /// <exception cref="MigrationException">It cannot, with the reason.</exception>
    Task DemandRestorableAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The databases on the server that restores have kept; null where an engine keeps old states in files.</summary>
    IKeptDatabases? KeptDatabases => null;

    /// <summary>Copies what can still be read of a corrupt database into a new one.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.SalvageUnsupported"/>: this engine cannot.</exception>
    Task<IReadOnlyList<SalvagedTable>> SalvageAsync(DatabaseTarget source, string destination, CancellationToken cancellationToken) =>
        throw new MigrationException(
            ErrorId.SalvageUnsupported,
            $"{source.Engine} databases cannot be salvaged: only the server can read their files.",
            "Restore the newest proven backup."
        );
}
