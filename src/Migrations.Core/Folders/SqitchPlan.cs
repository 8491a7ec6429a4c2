namespace Migrations.Folders;

/// <summary>The plan of a Sqitch project, see <see href="https://sqitch.org/docs/manual/sqitch-plan/"/>: its changes in their
/// order.</summary>
internal static class SqitchPlan
{
    private const string FileName = "sqitch.plan";
    private const string Deploy = "deploy";

    /// <summary>The plan that a folder, the project's or its deploy scripts', belongs to; null when it is no project's.</summary>
    public static string? Find(string folder)
    {
        var root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        string?[] places =
        [
            root,
            Path.GetFileName(root).Equals(Deploy, StringComparison.OrdinalIgnoreCase) ? Path.GetDirectoryName(root) : null,
        ];
        return places.OfType<string>().Select(p => Path.Combine(p, FileName)).FirstOrDefault(File.Exists);
    }

    /// <summary>The deploy scripts in the order of the plan. A change that was reworked has its older script under the tag before
    /// it.</summary>
    /// <exception cref="IOException">The plan cannot be read.</exception>
    public static IReadOnlyList<string> Deployed(string plan)
    {
        RegularFile.Require(plan);
        var changes = new List<(string Name, string? Tag)>();
        var last = new Dictionary<string, int>(StringComparer.Ordinal);
        string? tag = null;
        foreach (var line in File.ReadLines(plan))
        {
            var word = line.Split('#')[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).FirstOrDefault();
            if (word is null || word[0] == '%')
                continue;
            if (word[0] == '@')
            {
                tag = word;
                continue;
            }

            if (last.TryGetValue(word, out var known))
                changes[known] = (word, tag);
            last[word] = changes.Count;
            changes.Add((word, null));
        }

        var folder = Path.Combine(Path.GetDirectoryName(plan)!, Deploy);
        return [.. changes.Select(c => Path.Combine(folder, c.Name + c.Tag + ".sql"))];
    }
}
