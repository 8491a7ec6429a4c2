using Migrations.Databases;
using Migrations.Schema;

namespace Migrations.Integrity;

/// <summary>Judges an undo by what was there before its migration. Pure.</summary>
/// <param name="reach">Which values the scripts can change.</param>
/// <param name="before">The schema before the migration.</param>
/// <param name="after">The schema after it.</param>
/// <param name="values">The values before the migration; empty when the scripts change none.</param>
internal sealed class UndoComparison(ValueReach reach, SchemaSnapshot before, SchemaSnapshot after, IReadOnlyList<TableValues> values)
{
    /// <summary>Judges it.</summary>
    /// <param name="result">What is known so far.</param>
    /// <param name="schema">The schema after the undo.</param>
    /// <param name="left">The values after the undo.</param>
    /// <param name="changed">The rows that the undo changed.</param>
    public RehearsalResult Judge(
        RehearsalResult result,
        SchemaSnapshot schema,
        IReadOnlyList<TableValues> left,
        IReadOnlyList<TableChange> changed
    )
    {
        var differences = SchemaComparison.Compare(before, schema, grants: true);
        if (!differences.All(d => d.IsColumnOrder))
            return result with { UndoVerdict = UndoVerdict.SchemaDiffers, Differences = differences };
        var verdict = differences.Count == 0 ? UndoVerdict.Proven : UndoVerdict.SameButColumnOrder;
        result = result with { UndoVerdict = verdict, Differences = differences };
        if (!reach.MayChange)
            return result;
        var valueDifferences = ValueComparison.Compare(values, left);
        if (valueDifferences.Count > 0)
            return result with { UndoVerdict = UndoVerdict.ValuesDiffer, ValueDifferences = valueDifferences };
        return Compared(result, [.. result.RowsChanged, .. changed]);
    }

    /// <summary>What was equal proves something only where there was something to compare.</summary>
    private RehearsalResult Compared(RehearsalResult result, IEnumerable<TableChange> changes)
    {
        var written = changes.Select(c => c.Table).ToHashSet(StringComparer.Ordinal);
        var held = values.Where(v => !v.IsOther).ToList();
        var touched = reach.Touched(held, before, after).Select(t => t.Table).Concat(written).ToHashSet(StringComparer.Ordinal);
        var tables = held.Where(t => touched.Contains(t.Table)).ToList();
        // What the scripts make and remove themselves needs no more than the schema.
        if (tables.Count == 0)
            return result;
        var compared = tables.Where(t => t is { Rows: > 0, Digest: not null }).Select(t => new TableContent(t.Table, t.Rows)).ToList();
        return result with
        {
            UndoVerdict = compared.Count == 0 && result.UndoVerdict == UndoVerdict.Proven ? UndoVerdict.SchemaOnly : result.UndoVerdict,
            ValuesCompared = compared,
        };
    }
}
