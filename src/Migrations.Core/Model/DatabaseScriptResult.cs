namespace Migrations;

/// <summary>What a script did that is no migration: a fix, a seed, an init script.</summary>
public sealed record DatabaseScriptResult : IHasTarget
{
    /// <summary>The database as shown to people.</summary>
    public required string Database { get; init; }

    /// <summary>The database, to run against; keeps its secret.</summary>
    public DatabaseTarget? Target { get; init; }

    /// <summary>The service; null without services.</summary>
    public string? Service { get; init; }

    /// <summary>The name under which the history has it: the file's, or <c>command</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The file; null for a text of the call.</summary>
    public string? File { get; init; }

    /// <summary>How it ended.</summary>
    public required MigrationOutcome Outcome { get; init; }

    /// <summary>Whether the history has it; false for queries in a database that can only be read.</summary>
    public bool Recorded { get; init; } = true;

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>How many rows it inserted, updated and deleted; null where the database does not report it.</summary>
    public long? RowsAffected { get; init; }

    /// <summary>How many statements ran.</summary>
    public int Statements { get; init; }

    /// <summary>What went with what the script dropped or rebuilt, and the script does not name.</summary>
    public IReadOnlyList<LostObject> ObjectsLost { get; init; } = [];
}
