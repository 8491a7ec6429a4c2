using Migrations.Schema;

namespace Migrations.Generating;

/// <summary>A migration, or the undo of one, that was written for the user, or not.</summary>
public sealed record GeneratedMigration : IHasPlace
{
    /// <summary>The database as shown to people: its kind is the one that was written for.</summary>
    public required string Database { get; init; }

    /// <summary>The database, to run against; keeps its secret.</summary>
    public DatabaseTarget? Target { get; init; }

    /// <summary>The service; null without services.</summary>
    public string? Service { get; init; }

    /// <summary>The migration folder.</summary>
    public string? Path { get; init; }

    /// <summary>The version; null where no number was taken.</summary>
    public MigrationVersion? Version { get; init; }

    /// <summary>Version and name as the file writes them.</summary>
    public required string Name { get; init; }

    /// <summary>What became of it.</summary>
    public required GenerationOutcome Outcome { get; init; }

    /// <summary>What the rehearsal found out about its undo.</summary>
    public UndoVerdict UndoVerdict { get; init; } = UndoVerdict.NotRun;

    /// <summary>The verdict in a few words: what the migration itself takes away comes back with no undo.</summary>
    public string UndoMessage =>
        IsGood && UndoVerdict == UndoVerdict.ValuesDiffer
            ? "the undo restores the schema; what the migration takes away does not come back"
            : UndoVerdict.Message();

    /// <summary>The files that were, or would be, written.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];

    /// <summary>Whether it folds others into one.</summary>
    public bool IsSquash { get; init; }

    /// <summary>The migrations that it replaces, in their order; empty for all but a squash.</summary>
    public IReadOnlyList<string> Replaces { get; init; } = [];

    /// <summary>Where the files of those were, or would be, moved to.</summary>
    public IReadOnlyList<string> Archived { get; init; } = [];

    /// <summary>What applies it; null for an undo, and where nothing could be written.</summary>
    public string? Up { get; init; }

    /// <summary>What rolls it back; null where nothing could be written.</summary>
    public string? Down { get; init; }

    /// <summary>What is lost when it is applied.</summary>
    public IReadOnlyList<string> UpLosses { get; init; } = [];

    /// <summary>What is lost when it is rolled back.</summary>
    public IReadOnlyList<string> DownLosses { get; init; } = [];

    /// <summary>The tables that held no rows when it was proven, so that only their schema is.</summary>
    public IReadOnlyList<string> Unfilled { get; init; } = [];

    /// <summary>Why nothing was written, in sentences; empty where it was.</summary>
    public IReadOnlyList<string> Reasons { get; init; } = [];

    /// <summary>How the schema differs from the one that was to be reached; empty where it is reached.</summary>
    public IReadOnlyList<SchemaDifference> Differences { get; init; } = [];

    /// <summary>Whether it was written, or would be, or there is nothing to write.</summary>
    public bool IsGood => Outcome != GenerationOutcome.Refused;
}
