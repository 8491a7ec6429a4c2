using System.IO.Enumeration;

namespace Migrations.History;

/// <summary>Which rows of the history are wanted. Conditions are combined; none means all.</summary>
public sealed record HistoryFilter
{
    /// <summary>Only the newest ones, at most this many of those that the other conditions leave; null: all.</summary>
    public int? Last { get; init; }

    /// <summary>Only those recorded at this moment or later; null: all.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>
    /// Only those of these migrations: by full name (<c>003_add_tags</c>, also with <c>*</c> and <c>?</c>), version (<c>3</c> means
    /// <c>003</c>), semantic version or name alone (<c>add_tags</c>). Empty: all.
    /// </summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Only those of the migrations with just these full names; null: all.</summary>
    public IReadOnlyCollection<string>? Only { get; init; }

    /// <summary>Only these events. Empty: all.</summary>
    public IReadOnlyList<JournalEvent> Events { get; init; } = [];

    /// <summary>Whether it leaves out anything at all.</summary>
    public bool IsEmpty => Last is null && Since is null && Names.Count == 0 && Only is null && Events.Count == 0;

    /// <summary>The rows that are wanted, in their order.</summary>
    public IReadOnlyList<JournalEntry> Select(IEnumerable<JournalEntry> entries)
    {
        var chosen = entries.Where(IsWanted).ToList();
        return Last is { } last && last < chosen.Count ? chosen[^last..] : chosen;
    }

    private bool IsWanted(JournalEntry entry) =>
        (Since is null || entry.AppliedAt >= Since)
        && (Events.Count == 0 || Events.Contains(entry.Event))
        && (Only is null || Only.Contains(entry.Name, StringComparer.Ordinal))
        && (Names.Count == 0 || Names.Any(name => IsNamed(entry, name)));

    private static bool IsNamed(JournalEntry entry, string name) =>
        FileSystemName.MatchesSimpleExpression(name, entry.Name, ignoreCase: true)
        || string.Equals(entry.SemanticVersion, name, StringComparison.OrdinalIgnoreCase)
        || (
            MigrationVersion.TryParse(name, out var wanted)
            && MigrationVersion.TryParse(entry.Version, out var version)
            && version.Equals(wanted)
        )
        || (
            entry.Version is { } prefix
            && entry.Name.StartsWith(prefix, StringComparison.Ordinal)
            && string.Equals(entry.Name[prefix.Length..].TrimStart('_', '-', '.', ' '), name, StringComparison.OrdinalIgnoreCase)
        );
}
