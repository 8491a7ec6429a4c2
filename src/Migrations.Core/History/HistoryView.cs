namespace Migrations.History;

/// <summary>What the journal of one service says about each migration. Built by replaying its rows in order.</summary>
public sealed class HistoryView
{
    private readonly Dictionary<MigrationKey, HistoryRecord> _records;

    private HistoryView(Dictionary<MigrationKey, HistoryRecord> records, long lastId, long lastUndoId, DateTimeOffset? lastRun)
    {
        _records = records;
        Applied = [.. records.Values.Where(r => r.IsApplied).OrderBy(r => r.FirstApplied!.Id)];
        HighestApplied = Applied.Where(r => r.Version is not null).Select(r => r.Version).Max();
        HighestRun = Applied.Select(r => MigrationVersion.TryParse(r.FirstApplied!.Version, out var version) ? version : null).Max();
        LastId = lastId;
        LastUndoId = lastUndoId;
        LastRun = lastRun;
    }

    /// <summary>Every migration that the history knows.</summary>
    public IReadOnlyCollection<HistoryRecord> Records => _records.Values;

    /// <summary>The applied ones, in the order in which they took effect.</summary>
    public IReadOnlyList<HistoryRecord> Applied { get; }

    /// <summary>The highest applied version; null when none is applied.</summary>
    public MigrationVersion? HighestApplied { get; }

    /// <summary>
    /// The highest version under which one was applied; lower than <see cref="HighestApplied"/> when that one was renumbered since. Null
    /// when none is applied.
    /// </summary>
    public MigrationVersion? HighestRun { get; }

    /// <summary>The highest row id of all services; 0 when the journal is empty. Another run has written when it differs.</summary>
    public long LastId { get; }

    /// <summary>The row id of the newest undo; 0 when nothing was ever undone.</summary>
    public long LastUndoId { get; }

    /// <summary>When anything was last recorded about a migration.</summary>
    public DateTimeOffset? LastRun { get; }

    /// <summary>Whether other services keep their history in the same table, and so their objects in the same database.</summary>
    public bool IsShared { get; private init; }

    /// <summary>The row that holds the schema from which a replay starts; null when no baseline stored one.</summary>
    public JournalEntry? Snapshot { get; private init; }

    /// <summary>
    /// The rows without a service, where one is named: among its own when they count as that, otherwise hidden from it.
    /// </summary>
    public IReadOnlyList<JournalEntry> Unassigned { get; private init; } = [];

    /// <summary>Whether there are rows that name the service, or none where none is named.</summary>
    public bool HasOwnRows { get; private init; }

    /// <summary>The other tool whose history was taken over; null when none was.</summary>
    internal TakeOver? TakenOver { get; private init; }

    /// <summary>The environment whose database this is, by its last stamp, of whichever service; null without one.</summary>
    public string? Stamp { get; private init; }

    /// <summary>The same history without what it says about one migration.</summary>
    internal HistoryView Without(MigrationKey key) =>
        new(_records.Where(r => r.Key != key).ToDictionary(), LastId, LastUndoId, LastRun)
        {
            Snapshot = Snapshot,
            IsShared = IsShared,
            Unassigned = Unassigned,
            HasOwnRows = HasOwnRows,
            TakenOver = TakenOver,
            Stamp = Stamp,
        };

    /// <summary>What the history says about a migration; null when it knows nothing.</summary>
    public HistoryRecord? Find(MigrationKey key) => _records.GetValueOrDefault(key);

    /// <summary>Replays a journal.</summary>
    /// <param name="entries">All rows, in the order of their ids.</param>
    /// <param name="service">The service whose rows count.</param>
    /// <param name="identityByName">Whether migrations with versions are known by name.</param>
    /// <param name="ownsUnassigned">Whether rows without a service are those of this one.</param>
    public static HistoryView From(IReadOnlyList<JournalEntry> entries, string? service, bool identityByName, bool ownsUnassigned = false)
    {
        var records = new Dictionary<MigrationKey, HistoryRecord>();
        long undo = 0;
        DateTimeOffset? lastRun = null;
        JournalEntry? snapshot = null;
        TakeOver? takenOver = null;
        var isShared = false;
        var renumbering = new Renumbering();
        var hasOwnRows = false;
        var unassigned = new List<JournalEntry>();
        foreach (var entry in ServiceAssignment.Resolve(entries).Where(e => e.IsOfMigration))
        {
            if (service is not null && entry.Service is null)
                unassigned.Add(entry);
            var isOwn = string.Equals(entry.Service, service, StringComparison.Ordinal);
            hasOwnRows |= isOwn;
            if (!isOwn && !(ownsUnassigned && entry.Service is null))
            {
                isShared = true;
                continue;
            }

            if (entry.Event == JournalEvent.Snapshot)
            {
                snapshot = entry;
                foreach (var (covered, record) in records.Where(r => r.Value.FirstApplied is { Event: JournalEvent.Adopted }).ToList())
                    records[covered] = record with { IsInSnapshot = true };
                continue;
            }

            if (entry.Event == JournalEvent.TakenOver)
            {
                takenOver = TakeOver.Of(entry);
                continue;
            }

            var key = KeyOf(entry, identityByName);
            var before = records.GetValueOrDefault(key) ?? new HistoryRecord { Key = key, Name = entry.Name };
            var version = MigrationVersion.TryParse(entry.Version, out var parsed) ? parsed : null;
            records[key] = renumbering.After(before, entry, After(before, entry)) with
            {
                Name = NameAfter(before, entry),
                Version = version,
            };
            if (entry.Event == JournalEvent.RolledBack)
                undo = entry.Id;
            lastRun = entry.AppliedAt;
        }

        return new HistoryView(records, entries.Count == 0 ? 0 : entries.Max(e => e.Id), undo, lastRun)
        {
            Snapshot = snapshot,
            TakenOver = takenOver,
            IsShared = isShared,
            Stamp = StampIn(entries),
            Unassigned = unassigned,
            HasOwnRows = hasOwnRows,
        };
    }

    /// <summary>The last migration that is applied, of whichever service; null without one.</summary>
    /// <param name="entries">All rows, of all services, in the order of their ids.</param>
    public static HistoryRecord? LastApplied(IReadOnlyList<JournalEntry> entries) =>
        entries
            .Select(e => e.Service)
            .Distinct(StringComparer.Ordinal)
            .SelectMany(service => From(entries, service, identityByName: false).Applied)
            .MaxBy(r => r.FirstApplied!.Id);

    /// <summary>The environment that the last stamp names; null without one, or when it was taken away.</summary>
    /// <param name="entries">All rows, of all services, in the order of their ids.</param>
    public static string? StampIn(IReadOnlyList<JournalEntry> entries) =>
        entries.LastOrDefault(e => e.Event == JournalEvent.Stamped) is { Direction: MigrationDirection.Up } stamp ? stamp.Name : null;

    /// <summary>
    /// An applied migration keeps the name under which it was applied or repaired: what fails or is rehearsed later may be another one.
    /// </summary>
    private static string NameAfter(HistoryRecord before, JournalEntry entry) =>
        before.IsApplied && entry.Event is (JournalEvent.Failed or JournalEvent.Started or JournalEvent.Progress or JournalEvent.Rehearsed)
            ? before.Name
            : entry.Name;

    // A squash has the version of the last migration that it replaces, which stays in the history beside it.
    private static MigrationKey KeyOf(JournalEntry entry, bool identityByName) =>
        !identityByName && entry.Event != JournalEvent.Squashed && MigrationVersion.TryParse(entry.Version, out var version)
            ? MigrationKey.Of(version)
            : MigrationKey.Of(entry.Name);

    private static HistoryRecord After(HistoryRecord record, JournalEntry entry) =>
        entry.Event switch
        {
            JournalEvent.Applied or JournalEvent.Baselined or JournalEvent.Adopted or JournalEvent.Squashed => record with
            {
                IsAdopted = record.IsAdopted || entry.Event == JournalEvent.Adopted,
                Applied = entry,
                FirstApplied = entry,
                RolledBack = false,
                Failure = null,
                Resume = null,
            },
            JournalEvent.RolledBack => record with
            {
                Applied = null,
                FirstApplied = null,
                RolledBack = true,
                Failure = null,
                Resume = null,
            },
            JournalEvent.Failed => record with { Failure = entry, Resume = WithoutUndecided(record.Resume, entry) },
            JournalEvent.Started => record with { Resume = Of(record.Resume, entry) with { Undecided = entry.StatementIndex } },
            JournalEvent.Progress => record with { Resume = WithCompleted(Of(record.Resume, entry), entry) },
            JournalEvent.Repaired => AfterRepair(record, entry),
            JournalEvent.Rehearsed => record with { Rehearsal = entry },
            _ => record,
        };

    /// <summary>
    /// A repair's direction says how it leaves the migration: up applied, down not. One that names a statement decides only that statement.
    /// </summary>
    private static HistoryRecord AfterRepair(HistoryRecord record, JournalEntry entry)
    {
        if (entry.StatementIndex is not null)
        {
            var resume = Of(record.Resume, entry);
            return record with { Resume = entry.Success ? WithCompleted(resume, entry) : resume with { Undecided = null } };
        }

        return entry.Direction == MigrationDirection.Up
            ? record with
            {
                Applied = HasSameScript(record.Applied, entry) ? record.Applied : entry,
                FirstApplied = record.FirstApplied ?? entry,
                Failure = null,
            }
            : record with
            {
                Applied = null,
                FirstApplied = null,
                Failure = null,
            };
    }

    // A cleared failure says nothing new of what is applied: its row holds no script, and must not make an application look younger than an
    // undo.
    private static bool HasSameScript(JournalEntry? applied, JournalEntry repair) =>
        applied?.Checksum is { } checksum && string.Equals(checksum, repair.Checksum, StringComparison.Ordinal);

    private static ResumePoint Of(ResumePoint? resume, JournalEntry entry) =>
        resume is not null && resume.Direction == entry.Direction ? resume : new ResumePoint(entry.Direction, [], Undecided: null);

    private static ResumePoint WithCompleted(ResumePoint resume, JournalEntry entry) =>
        resume with
        {
            Completed = [.. resume.Completed.Take(entry.StatementIndex ?? 0), entry.Checksum ?? ""],
            Undecided = null,
            Position = entry.Position ?? resume.Position,
            Rows = entry.Position is null ? resume.Rows : resume.Rows + (entry.RowsAffected ?? 0),
        };

    /// <summary>A failure that names its statement decides it: the database said no.</summary>
    private static ResumePoint? WithoutUndecided(ResumePoint? resume, JournalEntry entry) =>
        resume is not null && entry.StatementIndex is not null && resume.Undecided == entry.StatementIndex
            ? resume with
            {
                Undecided = null,
            }
            : resume;
}
