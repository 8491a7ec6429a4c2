namespace Migrations.History;

/// <summary>What the history says about one migration.</summary>
public sealed record HistoryRecord
{
    /// <summary>What the migration is known by.</summary>
    public required MigrationKey Key { get; init; }

    /// <summary>Version and name as the file wrote them when the last row was appended.</summary>
    public required string Name { get; init; }

    /// <summary>The version; null for migrations known by name.</summary>
    public MigrationVersion? Version { get; init; }

    /// <summary>The row by which it is applied; null when it is not.</summary>
    public JournalEntry? Applied { get; init; }

    /// <summary>
    /// The row that says how it took effect, for its place in the order of application: as <see cref="Applied"/>, but not a repair.
    /// </summary>
    public JournalEntry? FirstApplied { get; init; }

    /// <summary>Whether it was applied once and undone since.</summary>
    public bool RolledBack { get; init; }

    /// <summary>The failure since it was last applied, rolled back or repaired; null without one.</summary>
    public JournalEntry? Failure { get; init; }

    /// <summary>The newest rehearsal verdict kept in the history; null without one.</summary>
    public JournalEntry? Rehearsal { get; init; }

    /// <summary>How far a script without a transaction got, by direction; null when none was interrupted.</summary>
    public ResumePoint? Resume { get; init; }

    /// <summary>Whether it counts as applied.</summary>
    public bool IsApplied => Applied is not null;

    /// <summary>Whether another tool had applied it, and it was taken over from its history.</summary>
    public bool IsAdopted { get; init; }

    /// <summary>Whether the stored schema from which a replay starts holds what it made, when another tool had applied it.</summary>
    public bool IsInSnapshot { get; init; }

    /// <summary>Whether it counts as applied without ever having run here, since a baseline.</summary>
    public bool IsBaseline => FirstApplied?.Event == JournalEvent.Baselined;
}
