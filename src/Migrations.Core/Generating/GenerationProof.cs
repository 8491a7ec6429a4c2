using Migrations.Integrity;
using Migrations.Schema;

namespace Migrations.Generating;

/// <summary>What was found out about a draft on a copy with rows.</summary>
internal sealed record GenerationProof
{
    /// <summary>What the rehearsal found.</summary>
    public RehearsalResult? Rehearsed { get; init; }

    /// <summary>Why it is not proven, in sentences; empty where it is.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>How the schema differs from the one that was wanted, or the undo leaves another.</summary>
    public IReadOnlyList<SchemaDifference> Differences { get; init; } = [];

    /// <summary>The tables that held no rows, so that only their schema is proven.</summary>
    public IReadOnlyList<string> Unfilled { get; init; } = [];

    /// <summary>The verdict in a few words.</summary>
    public string Message
    {
        get
        {
            var rows = Rehearsed is { WithData: true } ? "with the rows of the database" : "with rows made up";
            var only = Unfilled.Count == 0 ? rows : $"{rows}, without rows in {string.Join(", ", Unfilled)}";
            var verdict = Rehearsed?.UndoVerdict switch
            {
                UndoVerdict.SameButColumnOrder => "the schema is reached, and the undo restores it but for the order of columns",
                _ => "the schema is reached, and the undo restores it",
            };
            return $"{verdict} ({only})";
        }
    }
}
