using Migrations.Databases;
using Migrations.Schema;

namespace Migrations.PostgreSql;

/// <summary>Looks at one database through a session's connection.</summary>
/// <param name="connection">The connection.</param>
/// <param name="confinement">Keeps what runs there to the database; null on one that is no scratch database.</param>
internal sealed class PostgreSqlInspector(PostgreSqlConnection connection, Confinement? confinement) : IDatabaseInspector
{
    private readonly EarlierScripts _earlier = new(new PostgreSqlDialect(), StringComparer.Ordinal, PlanNames.Made, WriteHooks.Concerns);

    /// <inheritdoc/>
    public Task<LockHolder?> FindLockHolderAsync(CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(
            new PostgreSqlLock(connection).FindHolderAsync(cancellationToken),
            "Asking who holds the migration lock"
        );

    /// <inheritdoc/>
    public Task<bool> HasTableAsync(string name, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(TableName.ExistsAsync(connection, name, cancellationToken), $"Looking for the table '{name}'");

    /// <inheritdoc/>
    public Task<SchemaSnapshot> ReadSchemaAsync(CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(new PostgreSqlSchemaReader(connection).ReadAsync(cancellationToken), "Reading the schema");

    /// <inheritdoc/>
    public Task<IReadOnlyList<TableContent>> ReadContentAsync(bool digests, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(
            new PostgreSqlContentReader(connection).ReadAsync(digests, cancellationToken),
            "Reading the tables"
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<CheckResult>> CheckEngineAsync(bool thorough, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(
            new PostgreSqlEngineChecks(connection).RunAsync(thorough, cancellationToken),
            "Checking the database"
        );

    /// <inheritdoc/>
    public Task<QueryAnswer> AskAsync(Query query, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(
            new PostgreSqlDeclaredCheckQuery(connection, confinement, query).AskAsync(cancellationToken),
            "Running a check"
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> FindOpenForeignKeysAsync(CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<string>>([]);

    /// <inheritdoc/>
    public Task<LossForecast> ForecastLossAsync(LossForecastRequest question, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(
            new PostgreSqlLossForecast(connection, question, _earlier).FindAsync(cancellationToken),
            "Looking for what would be lost"
        );
}
