namespace Migrations.Planning;

/// <summary>One step that a run would take.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Direction">Which half.</param>
/// <param name="Script">The script that runs.</param>
public sealed record PlanStep(Migration Migration, MigrationDirection Direction, MigrationScript Script)
{
    /// <summary>Whether a header allows foreign keys to be open after it (<c>Foreign-Keys: open-until</c>).</summary>
    public bool MayLeaveKeysOpen { get; init; }

    /// <summary>The migrations whose open foreign keys must be closed at its end.</summary>
    public IReadOnlyList<string> KeysDue { get; init; } = [];
}

/// <summary>A migration that a run would leave out, and why.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Reason">Why it is left out.</param>
public sealed record PlanSkip(Migration Migration, string Reason);

/// <summary>The ordered steps that a run would take.</summary>
public sealed record MigrationPlan
{
    /// <summary>Up or down.</summary>
    public required MigrationDirection Direction { get; init; }

    /// <summary>The steps, in order.</summary>
    public required IReadOnlyList<PlanStep> Steps { get; init; }

    /// <summary>What is left out.</summary>
    public IReadOnlyList<PlanSkip> Skipped { get; init; } = [];

    /// <summary>What is allowed but worth telling.</summary>
    public IReadOnlyList<Advice> Warnings { get; init; } = [];

    /// <summary>How the steps are put into transactions.</summary>
    public TransactionMode TransactionMode { get; init; } = TransactionMode.Each;

    /// <summary>What was overruled (out of order, edited, missing), for the history; null when nothing was.</summary>
    public string? Overruled { get; init; }
}
