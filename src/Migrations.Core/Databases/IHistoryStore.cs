using Migrations.History;

namespace Migrations.Databases;

/// <summary>The journal table of one database. Rows are appended, never changed.</summary>
public interface IHistoryStore
{
    /// <summary>Reads all rows in the order of their ids, without their scripts. Creates nothing: no table gives no rows.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.HistoryTableConflict"/>: a table of that name exists and has other
    /// columns.</exception>
    Task<IReadOnlyList<JournalEntry>> ReadAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Reads the highest row id, of all services: it shows whether anything was appended since. The table must exist; 0 when it is empty.
    /// </summary>
    Task<long> ReadLastIdAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Finds every history of this tool in the database by its columns, whatever its name and schema, and this one among them when it is
    /// there. For what concerns the whole database: it takes longer than <see cref="ReadAsync"/>.
    /// </summary>
    /// <exception cref="MigrationException">The database refuses, or the rows of one cannot be read.</exception>
    Task<FoundHistories> FindAllAsync(CancellationToken cancellationToken);

    /// <summary>Reads the script of one row; null when none is stored.</summary>
    Task<string?> ReadScriptAsync(long id, CancellationToken cancellationToken);

    /// <summary>
    /// Refuses a connection on which names without a schema mean other objects than they did when this history was written, where the
    /// history knows. A connection that is the first to be seen is remembered by <see cref="EnsureAsync"/>. Databases without schemas have
    /// nothing to refuse. What <see cref="ReadAsync"/> has seen counts.
    /// </summary>
    /// <param name="service">The service whose history it is; null without services.</param>
    /// <param name="isApplied">Whether anything counts as applied; where nothing does, any connection will do.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.OtherSchema"/>.</exception>
    Task CheckSchemaAsync(string? service, bool isApplied, CancellationToken cancellationToken);

    /// <summary>Creates the table when it is not there. Safe when several do so at once.</summary>
    Task EnsureAsync(CancellationToken cancellationToken);

    /// <summary>Adds the column for the positions of batches to a table that an earlier version created.</summary>
    Task EnsurePositionsAsync(CancellationToken cancellationToken);

    /// <summary>Appends a row in a transaction of its own (or in the open one). The table must exist.</summary>
    Task AppendAsync(JournalEntry entry, CancellationToken cancellationToken);
}
