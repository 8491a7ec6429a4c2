using Migrations.Schema;

namespace Migrations.Transfer;

/// <summary>Finds and names the rows that differ, among those of a few buckets.</summary>
/// <param name="table">What is compared.</param>
internal sealed class RowDifferences(ComparedTable table)
{
    private readonly Dictionary<string, List<byte[]>> _left = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<byte[]>> _right = new(StringComparer.Ordinal);

    /// <summary>How many rows are kept at most on a side.</summary>
    public const int MostRows = 100_000;

    /// <summary>Keeps a row of a side.</summary>
    /// <returns>False when it keeps no more.</returns>
    public bool Keep(bool isLeft, ReadOnlySpan<byte> key, ReadOnlySpan<byte> row)
    {
        var rows = isLeft ? _left : _right;
        if (rows.Count >= MostRows)
            return false;
        var name = Convert.ToHexString(key);
        if (!rows.TryGetValue(name, out var same))
            rows[name] = same = [];
        same.Add(row.ToArray());
        return true;
    }

    /// <summary>Names the rows that differ.</summary>
    public IEnumerable<RowDifference> Find()
    {
        foreach (var name in _left.Keys.Union(_right.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            var (left, right) = (_left.GetValueOrDefault(name) ?? [], _right.GetValueOrDefault(name) ?? []);
            Drop(left, right);
            for (var i = 0; i < Math.Max(left.Count, right.Count); i++)
                yield return Name(i < left.Count ? left[i] : null, i < right.Count ? right[i] : null);
        }
    }

    // Of rows that are there several times, those that both sides have are the same.
    private static void Drop(List<byte[]> left, List<byte[]> right)
    {
        for (var i = left.Count - 1; i >= 0; i--)
        {
            var at = right.FindIndex(r => r.AsSpan().SequenceEqual(left[i]));
            if (at < 0)
                continue;
            right.RemoveAt(at);
            left.RemoveAt(i);
        }
    }

    private RowDifference Name(byte[]? left, byte[]? right)
    {
        var starts = new int[table.Left.Columns.Count + 1];
        var shown = left ?? right!;
        RowFields.Find(shown, starts);
        var places = table.Key.Count > 0 ? table.Key : [.. Enumerable.Range(0, table.Left.Columns.Count)];
        var key = string.Join(
            ", ",
            places.Select(i =>
                $"{table.Left.Columns[i].Name} "
                + $"{RowFields.Show(shown.AsSpan(starts[i], starts[i + 1] - starts[i]), table.Left.Columns[i].Type)}"
            )
        );
        if (left is null || right is null)
            return new RowDifference(left is null ? DifferenceKind.Added : DifferenceKind.Removed, key, []);
        return new RowDifference(DifferenceKind.Changed, key, Differing(left, right));
    }

    private List<string> Differing(byte[] left, byte[] right)
    {
        var (one, other) = (new int[table.Left.Columns.Count + 1], new int[table.Left.Columns.Count + 1]);
        RowFields.Find(left, one);
        RowFields.Find(right, other);
        var columns = new List<string>();
        for (var i = 0; i < table.Left.Columns.Count; i++)
        {
            if (!left.AsSpan(one[i], one[i + 1] - one[i]).SequenceEqual(right.AsSpan(other[i], other[i + 1] - other[i])))
                columns.Add(table.Left.Columns[i].Name);
        }

        return columns;
    }
}
