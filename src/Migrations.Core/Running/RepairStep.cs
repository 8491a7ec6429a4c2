using Migrations.History;
using Migrations.Planning;

namespace Migrations.Running;

/// <summary>One thing that a repair would append.</summary>
/// <param name="Result">What is shown of it.</param>
/// <param name="Entry">The row.</param>
internal sealed record RepairStep(RepairResult Result, JournalEntry Entry)
{
    /// <summary>
    /// The row that lets go of what a renumbered migration was known by; null for all else. These rows come before all others.
    /// </summary>
    public JournalEntry? Release { get; init; }
}
