using Migrations.Foreign;
using Migrations.History;

namespace Migrations.Planning;

/// <summary>All that planning looks at: the folder, the history, and how applied scripts differ from their files.</summary>
public sealed record PlanningInput
{
    private (HistoryMatch Match, IReadOnlyList<Migration> Migrations, HistoryView History, object Changes, object Renumbered)? _match;

    /// <summary>The folder's migrations, in order.</summary>
    public required IReadOnlyList<Migration> Migrations { get; init; }

    /// <summary>The history.</summary>
    public required HistoryView History { get; init; }

    /// <summary>How the files of applied migrations differ from what was applied; none is said where they do not.</summary>
    public IReadOnlyDictionary<MigrationKey, ScriptChange> Changes { get; init; } = new Dictionary<MigrationKey, ScriptChange>();

    /// <summary>
    /// Files with a version of their own whose statements are those of a migration that was applied under another, edited in comments or
    /// white space only: each with what the history knows it by. Equal checksums are found without it.
    /// </summary>
    public IReadOnlyDictionary<MigrationKey, MigrationKey> Renumbered { get; init; } = new Dictionary<MigrationKey, MigrationKey>();

    /// <summary>The folder, as messages name it; null when it is not said.</summary>
    public string? Folder { get; init; }

    /// <summary>A folder near by that fits the history better; null when none does, or none was looked for.</summary>
    public string? BetterFolder { get; init; }

    /// <summary>
    /// Another service of the same journal that knows the folder's migrations, where this one knows none of them; empty for the history
    /// without a service, null without such a service.
    /// </summary>
    public string? OtherService { get; init; }

    /// <summary>
    /// Why nothing may run for this service before it is said whose the migrations of the history are; null where that is clear.
    /// </summary>
    public PlanException? ServiceProblem { get; init; }

    /// <summary>
    /// Histories of other tools in the database, looked for only where this one has no row: what they count as applied is not known here.
    /// </summary>
    public IReadOnlyList<ForeignHistory> Foreign { get; init; } = [];

    /// <summary>The histories of other tools in one line; null without one.</summary>
    internal string? ForeignHistory => Foreign.Count == 0 ? null : string.Join(", ", Foreign);

    /// <summary>What rehearsals found, by the migration's full name; empty where none were kept beside the migrations.</summary>
    public IReadOnlyDictionary<string, RehearsalVerdict> Verdicts { get; init; } =
        new Dictionary<string, RehearsalVerdict>(StringComparer.Ordinal);

    /// <summary>
    /// Foreign keys that are open, as headers of applied migrations allow, by the migration that opened them; empty where none may be.
    /// </summary>
    public IReadOnlyDictionary<MigrationKey, IReadOnlyList<string>> OpenForeignKeys { get; init; } =
        new Dictionary<MigrationKey, IReadOnlyList<string>>();

    /// <summary>The squashes of which something that they replace has run here.</summary>
    internal IReadOnlyList<SquashUse> Squashes { get; init; } = [];

    /// <summary>The environment; null when none is named.</summary>
    public string? Environment { get; init; }

    /// <summary>Which migration of the folder is which of the history.</summary>
    public HistoryMatch Match
    {
        get
        {
            // A copy of this record brings the match of its original with it.
            if (
                _match is not { } made
                || !(
                    ReferenceEquals(made.Migrations, Migrations)
                    && ReferenceEquals(made.History, History)
                    && ReferenceEquals(made.Changes, Changes)
                    && ReferenceEquals(made.Renumbered, Renumbered)
                )
            )
            {
                _match = made = (new HistoryMatch(this), Migrations, History, Changes, Renumbered);
            }

            return made.Match;
        }
    }

    /// <summary>What the history says about a migration of the folder; null when it knows nothing of it.</summary>
    public HistoryRecord? RecordOf(Migration migration) => Match.RecordOf(migration);

    /// <summary>How a migration's file differs from what was applied.</summary>
    public ScriptChange ChangeOf(MigrationKey key) => Match.ChangeOf(key);

    /// <summary>What a rehearsal of just these scripts has found out about the undo.</summary>
    public UndoVerdict VerdictOf(Migration migration)
    {
        if (!migration.HasUndo)
            return UndoVerdict.None;
        // Code whose content nothing identifies may be another by now.
        if (migration.Up.Checksum.Length == 0)
            return UndoVerdict.NotRun;
        var checksum = RehearsalVerdict.ChecksumOf(migration);
        if (Verdicts.GetValueOrDefault(migration.FullName) is { } kept && string.Equals(kept.Checksum, checksum, StringComparison.Ordinal))
            return kept.Verdict;
        if (
            (RecordOf(migration) ?? History.Find(migration.Key))?.Rehearsal is not { } row
            || !string.Equals(row.Checksum, checksum, StringComparison.Ordinal)
        )
            return UndoVerdict.NotRun;
        // Earlier versions kept the header's description in its place.
        return Enum.TryParse<UndoVerdict>(row.Description, out var verdict) && Enum.IsDefined(verdict)
            ? verdict
            : RehearsalVerdict.OfEarlier(row.Success);
    }

    /// <summary>Applied migrations whose files are gone, in the order in which they were applied.</summary>
    public IReadOnlyList<HistoryRecord> Missing => Match.Missing;

    /// <summary>
    /// Whether the next run applies it: not applied, or a repeatable one that was edited, or that ran before the newest undo
    /// (which may have taken away what it made).
    /// </summary>
    public bool IsPending(Migration migration)
    {
        if (RecordOf(migration) is not { Applied: { } applied })
            return true;
        return migration.IsRepeatable && (ChangeOf(migration.Key) == ScriptChange.Statement || applied.Id < History.LastUndoId);
    }

    /// <summary>Whether it may run in this environment.</summary>
    public bool RunsHere(Migration migration) =>
        migration.Header.Environments.Count == 0
        || (Environment is not null && migration.Header.Environments.Contains(Environment, StringComparer.OrdinalIgnoreCase));

    /// <summary>Whether it is pending below a version that was applied, as it was numbered then.</summary>
    public bool IsOutOfOrder(Migration migration) =>
        migration is { Version: { } version, IsSquashRecord: false }
        && IsPending(migration)
        && RunsHere(migration)
        && History.HighestRun is { } highest
        && version < highest;
}
