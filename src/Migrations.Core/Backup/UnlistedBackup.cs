using Migrations.Databases;

namespace Migrations.Backup;

/// <summary>A backup without a manifest, recognized by its first bytes or its name.</summary>
/// <param name="drivers">The engines whose backups are recognized.</param>
internal sealed class UnlistedBackup(IReadOnlyList<IDatabaseDriver> drivers)
{
    private const long HeadLength = 1 << 16;

    /// <summary>The backup at a path; null when what is there is not a backup.</summary>
    public async Task<DatabaseBackup?> ReadAsync(string path, CancellationToken cancellationToken)
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
            CreatedAt = new DateTimeOffset(File.GetLastWriteTimeUtc(path), TimeSpan.Zero),
            Problem = "It has no manifest.",
            Kept = BackupNaming.KeptLabelOf(name),
        };
        try
        {
            var compressed = BackupCompression.IsCompressed(path);
            var (driver, format) = await RecognizeAsync(path, compressed, cancellationToken).ConfigureAwait(false);
            // A folder of someone else's is not walked through for its size: it may be large, closed to us, or lead back to itself.
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
