namespace Migrations.Backup;

/// <summary>A backup as a driver can read it: expanded into a temporary file of our own when it is compressed.</summary>
internal sealed class UnpackedBackup : IDisposable
{
    private readonly string? _temporary;

    private UnpackedBackup(BackupSource source, string? temporary)
    {
        Source = source;
        _temporary = temporary;
    }

    /// <summary>What the driver reads.</summary>
    public BackupSource Source { get; }

    /// <summary>Expands a backup if need be.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupInvalid"/>, or the disk for temporary files is full.</exception>
    public static async Task<UnpackedBackup> OpenAsync(string path, BackupFormat format, CancellationToken cancellationToken)
    {
        if (!BackupCompression.IsCompressed(path))
            return new UnpackedBackup(new BackupSource(path, format), temporary: null);
        string? folder = null;
        try
        {
            folder = Directory.CreateTempSubdirectory("migrations-backup-").FullName;
            var expanded = Path.Combine(folder, "backup");
            await BackupCompression.ExpandAsync(path, expanded, limit: null, cancellationToken).ConfigureAwait(false);
            return new UnpackedBackup(new BackupSource(expanded, format), folder);
        }
        catch (Exception e)
        {
            if (folder is not null)
                FolderAccess.TryDelete(folder);
            if (e is not (IOException or UnauthorizedAccessException))
                throw;
            throw new MigrationException(
                ErrorId.DiskFailed, $"'{path}' cannot be expanded into the folder for temporary files, '{Path.GetTempPath()}': {e.Message}",
                "Make room there, or name another folder for temporary files in TMPDIR (TMP on Windows).", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_temporary is not null)
            FolderAccess.TryDelete(_temporary);
    }
}
