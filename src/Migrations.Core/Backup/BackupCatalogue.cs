using Migrations.Databases;

namespace Migrations.Backup;

/// <summary>Finds backups on disk. Reads manifests and first bytes, never whole files.</summary>
/// <param name="drivers">The engines whose backups are recognised when a manifest is missing.</param>
/// <param name="clock">The clock that decides what is dated in the future; null for the system's.</param>
public sealed class BackupCatalogue(IReadOnlyList<IDatabaseDriver> drivers, TimeProvider? clock = null)
{
    private const long HeadLength = 1 << 16;

    // Clocks of two machines differ by so much at the most.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);

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
        var backups = manifests.ConvertAll(m => WithManifest(m[..^BackupManifestFile.Suffix.Length], Now));
        var known = backups
            .Select(b => b.Path)
            .Concat(backups.Where(b => b.Globals is not null).Select(b => b.Globals!))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var entry in entries.Except(manifests, StringComparer.Ordinal).Where(e => !known.Contains(e)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await WithoutManifestAsync(entry, cancellationToken).ConfigureAwait(false) is { } backup)
                backups.Add(backup);
        }

        return
        [
            .. backups
                .OrderBy(b =>
                    b.Kept is null
                        ? IsFuture(b.CreatedAt, Now)
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
            ? WithManifest(full, Now)
            : await WithoutManifestAsync(full, cancellationToken).ConfigureAwait(false);
        if (backup is not null && (File.Exists(full) || Directory.Exists(full)))
            return backup;
        var isFolderOfBackups = Directory.Exists(full) && (await ReadAsync(full, cancellationToken).ConfigureAwait(false)).Count > 0;
        throw new MigrationException(
            ErrorId.BackupMissing,
            isFolderOfBackups ? $"'{full}' is a folder with backups. Expected one of the backups."
                : backup is not null ? $"The backup '{full}' is missing; only its manifest exists."
                : File.Exists(full) || Directory.Exists(full) ? $"'{full}' is not a backup: it has no manifest, and its format is unknown."
                : $"There is no backup at '{full}'.",
            $"List the backups: migrations backups \"{(isFolderOfBackups ? full : Path.GetDirectoryName(full))}\""
        );
    }

    /// <summary>The newest backup of a database in a folder that nothing is known to be wrong with.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="database">The database that it is of; another one's is never taken for it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupMissing"/></exception>
    public async Task<DatabaseBackup> FindLatestAsync(string folder, DatabaseTarget database, CancellationToken cancellationToken = default)
    {
        var all = (await ReadAsync(folder, cancellationToken).ConfigureAwait(false))
            .Where(b => b is { Problem: null, Kept: null } && string.Equals(b.Engine, database.Engine, StringComparison.Ordinal))
            .ToList();
        if (all.Find(b => string.Equals(b.Database, database.Display, StringComparison.Ordinal)) is { } own)
            return own;
        var others = all.Select(b => b.Database).Distinct(StringComparer.Ordinal).ToList();
        throw new MigrationException(
            ErrorId.BackupMissing,
            $"'{folder}' has no backup of {database.Display}"
                + others.Count switch
                {
                    0 => ".",
                    1 => $", only of {others[0]}.",
                    var count => $", only of {count} other databases.",
                },
            others.Count == 0
                ? $"List the backups: migrations backups \"{folder}\""
                : $"To restore one of them, specify it: migrations restore \"{all[0].Path}\" --database \"{database.Display}\""
        );
    }

    /// <summary>The engine that a backup is of.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupInvalid"/>: its manifest cannot be used, and its first bytes are of no
    /// known format.</exception>
    public IDatabaseDriver DriverOf(DatabaseBackup backup) =>
        drivers.FirstOrDefault(d => string.Equals(d.Engine, backup.Engine, StringComparison.Ordinal))
        ?? throw new MigrationException(
            ErrorId.BackupInvalid,
            $"The database of the backup '{backup.Path}' is unknown. "
                + $"{backup.Problem ?? $"Its manifest names the engine '{backup.Engine}'."}",
            $"Use another backup; list the proven ones: migrations backups \"{Path.GetDirectoryName(backup.Path)}\""
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
                Directory.Delete(backup.Path, recursive: true);
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

    internal static DatabaseBackup WithManifest(string path, DateTimeOffset now)
    {
        var (manifest, problem) = BackupManifestFile.Read(BackupManifestFile.PathOf(path));
        var size = BackupHash.SizeOf(path);
        if (manifest is null)
        {
            return new DatabaseBackup
            {
                Path = path,
                CreatedAt = LastWrite(size is null ? BackupManifestFile.PathOf(path) : path),
                IsGone = size is null,
                Size = size ?? 0,
                Problem = $"Its manifest {problem}.",
            };
        }

        return Of(path, manifest, size, Wrong(path, manifest, size, now));
    }

    private static DatabaseBackup Of(string path, BackupManifest manifest, long? size, string? problem) =>
        new()
        {
            Path = path,
            Database = manifest.Database,
            Engine = manifest.Engine,
            EngineVersion = manifest.EngineVersion,
            Format = manifest.Format,
            Compressed = manifest.Compressed,
            CreatedAt = manifest.CreatedAt,
            Size = size ?? 0,
            Sha256 = manifest.Sha256,
            MigrationVersion = manifest.MigrationVersion,
            LastMigration = manifest.LastMigration,
            SchemaFingerprint = manifest.SchemaFingerprint,
            // A proof is of the bytes that were looked at, and of nothing that has been put in their place.
            Proven =
                problem is null
                && manifest.Proof is { Proven: true } proof
                && string.Equals(proof.Sha256, manifest.Sha256, StringComparison.Ordinal),
            ProvenAt = manifest.Proof?.At,
            Duration = TimeSpan.FromMilliseconds(manifest.DurationMs),
            // Whatever a manifest says, what belongs to a backup lies beside it and is named after it: nothing else is removed with it.
            Globals = manifest.Globals is null ? null : path + BackupNaming.GlobalsSuffix,
            Kept = manifest.Kept,
            Problem = problem,
            IsGone = size is null,
            Manifest = manifest,
        };

    private static DateTimeOffset LastWrite(string path) => new(File.GetLastWriteTimeUtc(path), TimeSpan.Zero);

    private static string? Wrong(string path, BackupManifest manifest, long? size, DateTimeOffset now) =>
        size switch
        {
            null => "The file is missing; only its manifest exists.",
            _ when !string.Equals(manifest.File, Path.GetFileName(path), StringComparison.Ordinal) =>
                $"Its manifest belongs to '{manifest.File}'.",
            _ when size != manifest.Size => $"It has {size} bytes; its manifest says {manifest.Size}.",
            _ when LinkOut(path) is { } outside => $"It is a link to '{outside}', outside its folder.",
            _ when IsFuture(manifest.CreatedAt, now) =>
                $"It is dated in the future ({manifest.CreatedAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC): a clock was wrong when it "
                    + "was made, or is now.",
            _ => null,
        };

    /// <summary>Whether a backup is dated later than clocks may differ: it is never the newest.</summary>
    internal static bool IsFuture(DateTimeOffset at, DateTimeOffset now) => at > now + ClockTolerance;

    /// <summary>Where a link leads to that leaves its folder; null for anything else.</summary>
    private static string? LinkOut(string path)
    {
        FileSystemInfo entry = Directory.Exists(path) ? new DirectoryInfo(path) : new FileInfo(path);
        if (entry.LinkTarget is null)
            return null;
        var target = entry.ResolveLinkTarget(returnFinalTarget: true)?.FullName;
        return target is not null && string.Equals(Path.GetDirectoryName(target), Path.GetDirectoryName(path), StringComparison.Ordinal)
            ? null
            : target ?? entry.LinkTarget;
    }

    private async Task<DatabaseBackup?> WithoutManifestAsync(string path, CancellationToken cancellationToken)
    {
        var name = Path.GetFileName(path);
        if (
            !(File.Exists(path) || Directory.Exists(path))
            || name.EndsWith(BackupNaming.PartialSuffix, StringComparison.Ordinal)
            || name.EndsWith(BackupNaming.GlobalsSuffix, StringComparison.Ordinal)
        )
            return null;
        var found = new DatabaseBackup
        {
            Path = path,
            CreatedAt = LastWrite(path),
            Problem = "It has no manifest.",
            Kept = BackupNaming.KeptLabelOf(name),
        };
        try
        {
            var compressed = BackupCompression.IsCompressed(path);
            var (driver, format) = await RecognizeAsync(path, compressed, cancellationToken).ConfigureAwait(false);
            // A folder of somebody else's is not walked through for its size: it may be large, closed to us, or lead back to itself.
            return driver is null && !BackupNaming.IsBackupName(name)
                ? null
                : found with
                {
                    Engine = driver?.Engine ?? "",
                    Format = format,
                    Compressed = compressed,
                    Size = BackupHash.SizeOf(path) ?? 0,
                };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return BackupNaming.IsBackupName(name) ? found with { Problem = $"It has no manifest, and cannot be read: {e.Message}" } : null;
        }
    }

    private async Task<(IDatabaseDriver? Driver, BackupFormat? Format)> RecognizeAsync(
        string path,
        bool compressed,
        CancellationToken cancellationToken
    )
    {
        if (!compressed)
            return Recognize(path);
        OwnedFolder? folder = null;
        try
        {
            folder = OwnedFolder.Create(UnpackedBackup.Prefix);
            var head = Path.Combine(folder.Path, Path.GetFileNameWithoutExtension(path));
            await BackupCompression.ExpandAsync(path, head, HeadLength, cancellationToken).ConfigureAwait(false);
            return Recognize(head);
        }
        catch (MigrationException)
        {
            return (null, null);
        }
        finally
        {
            _ = folder?.TryDelete();
        }
    }

    private (IDatabaseDriver? Driver, BackupFormat? Format) Recognize(string path)
    {
        foreach (var driver in drivers)
        {
            if (driver.Backups.Recognize(path) is { } format)
                return (driver, format);
        }

        return (null, null);
    }
}
