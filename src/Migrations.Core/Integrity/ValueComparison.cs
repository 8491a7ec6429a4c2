using Migrations.Databases;

namespace Migrations.Integrity;

/// <summary>Compares what tables held before a migration with what they hold after its undo. Pure.</summary>
internal static class ValueComparison
{
    /// <summary>
    /// The tables whose values differ. What only one side has is a difference of the schema, and of what was not seen before
    /// nothing is known.
    /// </summary>
    public static IReadOnlyList<ValueDifference> Compare(IReadOnlyList<TableValues> before, IReadOnlyList<TableValues> after)
    {
        var now = after.ToDictionary(t => t.Table, StringComparer.Ordinal);
        return [.. before.Where(Differs).Select(t => Compare(t, now[t.Table]))];

        bool Differs(TableValues t) =>
            t.Digest is not null
            && now.TryGetValue(t.Table, out var other)
            && !string.Equals(t.Digest, other.Digest, StringComparison.Ordinal);
    }

    // Rows have no name that is the same in every table, so a changed row is one that is gone and one that came.
    private static ValueDifference Compare(TableValues before, TableValues after)
    {
        if (before.RowHashes is not { } mine || after.RowHashes is not { } others)
        {
            var fewer = (before.Rows ?? 0) - (after.Rows ?? 0);
            return new ValueDifference(before.Table, Changed: null, Math.Max(fewer, 0), Math.Max(-fewer, 0));
        }

        var left = new Dictionary<long, long>();
        foreach (var hash in mine)
            left[hash] = left.GetValueOrDefault(hash) + 1;
        foreach (var hash in others)
            left[hash] = left.GetValueOrDefault(hash) - 1;
        var gone = left.Values.Where(n => n > 0).Sum();
        var come = -left.Values.Where(n => n < 0).Sum();
        var changed = Math.Min(gone, come);
        return new ValueDifference(before.Table, changed, gone - changed, come - changed);
    }
}
