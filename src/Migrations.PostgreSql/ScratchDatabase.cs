using Migrations.Databases;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>A database that is dropped, or whose server is stopped, when it is disposed.</summary>
/// <param name="target">The database.</param>
/// <param name="server">A database of the same server, to drop it from.</param>
/// <param name="cluster">The server when it was started for it; null otherwise.</param>
/// <param name="options">How to connect.</param>
/// <param name="sources">Where connections come from.</param>
internal sealed class ScratchDatabase(DatabaseTarget target, DatabaseTarget server, ThrowAwayCluster? cluster, SessionOptions options, Lazy<PostgreSqlSources> sources) : IScratchDatabase
{
    private bool _isGone;

    /// <inheritdoc/>
    public DatabaseTarget Target => target;

    /// <inheritdoc/>
    public Task<StepMeasurement> MeasureAsync(IDatabaseSession session, StepExecution step, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(new PostgreSqlRehearsal((PostgreSqlSession)session, step).RunAsync(cancellationToken), "Rehearsing a migration");

    /// <inheritdoc/>
    public Task<IReadOnlyList<TableValues>> ReadValuesAsync(IDatabaseSession session, bool digests, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(new PostgreSqlValueReader((PostgreSqlSession)session).ReadAsync(digests, cancellationToken), "Reading the tables");

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isGone)
            return;
        _isGone = true;
        if (cluster is not null)
            await cluster.DisposeAsync().ConfigureAwait(false);
        else
            await DropAsync().ConfigureAwait(false);
    }

    /// <summary>Drops it with whoever is connected; what cannot be dropped now is found by its name later.</summary>
    public async Task DropAsync()
    {
        try
        {
            var session = await PostgreSqlSession.OpenAsync(server, options, new PostgreSqlConnector(server, sources.Value), CancellationToken.None).ConfigureAwait(false);
            await using var _ = session.ConfigureAwait(false);
            await DropAsync(session, target.Database).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MigrationException or NpgsqlException)
        {
            // The server is gone, or refuses: nothing that the caller waits for depends on it.
        }
    }

    /// <summary>Drops a database with whoever is connected.</summary>
    public static Task DropAsync(PostgreSqlSession session, string name) =>
        session.ExecuteAsync($"DROP DATABASE IF EXISTS {PostgreSqlText.Name(name)} WITH (FORCE)", CancellationToken.None);
}
