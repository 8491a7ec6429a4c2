using Migrations.Schema;

namespace Migrations.Adoption;

/// <summary>What of another tool's history was, or would be, taken over, and what that was found to be worth.</summary>
public sealed record AdoptionResult : IHasPlace
{
    /// <summary>The database as shown to people.</summary>
    public required string Database { get; init; }

    /// <summary>The database, to run against; keeps its secret.</summary>
    public required DatabaseTarget Target { get; init; }

    /// <summary>The service; null without services.</summary>
    public string? Service { get; init; }

    /// <summary>The migration folder.</summary>
    public required string Path { get; init; }

    /// <summary>The other tool's name.</summary>
    public required string Tool { get; init; }

    /// <summary>The other tool, as it is shown to people.</summary>
    public required string Title { get; init; }

    /// <summary>The table of its history.</summary>
    public required string Table { get; init; }

    /// <summary>What counts as applied, in the order in which it was applied.</summary>
    public IReadOnlyList<AdoptedMigration> Migrations { get; init; } = [];

    /// <summary>Migrations that stay pending, in order.</summary>
    public IReadOnlyList<string> Pending { get; init; } = [];

    /// <summary>Entries of the other history that no file of the folder is.</summary>
    public IReadOnlyList<string> UnmatchedEntries { get; init; } = [];

    /// <summary>Files below the newest recorded one that the other history does not have.</summary>
    public IReadOnlyList<string> UnmatchedFiles { get; init; } = [];

    /// <summary>What the replay has shown.</summary>
    public AdoptionVerdict Verdict { get; init; }

    /// <summary>Why nothing was replayed; null when it was.</summary>
    public string? NotRun { get; init; }

    /// <summary>The SQL that was replayed in place of the recorded migrations; null when it was these.</summary>
    public string? SqlPath { get; init; }

    /// <summary>How the database differs from what the recorded migrations make.</summary>
    public IReadOnlyList<SchemaDifference> Differences { get; init; } = [];

    /// <summary>What keeps the history from being taken over, one sentence each; empty when nothing does.</summary>
    public IReadOnlyList<string> Obstacles { get; init; } = [];

    /// <summary>Whether later steps also write the other tool's table.</summary>
    public bool IsKeptInStep { get; init; }

    /// <summary>Whether it was written: false for what would be.</summary>
    public bool IsWritten { get; init; }
}
