using Migrations.Folders;
using Migrations.History;

namespace Migrations.Planning;

/// <summary>
/// Says which migrations a folder with squashes has for a database: where nothing of what a squash replaces is applied, the squash; where
/// something is, what it replaces, from the archive, and then a record of the squash. Pure.
/// </summary>
internal sealed class SquashReading
{
    private readonly Dictionary<string, HistoryRecord> _applied;
    private readonly List<SquashUse> _uses = [];

    private SquashReading(HistoryView history)
    {
        History = history;
        // The record of a squash says nothing of what it replaces.
        _applied = history
            .Applied.Where(r => r.FirstApplied!.Event != JournalEvent.Squashed)
            .DistinctBy(r => r.Name, StringComparer.OrdinalIgnoreCase)
            .ToDictionary(r => r.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>The migrations that count, in order.</summary>
    public IReadOnlyList<Migration> Migrations { get; private set; } = [];

    /// <summary>The squashes whose migrations have run here, in full or in part.</summary>
    public IReadOnlyList<SquashUse> Uses => _uses;

    /// <summary>The history: a squash that was recorded counts only while all that it replaces is applied.</summary>
    public HistoryView History { get; private set; }

    /// <summary>Reads a folder for a history.</summary>
    public static SquashReading Of(MigrationFolder folder, HistoryView history)
    {
        var reading = new SquashReading(history) { Migrations = folder.Migrations };
        if (folder.Squashes.Count > 0)
            reading.Migrations =
            [
                .. folder.Migrations.SelectMany(m =>
                    folder.Squashes.FirstOrDefault(s => s.Migration.Key == m.Key) is { } squash && reading.IsUsed(squash.Parts)
                        ? reading.Open(m, squash.Parts)
                        : [m]
                ),
            ];
        foreach (var record in history.Applied.Where(r => r.FirstApplied!.Event == JournalEvent.Squashed))
            reading.Forget(record);
        return reading;
    }

    // It counts while it is in the folder and all that it replaces is applied; a later squash may have replaced it.
    private void Forget(HistoryRecord record)
    {
        var isKept = _uses.Exists(u => u.IsComplete && u.Record.Key == record.Key) || !Migrations.Any(m => IsOf(m, record.Name));
        if (!isKept)
            History = History.Without(record.Key);
    }

    private static bool IsOf(Migration migration, string name) =>
        string.Equals(migration.FullName, name, StringComparison.Ordinal)
        || migration.Header.Replaces.Any(r => string.Equals(r.Name, name, StringComparison.Ordinal));

    private bool IsUsed(IReadOnlyList<SquashPart> parts) => parts.Any(p => RecordOf(p) is not null || IsUsed(p.Parts));

    private HistoryRecord? RecordOf(SquashPart part) =>
        _applied.GetValueOrDefault(part.Replaced.Name)
        ?? _applied.Values.FirstOrDefault(r => string.Equals(r.Applied!.Checksum, part.Replaced.Checksum, StringComparison.Ordinal));

    /// <summary>What a squash replaces, and behind it what stands for the squash.</summary>
    private List<Migration> Open(Migration squash, IReadOnlyList<SquashPart> parts)
    {
        var inside = new Opened();
        foreach (var part in parts)
            Add(part, inside);
        var record = RecordFor(squash);
        _uses.Add(
            new SquashUse
            {
                Squash = squash,
                Record = record,
                Names = inside.Names,
                Applied = [.. inside.Applied.OrderBy(r => r.FirstApplied!.Id)],
                Lacking = inside.Lacking,
                IsComplete = inside.IsComplete,
            }
        );
        return [.. inside.Migrations, record];
    }

    private void Add(SquashPart part, Opened inside)
    {
        inside.Names.Add(part.Replaced.Name);
        if (RecordOf(part) is { } done)
        {
            inside.Applied.Add(done);
            if (part.Archived is { } there)
                inside.Migrations.Add(there);
            return;
        }

        if (!IsUsed(part.Parts))
        {
            inside.IsComplete = false;
            if (part.Archived is { } left)
                inside.Migrations.Add(left);
            else
                inside.Lacking.Add(part.Replaced.Name);
            return;
        }

        foreach (var inner in part.Parts)
            Add(inner, inside);
    }

    /// <summary>The squash under a key of its own, without a statement.</summary>
    private static Migration RecordFor(Migration squash) =>
        squash with
        {
            Key = MigrationKey.Of(squash.FullName),
            IsSquashRecord = true,
            Down = null,
            Up = squash.Up with { Length = 0, IsEmpty = true, Kept = [], HasReference = false, Filled = null, Substituted = null },
        };

    /// <summary>What is in a squash.</summary>
    private sealed class Opened
    {
        public List<Migration> Migrations { get; } = [];

        public HashSet<string> Names { get; } = new(StringComparer.OrdinalIgnoreCase);

        public List<HistoryRecord> Applied { get; } = [];

        public List<string> Lacking { get; } = [];

        public bool IsComplete { get; set; } = true;
    }
}
