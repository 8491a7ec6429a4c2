using Migrations.Integrity;
using Migrations.Schema;

namespace Migrations.Generating;

/// <summary>Says whether a rehearsal proves a migration whose undo was written for it.</summary>
internal static class ProofOfChange
{
    /// <summary>Whether all came back but what the migration says it takes away.</summary>
    /// <param name="rehearsed">The rehearsal.</param>
    /// <param name="up">What the migration changes.</param>
    public static bool Holds(RehearsalResult rehearsed, ChangeScript up) =>
        rehearsed is { Applies: true, NotRun: null, Failure: null }
        && (
            rehearsed.UndoVerdict is UndoVerdict.Proven or UndoVerdict.SameButColumnOrder or UndoVerdict.SchemaOnly
            || (rehearsed.UndoVerdict == UndoVerdict.ValuesDiffer && rehearsed.ValueDifferences.All(d => IsOfLoss(d.Table, up)))
        );

    // The rows of a table that loses a column differ by that column, or by another one whose values became others: which one is not seen.
    private static bool IsOfLoss(string table, ChangeScript up)
    {
        var losses = up.Losses.Where(l => string.Equals(l.Table, table, StringComparison.Ordinal)).ToList();
        return losses.Exists(l => l.Column is null) || (losses.Count > 0 && !up.Converted.Contains(table, StringComparer.Ordinal));
    }
}
