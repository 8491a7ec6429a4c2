using Migrations.Backup;
using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>How PostgreSQL databases are backed up and restored.</summary>
internal sealed class PostgreSqlBackups : IBackupProvider
{
    /// <inheritdoc/>
    public string Extension(BackupFormat format) => throw new NotSupportedException();

    /// <inheritdoc/>
    public BackupFormat? Recognize(string path) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<BackupContent> BackUpAsync(DatabaseTarget source, BackupJob job, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task LoadAsync(BackupSource backup, DatabaseTarget empty, SessionOptions options, CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc/>
    public Task<RestoreOutcome> RestoreAsync(BackupSource backup, DatabaseTarget target, RestoreJob job, CancellationToken cancellationToken) => throw new NotSupportedException();
}
