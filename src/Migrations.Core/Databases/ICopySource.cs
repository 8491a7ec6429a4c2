using Migrations.Tables;

namespace Migrations.Databases;

/// <summary>A database that is read: its tables, and their rows in the canonical form.</summary>
public interface ICopySource : IAsyncDisposable
{
    /// <summary>Reads every value, chooses a type for each column into which all of them fit, and lists what cannot be copied.</summary>
    /// <exception cref="MigrationException">The database refuses; or a table or column that the scope names does not exist.</exception>
    Task<CopyPlan> PlanAsync(CopyScope scope, CancellationToken cancellationToken);

    /// <summary>Lists the tables with their columns and keys, without looking at their rows.</summary>
    Task<IReadOnlyList<CopyTable>> ListAsync(CopyScope scope, CancellationToken cancellationToken);

    /// <summary>Reads the rows of a table, of which each reader gives some, each on a thread of its own.</summary>
    /// <param name="request">Which rows, and how.</param>
    /// <param name="most">How many readers there are at most; there may be fewer, down to one.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task<IReadOnlyList<IRowReader>> ReadAsync(RowRequest request, int most, CancellationToken cancellationToken);
}
