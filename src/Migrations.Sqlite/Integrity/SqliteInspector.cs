using Migrations.Databases;
using Migrations.Schema;

namespace Migrations.Sqlite;

/// <summary>Looks at one database through a session's connection.</summary>
/// <param name="session">The session.</param>
internal sealed class SqliteInspector(SqliteSession session) : IDatabaseInspector
{
    private readonly EarlierScripts _earlier = new(SqliteDialect.Instance, SqliteNames.Comparer, SqliteLossForecast.NamesMade);

    /// <inheritdoc/>
    public Task<LockHolder?> FindLockHolderAsync(CancellationToken cancellationToken) =>
        Task.FromResult(session.IsInMemory ? null : SqliteLock.FindHolder(session.Target));

    /// <inheritdoc/>
    public Task<SchemaSnapshot> ReadSchemaAsync(CancellationToken cancellationToken) =>
        session.Call(() => SqliteSchemaReader.Read(session.Handle, session.Options.HistoryTable), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<TableContent>> ReadContentAsync(bool digests, CancellationToken cancellationToken) =>
        session.Call(
            () =>
                SqliteContentReader.Read(
                    session.Handle,
                    digests,
                    new WorkProgress(session.Options.Events, $"Reading {session.Target.Database}", "tables"),
                    cancellationToken
                ),
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<CheckResult>> CheckEngineAsync(bool thorough, CancellationToken cancellationToken) =>
        session.Call(() => new SqliteEngineChecks(session.Handle, thorough, cancellationToken).Run(), cancellationToken);

    /// <inheritdoc/>
    public Task<QueryAnswer> AskAsync(Query query, CancellationToken cancellationToken) =>
        session.Call(() => new SqliteQuestion(session, query).Ask(cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public Task<IReadOnlyList<string>> FindOpenForeignKeysAsync(CancellationToken cancellationToken) =>
        session.Call(
            () =>
                SqliteSnapshot.Read<IReadOnlyList<string>>(
                    session.Handle,
                    () => [.. OpenForeignKeys.Find(session.Handle).Select(k => k.Message)]
                ),
            cancellationToken
        );

    /// <inheritdoc/>
    public Task<LossForecast> ForecastLossAsync(LossQuestion question, CancellationToken cancellationToken) =>
        session.Call(
            () =>
                SqliteSnapshot.Read(
                    session.Handle,
                    () =>
                        SqliteLossForecast.Read(session.Handle, question, _earlier, cancellationToken) with
                        {
                            ObjectsLost = ObjectForecast.Read(session.Handle, question, cancellationToken),
                        }
                ),
            cancellationToken
        );
}
