using Migrations.Tables;

namespace Migrations.Databases;

/// <summary>
/// A database whose tables its own migrations make: only rows are copied into it, in the transaction of the run that makes the tables.
/// </summary>
public interface IRowTarget : IAsyncDisposable
{
    /// <summary>The session through which the migrations run and the rows are written; it holds the migration lock.</summary>
    IDatabaseSession Session { get; }

    /// <summary>Lists the tables as they are now, in an open transaction too; not the history.</summary>
    Task<IReadOnlyList<RowTable>> ListAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Lifts, in the open transaction, what would change or refuse rows that come table by table: triggers and foreign keys. The tables are
    /// empty then.
    /// </summary>
    Task BeginAsync(IReadOnlyList<RowTable> tables, CancellationToken cancellationToken);

    /// <summary>Writes the rows of a table.</summary>
    Task<IRowWriter> WriteAsync(CopyTable table, CancellationToken cancellationToken);

    /// <summary>Restores what was lifted, checked against the rows, and sets the numbering.</summary>
    /// <returns>What the rows break.</returns>
    Task<IReadOnlyList<CopyObstacle>> FinishAsync(IReadOnlyList<CopyTable> tables, CancellationToken cancellationToken);

    /// <summary>Reads back the rows of a table that has been written.</summary>
    Task<IRowReader> ReadBackAsync(CopyTable table, IReadOnlyList<ReadColumn> columns, CancellationToken cancellationToken);

    /// <summary>The transaction is committed: what is left to do for others to see the rows.</summary>
    Task PublishAsync(CancellationToken cancellationToken);
}
