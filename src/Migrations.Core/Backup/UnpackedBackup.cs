using Migrations.Databases;

namespace Migrations.Backup;

/// <summary>A backup as a driver can read it: expanded into a temporary file of our own when it is compressed.</summary>
internal sealed class UnpackedBackup : IDisposable
{
    /// <summary>How the names of folders begin into which backups are expanded.</summary>
    public const string Prefix = "migrations-backup-";

    private readonly OwnedFolder? _temporary;

    private UnpackedBackup(BackupSource source, OwnedFolder? temporary)
    {
        Source = source;
        _temporary = temporary;
    }

    /// <summary>What the driver reads.</summary>
    public BackupSource Source { get; }

    /// <summary>Expands a backup if need be.</summary>
    /// <param name="backup">The backup.</param>
    /// <param name="format">Its format.</param>
    /// <param name="acceptUnseenCode">Whether code that cannot be seen into may run.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupInvalid"/>, or the disk for temporary files is full.</exception>
    public static async Task<UnpackedBackup> OpenAsync(
        DatabaseBackup backup,
        BackupFormat format,
        bool acceptUnseenCode,
        CancellationToken cancellationToken
    )
    {
        var path = backup.Path;
        BackupSource Source(string file) => new(file, format) { Settings = backup.Manifest?.Settings, AcceptUnseenCode = acceptUnseenCode };
        if (!BackupCompression.IsCompressed(path))
            return new UnpackedBackup(Source(path) with { IsSealed = backup.Manifest is not null }, temporary: null);
        OwnedFolder? folder = null;
        try
        {
            folder = OwnedFolder.Create(Prefix);
            var expanded = Path.Combine(folder.Path, "backup");
            await BackupCompression.ExpandAsync(path, expanded, limit: null, cancellationToken).ConfigureAwait(false);
            return new UnpackedBackup(Source(expanded) with { IsSealed = true }, folder);
        }
        catch (Exception e)
        {
            _ = folder?.TryDelete();
            if (e is not (IOException or UnauthorizedAccessException))
                throw;
            throw new MigrationException(
                ErrorId.DiskFailed,
                $"'{path}' cannot be expanded into the folder for temporary files, '{Path.GetTempPath()}': {e.Message}",
                "Free space there, or set another folder for temporary files in TMPDIR (TMP on Windows).",
                e
            );
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _ = _temporary?.TryDelete();
}
