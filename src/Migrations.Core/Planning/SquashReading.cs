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
                    folder.Squashes.FirstOrDefault(s => s.Migration.Key == m.Key) is { } squash && reading.IsUsed(squash)
                        ? reading.Open(squash)
                        : [m]
                ),
            ];
        foreach (var use in reading._uses.Where(u => !u.IsComplete))
            reading.History = reading.History.Without(use.Record.Key);
        return reading;
    }

    private bool IsUsed(Squash squash) => squash.Parts.Any(p => RecordOf(p) is not null || (p.Squash is { } inner && IsUsed(inner)));

    private HistoryRecord? RecordOf(SquashPart part) =>
        _applied.GetValueOrDefault(part.Replaced.Name)
        ?? (
            part.Replaced.Checksum is { } checksum
                ? _applied.Values.FirstOrDefault(r => string.Equals(r.Applied!.Checksum, checksum, StringComparison.Ordinal))
                : null
        );

    private IEnumerable<Migration> Open(Squash squash)
    {
        var record = RecordFor(squash.Migration);
        var (migrations, names, applied, lacking) = (new List<Migration>(), new HashSet<string>(StringComparer.OrdinalIgnoreCase), new List<HistoryRecord>(), new List<string>());
        var isComplete = true;
        foreach (var part in squash.Parts)
        {
            names.Add(part.Replaced.Name);
            var done = RecordOf(part);
            if (done is null && part.Squash is { } inner && IsUsed(inner))
            {
                migrations.AddRange(Open(inner));
                var use = _uses[^1];
                names.UnionWith(use.Names);
                applied.AddRange(use.Applied);
                lacking.AddRange(use.Lacking);
                isComplete &= use.IsComplete;
                continue;
            }

            if (part.Archived is { } archived)
                migrations.Add(archived);
            if (done is not null)
                applied.Add(done);
            else if (part.Archived is null)
                lacking.Add(part.Replaced.Name);
            isComplete &= done is not null;
        }

        _uses.Add(
            new SquashUse
            {
                Squash = squash.Migration,
                Record = record,
                Names = names,
                Applied = [.. applied.OrderBy(r => r.FirstApplied!.Id)],
                Lacking = lacking,
                IsComplete = isComplete,
            }
        );
        return [.. migrations, record];
    }

    /// <summary>The squash under a key of its own, without a statement.</summary>
    private static Migration RecordFor(Migration squash) =>
        squash with
        {
            Key = MigrationKey.Of(squash.FullName),
            IsSquashRecord = true,
            Down = null,
            Up = squash.Up with
            {
                Length = 0,
                IsEmpty = true,
                Kept = [],
                HasReference = false,
                Filled = null,
                Substituted = null,
            },
        };
}
