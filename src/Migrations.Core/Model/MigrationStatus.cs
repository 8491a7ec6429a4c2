namespace Migrations;

/// <summary>Where one migration stands in one database.</summary>
public sealed record MigrationStatus : IHasPlace
{
    /// <summary>The database as shown to people.</summary>
    public required string Database { get; init; }

    /// <summary>The database, to run against; keeps its secret.</summary>
    public required DatabaseTarget Target { get; init; }

    /// <summary>The service whose migrations these are; null without services.</summary>
    public string? Service { get; init; }

    /// <summary>The version; null for a repeatable migration.</summary>
    public MigrationVersion? Version { get; init; }

    /// <summary>Version and name as the file writes them.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// The other name under which the history knows it, where it is applied; where it is not, the other migration that was applied under
    /// its version. Null when folder and history agree.
    /// </summary>
    public string? RecordedAs { get; init; }

    /// <summary>Whether it was applied under another version, and a repair has to record the new one before anything runs.</summary>
    public bool IsRenumbered { get; init; }

    /// <summary>What the header describes.</summary>
    public string? Description { get; init; }

    /// <summary>The semantic version of the header.</summary>
    public string? SemanticVersion { get; init; }

    /// <summary>What it is written in; of one whose file is gone, what the history shows of it.</summary>
    public MigrationKind Kind { get; init; }

    /// <summary>Where it stands.</summary>
    public required MigrationState State { get; init; }

    /// <summary>Whether it can be undone.</summary>
    public required bool HasUndo { get; init; }

    /// <summary>Whether it has no undo and its header says so (<c>Irreversible: yes</c>).</summary>
    public bool IsIrreversible { get; init; }

    /// <summary>What a rehearsal has found out about its undo.</summary>
    public UndoVerdict UndoVerdict { get; init; }

    /// <summary>
    /// Whether a rehearsal has shown that its undo restores schema and values; false when it has shown the opposite, null when neither is
    /// known.
    /// </summary>
    public bool? UndoProven => UndoVerdict.IsProven();

    /// <summary>When it was applied (UTC); null when it is not.</summary>
    public DateTimeOffset? AppliedAt { get; init; }

    /// <summary>Who applied it.</summary>
    public string? AppliedBy { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>How many rows it inserted, updated and deleted; null where the database does not report it.</summary>
    public long? RowsAffected { get; init; }

    /// <summary>SHA-256 of the script in the folder, or of the applied one when the file is gone.</summary>
    public string? Checksum { get; init; }

    /// <summary>How the file differs from what was applied.</summary>
    public ScriptChange Change { get; init; }

    /// <summary>The last failure since it was last applied or undone.</summary>
    public string? Error { get; init; }

    /// <summary>
    /// Foreign keys that are open since it was applied, as its header allows (<c>Foreign-Keys: open-until</c>), until a later migration
    /// closes them.
    /// </summary>
    public IReadOnlyList<string> OpenForeignKeys { get; init; } = [];

    /// <summary>The other tool that applied it, where its history was taken over; null where this one applied it.</summary>
    public string? AdoptedFrom { get; init; }

    /// <summary>How far it was proven when it was taken over; null where it was not taken over.</summary>
    public AdoptionProof? AdoptionProof { get; init; }

    /// <summary>
    /// The other tool by whose history this database was migrated, with its table, where that was not taken over: then nothing is known
    /// here of what is applied. Otherwise null.
    /// </summary>
    public string? ForeignHistory { get; init; }

    /// <summary>The migration folder.</summary>
    public required string Path { get; init; }

    /// <summary>The script; null when it is missing.</summary>
    public string? File { get; init; }
}
