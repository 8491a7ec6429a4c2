using Migrations.Databases;
using Migrations.Schema;

namespace Migrations.PostgreSql;

/// <summary>Looks at one database through a session's connection.</summary>
/// <param name="session">The session.</param>
internal sealed class PostgreSqlInspector(PostgreSqlSession session) : IDatabaseInspector
{
    private readonly EarlierScripts _earlier = new(new PostgreSqlDialect(), StringComparer.Ordinal, PostgreSqlLossForecast.NamesMade);

    /// <inheritdoc/>
    public Task<LockHolder?> FindLockHolderAsync(CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(
            new PostgreSqlLock(session).FindHolderAsync(cancellationToken),
            "Asking who holds the migration lock"
        );

    /// <inheritdoc/>
    public Task<SchemaSnapshot> ReadSchemaAsync(CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(new PostgreSqlSchemaReader(session).ReadAsync(cancellationToken), "Reading the schema");

    /// <inheritdoc/>
    public Task<IReadOnlyList<TableContent>> ReadContentAsync(bool digests, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(new PostgreSqlContentReader(session).ReadAsync(digests, cancellationToken), "Reading the tables");

    /// <inheritdoc/>
    public Task<IReadOnlyList<CheckResult>> CheckEngineAsync(bool thorough, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(new PostgreSqlEngineChecks(session).RunAsync(thorough, cancellationToken), "Checking the database");

    /// <inheritdoc/>
    public Task<QueryAnswer> AskAsync(Query query, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(new PostgreSqlQuestion(session, query).AskAsync(cancellationToken), "Running a check");

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> FindOpenForeignKeysAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([]);

    /// <inheritdoc/>
    public Task<LossForecast> ForecastLossAsync(LossQuestion question, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(
            new PostgreSqlLossForecast(session, question, _earlier).FindAsync(cancellationToken),
            "Looking for what would be lost"
        );
}
