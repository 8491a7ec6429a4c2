using System.Net;
using Migrations.Databases;
using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>Migrates PostgreSQL databases.</summary>
public sealed class PostgreSqlDriver : IDatabaseDriver, ICopyProvider
{
    private static readonly string[] Naming = ["PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE"];

    // Made with the first connection: Npgsql is not loaded before it is needed.
    private readonly Lazy<PostgreSqlSources> _sources = new(static () => new PostgreSqlSources());

    /// <summary>Makes the driver.</summary>
    public PostgreSqlDriver()
    {
        Scratch = new PostgreSqlScratch(_sources);
        Backups = new PostgreSqlBackups(_sources);
        Creator = new PostgreSqlCreator(_sources);
    }

    /// <summary>
    /// The database that libpq's environment variables name when nothing else does: one of <c>PGHOST</c>, <c>PGHOSTADDR</c>,
    /// <c>PGSERVICE</c> and <c>PGDATABASE</c> is set, and the others count too
    /// (<see href="https://www.postgresql.org/docs/current/libpq-envars.html"/>). Null where none of them is set.
    /// </summary>
    public static string? EnvironmentAddress => Array.Exists(Naming, IsSet) ? "postgres://" : null;

    /// <inheritdoc/>
    public string Engine => PostgreSqlTarget.Engine;

    /// <inheritdoc/>
    public ISqlDialect Dialect { get; } = new PostgreSqlDialect();

    /// <inheritdoc/>
    public IBackupProvider Backups { get; }

    /// <inheritdoc/>
    public IDatabaseCreator Creator { get; }

    /// <inheritdoc/>
    public IScratchProvider Scratch { get; }

    /// <inheritdoc/>
    public DatabaseTarget? Parse(string text, string baseFolder)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(baseFolder);
        // Said here, where nothing of Npgsql is named yet: a plain path, which SQLite takes next, does not load it.
        return text.Contains('=', StringComparison.Ordinal) || text.Contains("://", StringComparison.Ordinal)
            ? PostgreSqlTarget.Parse(text, baseFolder)
            : null;
    }

    /// <inheritdoc/>
    public DatabaseTarget WithCredential(DatabaseTarget target, NetworkCredential credential)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(credential);
        return PostgreSqlTarget.WithCredential(target, credential);
    }

    /// <inheritdoc/>
    public async Task<IDatabaseSession> OpenAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(options);
        HistoryNames.Check(options);
        return await PostgreSqlSession
            .OpenAsync(target, options, new PostgreSqlConnector(target, _sources.Value), cancellationToken)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<ICopySource> OpenSourceAsync(DatabaseTarget source, SessionOptions options, CancellationToken cancellationToken) =>
        await PostgreSqlCopySource
            .OpenAsync(source, options, new PostgreSqlConnector(source, _sources.Value), cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<ICopyTarget> OpenTargetAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken) =>
        await PostgreSqlCopyTarget
            .OpenAsync(target, options, new PostgreSqlConnector(target, _sources.Value), cancellationToken)
            .ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IRowTarget> OpenRowsAsync(DatabaseTarget target, SessionOptions options, CancellationToken cancellationToken) =>
        await PostgreSqlRowTarget
            .OpenAsync(target, options, new PostgreSqlConnector(target, _sources.Value), cancellationToken)
            .ConfigureAwait(false);

    private static bool IsSet(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 };
}
