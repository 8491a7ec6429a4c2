using Migrations.Sql;

namespace Migrations.History;

/// <summary>Finds the statements in which two texts of a script differ, as <c>diff</c> does for lines.</summary>
internal static class ScriptDifference
{
    /// <summary>Beyond this number of comparisons, the differing parts are listed as a whole.</summary>
    private const int MostComparisons = 1_000_000;

    /// <summary>Compares the applied text with the one in the folder. Both are without secrets.</summary>
    /// <param name="dialect">How they are read.</param>
    /// <param name="file">The file, for its name.</param>
    /// <param name="firstLine">The file's line on which the script begins.</param>
    /// <param name="applied">What was applied.</param>
    /// <param name="current">What the folder has now.</param>
    public static IReadOnlyList<StatementDifference> Find(ISqlDialect dialect, string file, int firstLine, string applied, string current)
    {
        var left = Split(dialect, file, applied);
        var right = Split(dialect, file, current);
        var start = 0;
        while (start < Math.Min(left.Count, right.Count) && left[start].IsSame(right[start]))
            start++;
        var end = 0;
        while (end < Math.Min(left.Count, right.Count) - start && left[^(end + 1)].IsSame(right[^(end + 1)]))
            end++;
        var gone = left[start..^end];
        var come = right[start..^end];
        var kept = Kept(gone, come);
        var found = new List<StatementDifference>();
        var (l, r) = (0, 0);
        foreach (var (keptLeft, keptRight) in kept.Append((gone.Count, come.Count)))
        {
            for (; l < keptLeft || r < keptRight; l++, r++)
            {
                var at = r < keptRight ? come[r].Line : LineAt(right, start + Math.Min(r, keptRight) - 1);
                found.Add(
                    new StatementDifference(firstLine + at - 1, l < keptLeft ? gone[l].Text : null, r < keptRight ? come[r].Text : null)
                );
            }

            (l, r) = (keptLeft + 1, keptRight + 1);
        }

        return found;
    }

    private static int LineAt(List<Piece> statements, int index) =>
        index < 0 || statements.Count == 0 ? 1 : statements[Math.Min(index, statements.Count - 1)].Line;

    private static List<Piece> Split(ISqlDialect dialect, string file, string text) =>
        [
            .. dialect
                .Split(MigrationScript.OfText(file, text))
                .Select(s => new Piece(ScriptComparison.KeyOf(dialect, s.Text), s.Text, s.Location.Line)),
        ];

    /// <summary>The longest run of statements, in order, that both have.</summary>
    private static List<(int Left, int Right)> Kept(List<Piece> left, List<Piece> right)
    {
        var kept = new List<(int, int)>();
        if ((long)left.Count * right.Count > MostComparisons)
            return kept;
        var length = new int[left.Count + 1, right.Count + 1];
        for (var i = left.Count - 1; i >= 0; i--)
        {
            for (var j = right.Count - 1; j >= 0; j--)
                length[i, j] = left[i].IsSame(right[j]) ? length[i + 1, j + 1] + 1 : Math.Max(length[i + 1, j], length[i, j + 1]);
        }

        var (fromLeft, fromRight) = (0, 0);
        while (fromLeft < left.Count && fromRight < right.Count)
        {
            if (left[fromLeft].IsSame(right[fromRight]))
                kept.Add((fromLeft++, fromRight++));
            else if (length[fromLeft + 1, fromRight] >= length[fromLeft, fromRight + 1])
                fromLeft++;
            else
                fromRight++;
        }

        return kept;
    }

    private sealed record Piece(string Key, string Text, int Line)
    {
        public bool IsSame(Piece other) => string.Equals(Key, other.Key, StringComparison.Ordinal);
    }
}
