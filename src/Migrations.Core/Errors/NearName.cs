namespace Migrations;

/// <summary>How near two names are, for finding what was meant.</summary>
public static class NearName
{
    /// <summary>
    /// How many edits lie between two names: letters that are missing, too many, others, or swapped with the next. Case does not count.
    /// </summary>
    public static int Distance(string left, string right)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        var previous = Enumerable.Range(0, right.Length + 1).ToArray();
        var beforeIt = previous;
        for (var i = 0; i < left.Length; i++)
        {
            var current = new int[right.Length + 1];
            current[0] = i + 1;
            for (var j = 0; j < right.Length; j++)
            {
                var edits = Math.Min(Math.Min(current[j] + 1, previous[j + 1] + 1), previous[j] + (IsSame(i, j) ? 0 : 1));
                current[j + 1] = i > 0 && j > 0 && IsSame(i, j - 1) && IsSame(i - 1, j) ? Math.Min(edits, beforeIt[j - 1] + 1) : edits;
            }

            (beforeIt, previous) = (previous, current);
        }

        return previous[right.Length];

        bool IsSame(int i, int j) => char.ToUpperInvariant(left[i]) == char.ToUpperInvariant(right[j]);
    }

    /// <summary>The name that was probably meant; null when none is near.</summary>
    public static string? Find(string word, IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(word);
        var near = names.MinBy(name => Distance(name, word));
        return near is not null && Distance(near, word) <= Math.Max(1, word.Length / 3) ? near : null;
    }
}
