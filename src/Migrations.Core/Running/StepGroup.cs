using Migrations.Databases;

namespace Migrations.Running;

/// <summary>A step of a run and the hooks around it.</summary>
/// <param name="Number">Which step of the run, from 1.</param>
/// <param name="Total">How many steps the run has.</param>
/// <param name="Step">The step.</param>
internal sealed record StepGroup(int Number, int Total, StepExecution Step)
{
    /// <summary>The hooks before it.</summary>
    public IReadOnlyList<StepExecution> Before { get; init; } = [];

    /// <summary>The hooks after it.</summary>
    public IReadOnlyList<StepExecution> After { get; init; } = [];

    /// <summary>All that runs, in order.</summary>
    public IReadOnlyList<StepExecution> All => [.. Before, Step, .. After];

    /// <summary>Whether only the step runs.</summary>
    public bool HasNoHooks => Before.Count == 0 && After.Count == 0;

    /// <summary>The migration's full name.</summary>
    public string Name => Step.Migration.FullName;
}
