namespace Migrations.Databases;

/// <summary>
/// One connection to one database, used by one run. Not safe for concurrent use. Disposing it releases everything, locks included.
/// </summary>
public interface IDatabaseSession : IStatementSession, IAsyncDisposable
{
    /// <summary>What is known of the database.</summary>
    DatabaseInfo Info { get; }

    /// <summary>The journal in this database.</summary>
    IHistoryStore History { get; }

    /// <summary>The tables in which other tools keep their histories, read through this connection.</summary>
    IForeignTables Foreign { get; }

    /// <summary>Looks at the database through this connection, and changes nothing.</summary>
    IDatabaseInspector Inspector { get; }

    /// <summary>
    /// Takes the migration lock of this database and history table, waiting at most <see cref="SessionOptions.LockTimeout"/>; says who
    /// holds it while waiting.
    /// </summary>
    /// <param name="isNeeded">
    /// Asked now and then while another run holds the lock, and may use the session; when it says no, waiting ends. Null: it is needed.
    /// </param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <returns>The lock; null when it is no longer needed.</returns>
    /// <exception cref="LockException">Not got in time, or the place cannot be locked.</exception>
    Task<IAsyncDisposable?> LockAsync(Func<Task<bool>>? isNeeded, CancellationToken cancellationToken);

    /// <summary>
    /// Opens one transaction for several steps (<see cref="TransactionMode.All"/>). Until it is committed or disposed, <see
    /// cref="RunAsync"/> runs inside it. Disposing it without commit rolls everything back.
    /// </summary>
    Task<IRunTransaction> BeginRunAsync(IReadOnlyList<StepExecution> steps, CancellationToken cancellationToken);

    /// <summary>
    /// Runs a script and appends its history row, both or neither. When it throws, the transaction has been rolled back and what the script
    /// set on the connection is put back. Cancelling interrupts the running statement and rolls back.
    /// </summary>
    /// <exception cref="StatementException">The database refused a statement, or a guard found loss or violations.</exception>
    /// <exception cref="LockException">The lock was lost.</exception>
    /// <exception cref="OperationCanceledException">Cancelled; rolled back.</exception>
    Task<StepOutcome> RunAsync(StepExecution step, CancellationToken cancellationToken);

    /// <summary>
    /// Takes everything out of the database, the history too, in one transaction. The migration lock is held, and stays so; what was
    /// read of the history before no longer holds. What belongs to the database itself stays: a file's settings, a database's owner and
    /// privileges.
    /// </summary>
    /// <returns>What stayed, one line each: what the role may not drop.</returns>
    /// <exception cref="MigrationException">The database refuses; it is as it was.</exception>
    Task<IReadOnlyList<string>> ClearAsync(CancellationToken cancellationToken);
}
