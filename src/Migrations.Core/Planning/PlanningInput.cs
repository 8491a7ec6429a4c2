using Migrations.History;
using Migrations.Integrity;

namespace Migrations.Planning;

/// <summary>All that planning looks at: the folder, the history, and how applied scripts differ from their files.</summary>
public sealed record PlanningInput
{
    /// <summary>The folder's migrations, in order.</summary>
    public required IReadOnlyList<Migration> Migrations { get; init; }

    /// <summary>The history.</summary>
    public required HistoryView History { get; init; }

    /// <summary>How the files of applied migrations differ from what was applied; none is said where they do not.</summary>
    public IReadOnlyDictionary<MigrationKey, ScriptChange> Changes { get; init; } = new Dictionary<MigrationKey, ScriptChange>();

    /// <summary>What rehearsals found, by the migration's full name; empty where none were kept beside the migrations.</summary>
    public IReadOnlyDictionary<string, RehearsalVerdict> Verdicts { get; init; } = new Dictionary<string, RehearsalVerdict>(StringComparer.Ordinal);

    /// <summary>The environment; null when none is named.</summary>
    public string? Environment { get; init; }

    /// <summary>How a migration's file differs from what was applied.</summary>
    public ScriptChange ChangeOf(MigrationKey key) => Changes.GetValueOrDefault(key, ScriptChange.None);

    /// <summary>What a rehearsal of just these scripts has found out about the undo.</summary>
    public UndoVerdict VerdictOf(Migration migration)
    {
        if (!migration.HasUndo)
            return UndoVerdict.None;
        var checksum = RehearsalVerdict.ChecksumOf(migration);
        if (Verdicts.GetValueOrDefault(migration.FullName) is { } kept && string.Equals(kept.Checksum, checksum, StringComparison.Ordinal))
            return kept.Verdict;
        if (History.Find(migration.Key)?.Rehearsal is not { } row || !string.Equals(row.Checksum, checksum, StringComparison.Ordinal))
            return UndoVerdict.NotRun;
        // Earlier versions kept the header's description in its place.
        return Enum.TryParse<UndoVerdict>(row.Description, out var verdict) && Enum.IsDefined(verdict) ? verdict : RehearsalVerdict.OfEarlier(row.Success);
    }

    /// <summary>Applied migrations whose files are gone, in the order in which they were applied.</summary>
    public IReadOnlyList<HistoryRecord> Missing
    {
        get
        {
            var present = Migrations.Select(m => m.Key).ToHashSet();
            return [.. History.Applied.Where(r => !present.Contains(r.Key))];
        }
    }

    /// <summary>
    /// Whether the next run applies it: not applied, or a repeatable one that was edited, or that ran before the newest undo
    /// (which may have taken away what it made).
    /// </summary>
    public bool IsPending(Migration migration)
    {
        if (History.Find(migration.Key) is not { Applied: { } applied })
            return true;
        return migration.IsRepeatable && (ChangeOf(migration.Key) == ScriptChange.Statement || applied.Id < History.LastUndoId);
    }

    /// <summary>Whether it may run in this environment.</summary>
    public bool RunsHere(Migration migration) =>
        migration.Header.Environments.Count == 0 || (Environment is not null && migration.Header.Environments.Contains(Environment, StringComparer.OrdinalIgnoreCase));

    /// <summary>Whether it is pending below an applied version.</summary>
    public bool IsOutOfOrder(Migration migration) =>
        migration.Version is { } version && IsPending(migration) && RunsHere(migration) && History.HighestApplied is { } highest && version < highest;
}
