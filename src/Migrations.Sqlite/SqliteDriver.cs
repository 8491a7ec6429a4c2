using Migrations.Databases;
using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>Migrates SQLite files.</summary>
public sealed class SqliteDriver : IDatabaseDriver, ICopyProvider, IClientScripts
{
    /// <inheritdoc/>
    public string Engine => SqliteEngine.Name;

    /// <inheritdoc/>
    public ISqlDialect Dialect => SqliteDialect.Instance;

    /// <inheritdoc/>
    public ILintRules Rules => SqliteRules.Instance;

    /// <inheritdoc/>
    public IChangeWriter Changes => SqliteChangeWriter.Instance;

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
    public IReadOnlyList<ScriptClient> Clients => [ScriptClient.Sqlite3, ScriptClient.D1, ScriptClient.Plain];

    /// <inheritdoc/>
    public Task<IClientScript> OpenScriptAsync(ClientScriptPlace place, TextWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        HistoryNames.Check(place.Options);
        if (place.IsIdempotent)
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"A script for {place.Client.Word()} cannot leave out what is done already: the client knows no conditions.",
                $"Omit {CallOption.Idempotent}: run a second time, the script stops before anything."
            );
        var hasTable =
            place.Session is SqliteSession session
            && new HistoryTable(session.Connection.Handle, place.Target, place.Options.HistoryTable).Exists();
        return Task.FromResult<IClientScript>(new SqliteClientScript(place, output, hasTable));
    }

    /// <inheritdoc/>
    public async Task<ICopySource> OpenSourceAsync(
        DatabaseTarget source,
        SessionOptions options,
        int readers,
        CancellationToken cancellationToken
    ) => await SqliteCopySource.OpenAsync(source, options, readers, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<ICopyTarget> OpenTargetAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken) =>
        await SqliteCopyTarget.OpenAsync(target, options, cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IRowTarget> OpenRowsAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken) =>
        await SqliteRowTarget.OpenAsync(target, options, cancellationToken).ConfigureAwait(false);
}
