using System.Data.Common;
using System.Net;
using Migrations.Databases;
using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>Migrates PostgreSQL databases.</summary>
public sealed class PostgreSqlDriver : IDatabaseDriver, ICopyProvider, IClientScripts
{
    private static readonly string[] Naming = ["PGHOST", "PGHOSTADDR", "PGSERVICE", "PGDATABASE"];

    // Made with the first connection: Npgsql is not loaded before it is needed.
    private readonly Lazy<PostgreSqlSources> _sources;

    /// <summary>Makes the driver.</summary>
    public PostgreSqlDriver()
        : this(new Lazy<PostgreSqlSources>(static () => new PostgreSqlSources())) { }

    private PostgreSqlDriver(Lazy<PostgreSqlSources> sources)
    {
        _sources = sources;
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
    public ILintRules Rules => PostgreSqlRules.Instance;

    /// <inheritdoc/>
    public IChangeWriter Changes => PostgreSqlChangeWriter.Instance;

    /// <inheritdoc/>
    public IBackupProvider Backups { get; }

    /// <inheritdoc/>
    public IDatabaseCreator Creator { get; }

    /// <inheritdoc/>
    public IScratchProvider Scratch { get; }

    /// <summary>
    /// A driver that connects as an application does, with its passwords that change and its certificates; the settings that a migration
    /// needs stand over those of the connection.
    /// </summary>
    /// <param name="connect">Makes a connection of Npgsql; it need not be open, and is disposed.</param>
    /// <returns>The driver and the database of the connection; null for a connection of another provider.</returns>
    public static (PostgreSqlDriver Driver, DatabaseTarget Target)? Of(Func<DbConnection> connect)
    {
        ArgumentNullException.ThrowIfNull(connect);
        return ApplicationConnection.TargetOf(connect) is { } target
            ? (new PostgreSqlDriver(new Lazy<PostgreSqlSources>(() => new PostgreSqlSources(connect))), target)
            : null;
    }

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
    public IReadOnlyList<ScriptClient> Clients => [ScriptClient.Psql, ScriptClient.Plain];

    /// <inheritdoc/>
    public Task<IClientScript> OpenScriptAsync(ClientScriptPlace place, TextWriter output, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(place);
        return ClientScriptOpening.OpenAsync(place, ((PostgreSqlSession)place.Session!).Connection, output, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<ICopySource> OpenSourceAsync(
        DatabaseTarget source,
        SessionOptions options,
        int readers,
        CancellationToken cancellationToken
    ) =>
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
