namespace Migrations.Backup;

/// <summary>A backup that has a manifest.</summary>
internal static class ListedBackup
{
    // The most that the clocks of two machines are assumed to differ.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(10);

    /// <summary>The backup at a path, as its manifest describes it, and what is wrong with it.</summary>
    public static DatabaseBackup Read(string path, DateTimeOffset now)
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
            Stamp = manifest.Stamp,
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
                    + "was created, or is wrong now.",
            _ => null,
        };

    /// <summary>Whether a backup is dated later than clocks may differ: it is never the newest.</summary>
    public static bool IsFuture(DateTimeOffset at, DateTimeOffset now) => at > now + ClockTolerance;

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
}
