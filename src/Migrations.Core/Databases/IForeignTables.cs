namespace Migrations.Databases;

/// <summary>The tables in which other migration tools keep their histories.</summary>
public interface IForeignTables
{
    /// <summary>Finds the tables of some names, in all schemas of the user's, in one query. Those of the history's own schema come
    /// first.</summary>
    /// <param name="names">The names, in any case.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">The database refuses.</exception>
    Task<IReadOnlyList<ForeignTable>> FindAsync(IReadOnlyList<string> names, CancellationToken cancellationToken);

    /// <summary>Reads all rows of a table, in no particular order.</summary>
    /// <exception cref="MigrationException">The database refuses.</exception>
    Task<IReadOnlyList<ForeignRow>> ReadAsync(ForeignTable table, CancellationToken cancellationToken);

    /// <summary>
    /// Takes the lock that another tool takes while it migrates, waiting at most <see cref="SessionOptions.LockTimeout"/>. Where a tool's
    /// lock is not one of the engine's, this does nothing.
    /// </summary>
    /// <param name="key">The key of its advisory lock.</param>
    /// <param name="holder">The tool, for the message when it holds its lock itself.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <exception cref="LockException">Not got in time.</exception>
    Task<IAsyncDisposable> LockAsync(long key, string holder, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps others from writing a table until the transaction that <see cref="IDatabaseSession.BeginRunAsync"/> has opened ends, as far as
    /// this user may; others go on reading it.
    /// </summary>
    /// <exception cref="MigrationException">The database refuses, or someone else was writing it for too long.</exception>
    Task HoldAsync(ForeignTable table, CancellationToken cancellationToken);

    /// <summary>Runs statements of the engine's own in the transaction that <see cref="IDatabaseSession.BeginRunAsync"/> has
    /// opened.</summary>
    /// <exception cref="MigrationException">The database refuses.</exception>
    Task ExecuteAsync(IReadOnlyList<string> statements, CancellationToken cancellationToken);

    /// <summary>The statement that removes this session's own history table.</summary>
    string DropHistory { get; }
}
