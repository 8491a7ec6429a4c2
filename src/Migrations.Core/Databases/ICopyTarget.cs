using Migrations.Tables;

namespace Migrations.Databases;

/// <summary>
/// A database that is copied into. The tables are built apart from those that are there, and take their places in one transaction at the
/// end. Disposing it without <see cref="PublishAsync"/> leaves the database as it was.
/// </summary>
public interface ICopyTarget : IAsyncDisposable
{
    /// <summary>Finds what stands in the way, and writes what would be run. Changes nothing.</summary>
    Task<TargetPlan> PlanAsync(CopyPlan plan, bool recreates, CancellationToken cancellationToken);

    /// <summary>
    /// Creates the tables of the plan without their keys, apart from those that are there; removes what killed copies have left.
    /// </summary>
    /// <returns>The tables as they are: a column that the database does not compute as the source did is an ordinary one.</returns>
    Task<IReadOnlyList<CopyTable>> BeginAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Lets several tables be written, and read back, at once; the tables have been created. Without this call it is one after another.
    /// </summary>
    /// <param name="most">How many at most.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>How many; 1 where an engine does one after another.</returns>
    Task<int> WidenAsync(int most, CancellationToken cancellationToken);

    /// <summary>Writes the rows of a table.</summary>
    Task<IRowWriter> WriteAsync(CopyTable table, CancellationToken cancellationToken);

    /// <summary>Builds keys, indexes and constraints, and sets the numbering.</summary>
    /// <returns>What the database refused, with its words.</returns>
    Task<IReadOnlyList<LeftOutObject>> FinishAsync(CancellationToken cancellationToken);

    /// <summary>Reads back the rows of a table that has been written.</summary>
    Task<IRowReader> ReadBackAsync(CopyTable table, IReadOnlyList<ReadColumn> columns, CancellationToken cancellationToken);

    /// <summary>Compares what the database now says of the tables with the plan: columns, keys, numbering.</summary>
    /// <returns>What differs, by table; empty when nothing does.</returns>
    Task<IReadOnlyList<CopyObstacle>> VerifyAsync(CancellationToken cancellationToken);

    /// <summary>Puts the tables in their places, in one transaction.</summary>
    /// <param name="history">The history that goes with them; null: none.</param>
    /// <param name="cancellationToken">Stops it.</param>
    Task PublishAsync(CarriedHistory? history, CancellationToken cancellationToken);
}
