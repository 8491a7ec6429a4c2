using Migrations.Databases;
using Migrations.Schema;

namespace Migrations.Sqlite;

/// <summary>Inspects one database through its connection.</summary>
/// <param name="connection">The connection.</param>
internal sealed class SqliteInspector(SqliteConnection connection) : IDatabaseInspector, IDisposable
{
    private readonly EarlierScripts _earlier = new(
        SqliteDialect.Instance,
        SqliteNames.Comparer,
        SqliteLossForecast.NamesMade,
        TriggerForecast.Concerns
    );

    /// <summary>Finds the objects that go with what is recreated.</summary>
    public ObjectForecast Objects { get; } = new(connection.Handle);

    /// <inheritdoc/>
    public Task<LockHolder?> FindLockHolderAsync(CancellationToken cancellationToken) =>
        Task.FromResult(connection.IsInMemory ? null : SqliteLock.FindHolder(connection.Target));

    /// <inheritdoc/>
    public Task<bool> HasTableAsync(string name, CancellationToken cancellationToken) =>
        connection.Call(() => TableName.Exists(connection.Handle, name), cancellationToken);

    /// <inheritdoc/>
    public Task<SchemaSnapshot> ReadSchemaAsync(CancellationToken cancellationToken) =>
        connection.Call(() => SqliteSchemaReader.Read(connection.Handle, connection.Options.HistoryTable), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TableContent>> ReadContentAsync(bool digests, CancellationToken cancellationToken) =>
        connection.Call(
            () =>
                SqliteContentReader.Read(
                    connection.Handle,
                    digests,
                    new WorkProgress(connection.Options.Events, $"Reading {connection.Target.Database}", "tables"),
                    cancellationToken
                ),
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<CheckResult>> CheckEngineAsync(bool thorough, CancellationToken cancellationToken) =>
        connection.Call(() => new SqliteEngineChecks(connection.Handle, thorough, cancellationToken).Run(), cancellationToken);

    /// <inheritdoc/>
    public Task<QueryAnswer> AskAsync(Query query, CancellationToken cancellationToken) =>
        connection.Call(() => new SqliteDeclaredCheckQuery(connection, query).Run(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> FindOpenForeignKeysAsync(CancellationToken cancellationToken) =>
        connection.Call(
            () =>
                SqliteSnapshot.Read<IReadOnlyList<string>>(
                    connection.Handle,
                    () => [.. OpenForeignKeys.Find(connection.Handle).Select(k => k.Message)]
                ),
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<LossForecast> ForecastLossAsync(LossForecastRequest question, CancellationToken cancellationToken) =>
        connection.Call(
            () =>
                SqliteSnapshot.Read(
                    connection.Handle,
                    () =>
                        SqliteLossForecast.Read(connection.Handle, question, _earlier, cancellationToken) with
                        {
                            ObjectsLost = Objects.Read(question, cancellationToken),
                        }
                ),
            cancellationToken
        );

    /// <summary>Lets go of what it has read.</summary>
    public void Dispose() => Objects.Dispose();
}
