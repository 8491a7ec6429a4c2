using Migrations.Foreign;
using Migrations.Planning;

namespace Migrations.Adoption;

/// <summary>Says which file of the folder each entry of another tool's history is. Pure.</summary>
internal sealed class EntryMapping
{
    private static readonly string[] Extensions =
    [
        ".sql",
        ".js",
        ".ts",
        ".mjs",
        ".cjs",
        ".mts",
        ".cts",
        ".go",
        ".py",
        ".rb",
        ".cs",
        ".ps1",
        ".up",
    ];

    private readonly ForeignTool _tool;
    private readonly HashSet<MigrationKey> _taken = [];

    public EntryMapping(ForeignTool tool, ForeignReading reading, PlanningInput input)
    {
        _tool = tool;
        var pairs = new List<(ForeignEntry Entry, Migration Migration)>();
        var unmatched = new List<ForeignEntry>();
        foreach (var entry in reading.Entries)
        {
            if (Find(entry, input.Migrations) is { } migration && _taken.Add(migration.Key))
                pairs.Add((entry, migration));
            else
                unmatched.Add(entry);
        }

        if (MigrationVersion.TryParse(reading.Head, out var head))
            AddInferred(head, input, pairs, unmatched, isOnlyHead: reading.Entries.Count == 0);
        Pairs = pairs;
        UnmatchedEntries = unmatched;
        var newest = pairs.Select(p => p.Migration.Version).Max();
        var others = input.Migrations.Where(m => !_taken.Contains(m.Key) && input.RunsHere(m)).ToList();
        UnmatchedFiles = [.. others.Where(m => m.Version is not null && m.Version < newest)];
        Pending = [.. others.Except(UnmatchedFiles)];
    }

    /// <summary>The entries with their files, in the order in which they were applied.</summary>
    public IReadOnlyList<(ForeignEntry Entry, Migration Migration)> Pairs { get; }

    /// <summary>Entries that no file is.</summary>
    public IReadOnlyList<ForeignEntry> UnmatchedEntries { get; }

    /// <summary>Files older than the newest recorded one that no entry is.</summary>
    public IReadOnlyList<Migration> UnmatchedFiles { get; }

    /// <summary>Files that are newer than all recorded ones.</summary>
    public IReadOnlyList<Migration> Pending { get; }

    /// <summary>Such a tool never looks below its highest number, so they are in the order of the folder.</summary>
    private void AddInferred(
        MigrationVersion head,
        PlanningInput input,
        List<(ForeignEntry Entry, Migration Migration)> pairs,
        List<ForeignEntry> unmatched,
        bool isOnlyHead
    )
    {
        if (isOnlyHead && !input.Migrations.Any(m => m.Version == head))
            unmatched.Add(new ForeignEntry { Text = head.Text, Version = head.Text });
        var inferred = input.Migrations.Where(m => m.Version is not null && m.Version <= head && input.RunsHere(m) && _taken.Add(m.Key));
        pairs.AddRange(
            inferred.Select(m =>
                (
                    new ForeignEntry
                    {
                        Text = head.Text,
                        Version = head.Text,
                        IsInferred = true,
                    },
                    m
                )
            )
        );
        var order = input.Migrations.Select((m, i) => (m.Key, Place: i)).ToDictionary(m => m.Key, m => m.Place);
        pairs.Sort((a, b) => order[a.Migration.Key].CompareTo(order[b.Migration.Key]));
    }

    private Migration? Find(ForeignEntry entry, IReadOnlyList<Migration> migrations)
    {
        var free = migrations.Where(m => !_taken.Contains(m.Key)).ToList();
        return OnlyOne(free, m => entry.File is { } file && IsFile(m, file))
            ?? OnlyOne(free, m => entry.Name is { } name && IsName(m, name))
            ?? OnlyOne(
                free,
                m =>
                    entry.SemanticVersion is { } semantic
                    && string.Equals(m.Header.SemanticVersion, semantic, StringComparison.OrdinalIgnoreCase)
            )
            ?? OnlyOne(free, m => IsVersion(m, entry))
            ?? OnlyOne(free, m => HasOnlyContent(entry) && HasContent(m, entry))
            ?? _tool.Find(entry, free);
    }

    /// <summary>An entry that fits several files fits none for sure.</summary>
    private static Migration? OnlyOne(List<Migration> migrations, Func<Migration, bool> fits) =>
        migrations.Where(fits).Take(2).ToList() is [var only] ? only : null;

    private static bool HasOnlyContent(ForeignEntry entry) => (entry.File ?? entry.Name ?? entry.Version ?? entry.SemanticVersion) is null;

    private bool HasContent(Migration migration, ForeignEntry entry) =>
        ContentComparison.Compare(_tool, entry, migration) is ContentMatch.Same or ContentMatch.Cosmetic;

    private static bool IsFile(Migration migration, string file)
    {
        var path = migration.Up.File.Replace('\\', '/');
        var recorded = file.Replace('\\', '/').TrimStart('/');
        return path.EndsWith("/" + recorded, StringComparison.OrdinalIgnoreCase)
            || string.Equals(Path.GetFileName(path), Path.GetFileName(recorded), StringComparison.OrdinalIgnoreCase)
            // A resource's name begins with those of its assembly and folders.
            || recorded.EndsWith("." + Path.GetFileName(path), StringComparison.OrdinalIgnoreCase);
    }

    private static bool IsName(Migration migration, string name) =>
        string.Equals(Plain(migration.FullName), Plain(name), StringComparison.OrdinalIgnoreCase)
        || string.Equals(Plain(Path.GetFileName(migration.Up.File)), Plain(name), StringComparison.OrdinalIgnoreCase);

    private static string Plain(string name)
    {
        while (Array.Find(Extensions, e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase)) is { } extension)
            name = name[..^extension.Length];
        return name;
    }

    /// <summary>Where a name is recorded too and is another one, only the same content makes it the same migration.</summary>
    private bool IsVersion(Migration migration, ForeignEntry entry) =>
        migration.Version is { } version
        && MigrationVersion.TryParse(entry.Version, out var recorded)
        && version == recorded
        && (
            (entry.File ?? entry.Name) is not { } name
            || HistoryMatch.NameAgrees(Plain(Path.GetFileName(name)), migration.FullName)
            || HasContent(migration, entry)
        );
}
