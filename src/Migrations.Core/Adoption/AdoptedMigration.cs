namespace Migrations.Adoption;

/// <summary>A migration that another tool's history counts as applied.</summary>
public sealed record AdoptedMigration
{
    /// <summary>Version and name as the file writes them.</summary>
    public required string Name { get; init; }

    /// <summary>The version; null for a migration known by name.</summary>
    public MigrationVersion? Version { get; init; }

    /// <summary>How the other tool's history calls it.</summary>
    public required string RecordedAs { get; init; }

    /// <summary>Whether the other tool does not record it itself: it only knows that a later one is applied.</summary>
    public bool IsInferred { get; init; }

    /// <summary>When the other tool applied it (UTC); null where it does not record that.</summary>
    public DateTimeOffset? AppliedAt { get; init; }

    /// <summary>How the file compares with the other tool's checksum.</summary>
    public ContentMatch Content { get; init; }

    /// <summary>How far it is proven.</summary>
    public AdoptionProof Proof { get; init; }

    /// <summary>The script.</summary>
    public required string File { get; init; }
}
