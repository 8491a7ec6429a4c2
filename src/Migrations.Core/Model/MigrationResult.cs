namespace Migrations;

/// <summary>What a run did with one migration.</summary>
public sealed record MigrationResult : IHasPlace
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

    /// <summary>Applied or undone.</summary>
    public required MigrationDirection Direction { get; init; }

    /// <summary>How it ended.</summary>
    public required MigrationOutcome Outcome { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>How many rows it inserted, updated and deleted; null where the database does not report it.</summary>
    public long? RowsAffected { get; init; }

    /// <summary>How many statements ran.</summary>
    public int Statements { get; init; }

    /// <summary>What went with what the script dropped or rebuilt, and the script does not name.</summary>
    public IReadOnlyList<LostObject> ObjectsLost { get; init; } = [];

    /// <summary>
    /// The hooks that ran with it, or would run, in order: those around it, and those of the run with its first and last migration. What
    /// runs after the last migration has not run yet when that one is reported.
    /// </summary>
    public IReadOnlyList<string> Hooks { get; init; } = [];

    /// <summary>The files of the hooks that were left out because the call says so.</summary>
    public IReadOnlyList<string> HooksSkipped { get; init; } = [];

    /// <summary>The backup made before the run; null when none was asked for.</summary>
    public string? Backup { get; init; }

    /// <summary>Why it failed or was skipped.</summary>
    public string? Error { get; init; }

    /// <summary>The script that ran or would run.</summary>
    public string? File { get; init; }
}
