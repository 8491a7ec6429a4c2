using Migrations.Databases;
using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>Migrates SQLite files.</summary>
public sealed class SqliteDriver : IDatabaseDriver, ICopyProvider
{
    /// <inheritdoc/>
    public string Engine => SqliteEngine.Name;

    /// <inheritdoc/>
    public ISqlDialect Dialect => SqliteDialect.Instance;

    /// <inheritdoc/>
    public IDatabaseCreator Creator { get; } = new SqliteCreator();

    /// <inheritdoc/>
    public IBackupProvider Backups { get; } = new SqliteBackups();

    /// <inheritdoc/>
    public IScratchProvider Scratch { get; } = new SqliteScratch();

    /// <inheritdoc/>
    public DatabaseTarget? Parse(string text, string baseFolder) => SqliteTarget.Parse(text, baseFolder);

    /// <inheritdoc/>
    public async Task<IDatabaseSession> OpenAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken)
    {
        HistoryNames.Check(options);
        var handle = await SqliteOpening.OpenAsync(target, options, cancellationToken).ConfigureAwait(false);
        return new SqliteSession(target, options, handle);
    }

    /// <inheritdoc/>
    public async Task<ICopySource> OpenSourceAsync(DatabaseTarget source, SessionOptions options, CancellationToken cancellationToken) =>
        await SqliteCopySource.OpenAsync(source, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<ICopyTarget> OpenTargetAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken) =>
        await SqliteCopyTarget.OpenAsync(target, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IRowTarget> OpenRowsAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken) =>
        await SqliteRowTarget.OpenAsync(target, options, cancellationToken).ConfigureAwait(false);
}
