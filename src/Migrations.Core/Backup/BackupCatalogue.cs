using Migrations.Databases;
using Migrations.Events;

namespace Migrations.Backup;

/// <summary>Finds backups on disk. Reads manifests and first bytes, never whole files.</summary>
/// <param name="drivers">The engines whose backups are recognised when a manifest is missing.</param>
/// <param name="clock">The clock that decides what is dated in the future; null for the system's.</param>
public sealed class BackupCatalogue(IReadOnlyList<IDatabaseDriver> drivers, TimeProvider? clock = null)
{
    private readonly UnlistedBackup _unlisted = new(drivers);

    private DateTimeOffset Now => (clock ?? TimeProvider.System).GetUtcNow();

    /// <summary>
    /// All backups of a folder, newest first. Files without a manifest, and manifests that cannot be used, are among them, with what is
    /// wrong. Behind them come those that are dated in the future, and then the states that restores have kept.
    /// </summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupFolderInvalid"/></exception>
    public async Task<IReadOnlyList<DatabaseBackup>> ReadAsync(string folder, CancellationToken cancellationToken = default)
    {
        var path = FolderAccess.Demand(folder);
        List<string> entries;
        try
        {
            entries = [.. Directory.EnumerateFileSystemEntries(path)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.BackupFolderInvalid,
                $"The folder '{path}' cannot be read: {e.Message}",
                "Correct the permissions of the folder.",
                e
            );
        }

        var manifests = entries.Where(e => e.EndsWith(BackupManifestFile.Suffix, StringComparison.Ordinal)).ToList();
        var backups = manifests.ConvertAll(m => ListedBackup.Read(m[..^BackupManifestFile.Suffix.Length], Now));
        var known = backups
            .Select(b => b.Path)
            .Concat(backups.Where(b => b.Globals is not null).Select(b => b.Globals!))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var entry in entries.Except(manifests, StringComparer.Ordinal).Where(e => !known.Contains(e)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await _unlisted.ReadAsync(entry, cancellationToken).ConfigureAwait(false) is { } backup)
                backups.Add(backup);
        }

        return
        [
            .. backups
                .OrderBy(b =>
                    b.Kept is null
                        ? ListedBackup.IsFuture(b.CreatedAt, Now)
                            ? 1
                            : 0
                        : 2
                )
                .ThenByDescending(b => b.CreatedAt)
                .ThenByDescending(b => b.Path, StringComparer.Ordinal),
        ];
    }

    /// <summary>One backup.</summary>
    /// <param name="path">Its file or folder, or its manifest.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupMissing"/></exception>
    public async Task<DatabaseBackup> FindAsync(string path, CancellationToken cancellationToken = default)
    {
        var full = Path.GetFullPath(path);
        if (full.EndsWith(BackupManifestFile.Suffix, StringComparison.Ordinal))
            full = full[..^BackupManifestFile.Suffix.Length];
        var backup = File.Exists(BackupManifestFile.PathOf(full))
            ? ListedBackup.Read(full, Now)
            : await _unlisted.ReadAsync(full, cancellationToken).ConfigureAwait(false);
        if (backup is not null && (File.Exists(full) || Directory.Exists(full)))
            return backup;
        if (ClosedFolder.Find(full) is { } closed)
            throw new MigrationException(
                ErrorId.PermissionDenied,
                $"The backup '{full}' cannot be read: access to the folder '{closed}' is denied.",
                ClosedFolder.Way
            );
        var isFolderOfBackups = Directory.Exists(full) && (await ReadAsync(full, cancellationToken).ConfigureAwait(false)).Count > 0;
        throw new MigrationException(
            ErrorId.BackupMissing,
            isFolderOfBackups ? $"'{full}' is a folder with backups. Expected one of the backups."
                : backup is not null ? $"The backup '{full}' is missing; only its manifest exists."
                : File.Exists(full) || Directory.Exists(full) ? $"'{full}' is not a backup: it has no manifest, and its format is unknown."
                : $"There is no backup at '{full}'.",
            $"List the backups: {Call.Backups.On(isFolderOfBackups ? full : Path.GetDirectoryName(full))}"
        );
    }

    /// <summary>
    /// The newest backup of a database in a folder that nothing is known to be wrong with. Of a database that each machine has for itself,
    /// a backup from this machine comes before those from others.
    /// </summary>
    /// <param name="folder">The folder.</param>
    /// <param name="database">The database that it is of; another one's is never taken for it.</param>
    /// <param name="events">Learns of newer ones that were passed over, and of a backup from another machine; null: no one does.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupMissing"/></exception>
    public async Task<DatabaseBackup> FindLatestAsync(
        string folder,
        DatabaseTarget database,
        IEventSink? events = null,
        CancellationToken cancellationToken = default
    ) =>
        LatestBackup.Choose(
            await ReadAsync(folder, cancellationToken).ConfigureAwait(false),
            folder,
            database,
            events ?? NullEventSink.Instance
        );

    /// <summary>The engine that a backup is of.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupInvalid"/>: its manifest cannot be used, and its first bytes are of no
    /// known format.</exception>
    public IDatabaseDriver DriverOf(DatabaseBackup backup) =>
        drivers.FirstOrDefault(d => string.Equals(d.Engine, backup.Engine, StringComparison.Ordinal))
        ?? throw new MigrationException(
            ErrorId.BackupInvalid,
            $"The database of the backup '{backup.Path}' is unknown. "
                + $"{backup.Problem ?? $"Its manifest names the engine '{backup.Engine}'."}",
            $"Use another backup; list the proven ones: {Call.Backups.On(Path.GetDirectoryName(backup.Path))}"
        );

    /// <summary>
    /// Removes a backup and what belongs to it. The manifest goes last, so that what a killed removal leaves behind is still recognized.
    /// </summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupFolderInvalid"/>: it cannot be removed.</exception>
    public static void Remove(DatabaseBackup backup)
    {
        try
        {
            if (Directory.Exists(backup.Path))
                DeleteFolder(backup.Path);
            File.Delete(backup.Path);
            if (backup.Globals is not null)
                File.Delete(backup.Globals);
            File.Delete(BackupManifestFile.PathOf(backup.Path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.BackupFolderInvalid,
                $"'{backup.Path}' cannot be deleted: {e.Message}",
                "Correct the permissions of the folder.",
                e
            );
        }
    }

    // Another process may remove the same one.
    private static void DeleteFolder(string path)
    {
        try
        {
            Directory.Delete(path, recursive: true);
        }
        catch (IOException) when (!Directory.Exists(path))
        {
            return;
        }
    }
}
