namespace Migrations.Databases;

/// <summary>
/// A database of our own that is removed when it is disposed. Nothing in it need survive a crash, so it is as fast as the engine can be.
/// </summary>
public interface IScratchDatabase : IAsyncDisposable
{
    /// <summary>The database, to open sessions on.</summary>
    DatabaseTarget Target { get; }

    /// <summary>
    /// Runs a step on this database as a run would, history row included, and measures each statement: the locks it takes, the tables it
    /// rewrites, the rows it changes. Only a scratch database can be asked.
    /// </summary>
    /// <param name="session">A session on this database.</param>
    /// <param name="step">The step.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="StatementException">
    /// The database refused a statement, or a guard found loss or violations; rolled back. <see cref="ErrorId.ReachesBeyondCopy"/>: a
    /// statement reaches beyond the copy, or failed after one that was left out for that (<see cref="BeyondCopy.Needs"/>).
    /// </exception>
    Task<StepMeasurement> MeasureAsync(IDatabaseSession session, StepExecution step, CancellationToken cancellationToken);

    /// <summary>
    /// Counts, and on request digests, the rows of every table but the history, the engine's own and those in which modules keep what they
    /// hold. Row-level security policies are disabled for it, which harms no one on a scratch database.
    /// </summary>
    /// <param name="session">A session on this database.</param>
    /// <param name="digests">Whether <see cref="TableValues.Digest"/> and <see cref="TableValues.RowHashes"/> are requested too.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">The database refuses.</exception>
    Task<IReadOnlyList<TableValues>> ReadValuesAsync(IDatabaseSession session, bool digests, CancellationToken cancellationToken);
}
