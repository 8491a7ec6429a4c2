using Migrations.Schema;

namespace Migrations.Generating;

/// <summary>What was found out about a migration whose undo is derived.</summary>
/// <param name="Migration">The migration.</param>
internal sealed record UndoFinding(Migration Migration)
{
    /// <summary>The statements of the undo, and what to know of them.</summary>
    public ChangeScript Down { get; init; } = new() { Statements = [] };

    /// <summary>What the migration changes; what it takes away with all it holds, no undo brings back.</summary>
    public ChangeScript Up { get; init; } = new() { Statements = [] };

    /// <summary>Why no undo is derived, in sentences.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];
}
