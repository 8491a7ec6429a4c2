using Migrations.Databases;
using Migrations.Events;
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
    public async ValueTask DisposeAsync()
    {
        if (_isGone)
            return;
        _isGone = true;
        Prerequisites.Forget(target);
        if (cluster is not null)
            await cluster.DisposeAsync().ConfigureAwait(false);
        else
            await DropAsync().ConfigureAwait(false);
    }

    /// <summary>Drops it with whoever is connected; what cannot be dropped is reported, and found by its name later.</summary>
    public async Task DropAsync()
    {
        try
        {
            var session = await PostgreSqlSession.OpenAsync(server, options, new PostgreSqlConnector(server, sources.Value), CancellationToken.None).ConfigureAwait(false);
            await using var _ = session.ConfigureAwait(false);
            await DropAsync(session, target, sources).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MigrationException or NpgsqlException)
        {
            options.Events.Publish(new WarningRaised(
                $"The scratch database {target.Database} could not be dropped: {(e is NpgsqlException n ? PostgreSqlErrors.Words(n) : e.Message)} Drop it by hand: DROP DATABASE {PostgreSqlText.Name(target.Database)} WITH (FORCE);"));
        }
    }

    /// <summary>
    /// Drops a database with whoever is connected. The server drops none that has subscriptions: they are taken off first, without their slots, which belong to the database
    /// that this one was copied from (<see href="https://www.postgresql.org/docs/current/sql-dropsubscription.html"/>).
    /// </summary>
    public static async Task DropAsync(PostgreSqlSession session, DatabaseTarget database, Lazy<PostgreSqlSources> sources)
    {
        var drop = $"DROP DATABASE IF EXISTS {PostgreSqlText.Name(database.Database)} WITH (FORCE)";
        try
        {
            await session.ExecuteAsync(drop, CancellationToken.None).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.ObjectInUse)
        {
            await TakeSubscriptionsOffAsync(database, session.Options, sources).ConfigureAwait(false);
            await session.ExecuteAsync(drop, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static async Task TakeSubscriptionsOffAsync(DatabaseTarget database, SessionOptions options, Lazy<PostgreSqlSources> sources)
    {
        var session = await PostgreSqlSession.OpenAsync(database, options, new PostgreSqlConnector(database, sources.Value), CancellationToken.None).ConfigureAwait(false);
        await using var _ = session.ConfigureAwait(false);
        var names = new List<string>();
        await session.QueryAsync(
            "SELECT subname::text FROM pg_catalog.pg_subscription WHERE subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database())",
            row => names.Add(PostgreSqlText.Name(row.GetString(0))),
            CancellationToken.None).ConfigureAwait(false);
        foreach (var name in names)
        {
            foreach (var statement in (string[])[$"ALTER SUBSCRIPTION {name} DISABLE", $"ALTER SUBSCRIPTION {name} SET (slot_name = NONE)", $"DROP SUBSCRIPTION {name}"])
                await session.ExecuteAsync(statement, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
