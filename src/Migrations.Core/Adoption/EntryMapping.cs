using Migrations.Foreign;
using Migrations.Planning;

namespace Migrations.Adoption;

/// <summary>Says which file of the folder each entry of another tool's history is. Pure.</summary>
internal sealed class EntryMapping
{
    private readonly ForeignTool _tool;
    private readonly EntryCandidates _candidates;
    private readonly HashSet<MigrationKey> _taken = [];

    public EntryMapping(ForeignTool tool, ForeignReading reading, PlanningInput input)
    {
        _tool = tool;
        _candidates = new EntryCandidates(tool, input.Migrations);
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

    private Migration? Find(ForeignEntry entry, IReadOnlyList<Migration> migrations) =>
        OnlyOne(_candidates.OfFile(entry))
        ?? OnlyOne(_candidates.OfName(entry))
        ?? OnlyOne(_candidates.OfSemanticVersion(entry))
        ?? OnlyOne(_candidates.OfVersion(entry))
        ?? OnlyOne(_candidates.OfContent(entry))
        ?? _tool.Find(entry, migrations.Where(m => !_taken.Contains(m.Key)));

    /// <summary>An entry that fits several files fits none for sure.</summary>
    private Migration? OnlyOne(IEnumerable<Migration> fitting) =>
        fitting.Where(m => !_taken.Contains(m.Key)).Take(2).ToList() is [var only] ? only : null;
}
