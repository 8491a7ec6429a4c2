namespace Migrations.Planning;

/// <summary>One step that a run would take.</summary>
/// <param name="Migration">The migration.</param>
/// <param name="Direction">Which half.</param>
/// <param name="Script">The script that runs.</param>
public sealed record PlanStep(Migration Migration, MigrationDirection Direction, MigrationScript Script)
{
    /// <summary>Whether a header allows foreign keys to be open after it (<c>Foreign-Keys: open-until</c>).</summary>
    public bool MayLeaveKeysOpen { get; init; }

    /// <summary>The point of a hook; null for a step of a migration.</summary>
    internal HookPoint? Hook { get; init; }

    /// <summary>The full name of the migration around which a hook runs; null for a step of a migration.</summary>
    internal string? HookOf { get; init; }

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

    /// <summary>The hooks that run with the steps, in the order in which they are reached.</summary>
    public IReadOnlyList<Hook> Hooks { get; init; } = [];

    /// <summary>The files of the hooks that are left out because the call says so.</summary>
    public IReadOnlyList<string> HooksSkipped { get; init; } = [];

    /// <summary>
    /// The names of the hooks that run with one of the steps, in order: those around it, and with the first and the last one those of the
    /// run. The hook of failures is not among them.
    /// </summary>
    /// <param name="step">The place of the step, from 0.</param>
    public IReadOnlyList<string> HooksOf(int step) => Hook.NamesAt(Hooks, step + 1, Steps.Count, hasEnded: true);

    /// <summary>How the steps are put into transactions.</summary>
    public TransactionMode TransactionMode { get; init; } = TransactionMode.Each;

    /// <summary>What was overruled (out of order, edited, missing), for the history; null when nothing was.</summary>
    public string? Overruled { get; init; }
}
