namespace Migrations.Databases;

/// <summary>What a step did when it was measured on a scratch database.</summary>
public sealed record StepMeasurement
{
    /// <summary>What every run reports: duration, rows, statements.</summary>
    public required StepOutcome Outcome { get; init; }

    /// <summary>Rows inserted, updated and deleted, for each table that changed.</summary>
    public IReadOnlyList<TableChange> RowsChanged { get; init; } = [];

    /// <summary>Tables that were there before and have another name now: the old name, and the new one.</summary>
    public IReadOnlyDictionary<string, string> Renamed { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The table locks that statements took, strongest first; empty where the engine locks the whole file.</summary>
    public IReadOnlyList<TableLock> Locks { get; init; } = [];

    /// <summary>Tables that were rewritten by a statement other than INSERT, UPDATE or DELETE.</summary>
    public IReadOnlyList<string> Rewrites { get; init; } = [];

    /// <summary>
    /// The statements that were left out because they reach beyond the copy (<see cref="BeyondCopy.Refused"/>), in their order. All others
    /// ran.
    /// </summary>
    public IReadOnlyList<StatementException> LeftOut { get; init; } = [];
}
