using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>A database that is dropped, or whose server is stopped, when it is disposed.</summary>
/// <param name="target">The database.</param>
/// <param name="owner">A session on another database of the same server, which shows that its owner lives.</param>
/// <param name="cluster">The server when it was started for it; null otherwise.</param>
internal sealed class ScratchDatabase(DatabaseTarget target, PostgreSqlConnection owner, ThrowAwayCluster? cluster) : IScratchDatabase
{
    private bool _isGone;

    /// <inheritdoc/>
    public DatabaseTarget Target => target;

    /// <inheritdoc/>
    public Task<StepMeasurement> MeasureAsync(IDatabaseSession session, StepExecution step, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(
            new PostgreSqlRehearsal((PostgreSqlSession)session, step).RunAsync(cancellationToken),
            "Rehearsing a migration"
        );

    /// <inheritdoc/>
    public Task<IReadOnlyList<TableValues>> ReadValuesAsync(IDatabaseSession session, bool digests, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(
            new PostgreSqlValueReader(((PostgreSqlSession)session).Connection).ReadAsync(digests, cancellationToken),
            "Reading the tables"
        );

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isGone)
            return;
        await DropAsync().ConfigureAwait(false);
        if (cluster is not null)
            await cluster.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>
    /// Drops it with whoever is connected, unless its server goes with it. What cannot be dropped now is reported, and found by its name
    /// later.
    /// </summary>
    public async Task DropAsync()
    {
        _isGone = true;
        ScratchRegister.Forget(target);
        await using var _ = owner.ConfigureAwait(false);
        if (cluster is null)
            await ScratchOwner.DropAsync(owner, target.Database).ConfigureAwait(false);
    }
}
