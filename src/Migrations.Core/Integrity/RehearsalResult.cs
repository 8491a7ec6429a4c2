using Migrations.Databases;
using Migrations.Schema;

namespace Migrations.Integrity;

/// <summary>What a rehearsal found out about one migration.</summary>
public sealed record RehearsalResult : IHasPlace
{
    /// <summary>The database as shown to people.</summary>
    public required string Database { get; init; }

    /// <summary>The database, to run against; keeps its secret.</summary>
    public DatabaseTarget? Target { get; init; }

    /// <summary>The service; null without services.</summary>
    public string? Service { get; init; }

    /// <summary>The migration folder.</summary>
    public string? Path { get; init; }

    /// <summary>The version; null for a repeatable migration.</summary>
    public MigrationVersion? Version { get; init; }

    /// <summary>Version and name as the file writes them.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Whether it can be applied, and applied again after its undo. False as well when that is not known (<see cref="NotRun"/>).
    /// </summary>
    public required bool Applies { get; init; }

    /// <summary>What was found out about its undo.</summary>
    public UndoVerdict UndoVerdict { get; init; } = UndoVerdict.NotRun;

    /// <summary>
    /// Whether its undo brought schema and values back; null when there is no undo, it was not rehearsed, or only its schema could be
    /// compared.
    /// </summary>
    public bool? UndoProven => UndoVerdict.IsProven();

    /// <summary>Whether code of it was run on the copy: what that did elsewhere is not known.</summary>
    public bool RanCode { get; init; }

    /// <summary>The hooks that were run on the copy around it and its undo, each in a transaction of its own.</summary>
    public IReadOnlyList<string> Hooks { get; init; } = [];

    /// <summary>The files of the hooks that were not run: code that was not asked for, or all where the call leaves hooks out.</summary>
    public IReadOnlyList<string> HooksSkipped { get; init; } = [];

    /// <summary>The verdict in a few words, for people: where no values were compared, it says so.</summary>
    public string UndoMessage => RanCode ? Verdict + "; what its code did outside the copy is not known" : Verdict;

    private string Verdict =>
        UndoVerdict == UndoVerdict.SameButColumnOrder && ValuesCompared.Count == 0
            ? "undo proven for the schema only, but the order of columns changes: there were no rows to compare"
            : UndoVerdict.Message();

    /// <summary>
    /// The tables whose values were compared, with the rows that they held before the migration; empty where the scripts change no values,
    /// or there were none.
    /// </summary>
    public IReadOnlyList<TableContent> ValuesCompared { get; init; } = [];

    /// <summary>How values after the undo differ from those before the migration, by table.</summary>
    public IReadOnlyList<ValueDifference> ValueDifferences { get; init; } = [];

    /// <summary>
    /// How the schema after the undo differs from the one before; or, where that is the same, how the second application differs from the
    /// first.
    /// </summary>
    public IReadOnlyList<SchemaDifference> Differences { get; init; } = [];

    /// <summary>How long the up script took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>How long the down script took; null when it did not run.</summary>
    public TimeSpan? UndoDuration { get; init; }

    /// <summary>How many statements the up script has.</summary>
    public int Statements { get; init; }

    /// <summary>Rows that the up script changed, by table.</summary>
    public IReadOnlyList<TableChange> RowsChanged { get; init; } = [];

    /// <summary>
    /// Rows that were there before the undo and are gone after it, by table; empty where none were, or the copy held none.
    /// </summary>
    public IReadOnlyList<TableContent> RowsLost { get; init; } = [];

    /// <summary>What the up script added, removed and changed.</summary>
    public IReadOnlyList<SchemaDifference> ObjectsChanged { get; init; } = [];

    /// <summary>What went with what the up script drops or makes again, and the script does not name.</summary>
    public IReadOnlyList<LostObject> ObjectsLost { get; init; } = [];

    /// <summary>Table locks that the up script took, strongest first.</summary>
    public IReadOnlyList<TableLock> Locks { get; init; } = [];

    /// <summary>Tables that the up script rewrote.</summary>
    public IReadOnlyList<string> Rewrites { get; init; } = [];

    /// <summary>Whether the rehearsed database held rows; where it did not, nothing is known about lost ones.</summary>
    public bool WithData { get; init; }

    /// <summary>What failed or was not run, and where; null when nothing was.</summary>
    public MigrationException? Failure { get; init; }

    /// <summary>What is wrong with it or with its undo, in sentences; null when nothing is.</summary>
    public string? Fault =>
        Failure?.Message
        ?? (
            ValueDifferences.Count > 0 ? string.Join(' ', ValueDifferences.Select(d => $"V{d.ToString()[1..]}."))
            : UndoProven == false ? string.Join(' ', Differences.Select(SchemaChecks.Sentence))
            : null
        );

    /// <summary>
    /// Why it, or its undo, was not rehearsed to its end: a statement, or that of a hook, reaches beyond the copy, or an
    /// earlier migration that it may need was not run. Then nothing is known of it, good or bad. Null when it was rehearsed.
    /// </summary>
    public string? NotRun { get; init; }

    /// <summary>Whether it was rehearsed, applies and, where it can be undone, is undone without a trace.</summary>
    public bool IsGood => Applies && NotRun is null && Failure is null && UndoProven is not false;
}
