using Migrations.History;

namespace Migrations.Planning;

/// <summary>What to repair in the history. By default clears failures and accepts edited scripts, after comparing.</summary>
public sealed record RepairRequest
{
    /// <summary>Only this migration (a version, a semantic version or a name).</summary>
    public string? Name { get; init; }

    /// <summary>No more than these (full names): what was shown and agreed to; null: no such limit.</summary>
    public IReadOnlyList<string>? Only { get; init; }

    /// <summary>Forgets applied migrations whose files are gone.</summary>
    public bool RemoveMissing { get; init; }

    /// <summary>
    /// Assigns rows without a service to this one: those of the migrations in its folder, or of the one that is named. Null assigns none.
    /// </summary>
    public string? AssignService { get; init; }

    /// <summary>
    /// Marks this migration as not applied (a version, a semantic version or a name), after making sure that nothing of it is left in the
    /// schema. Null marks none.
    /// </summary>
    public string? Forget { get; init; }

    /// <summary>Marks it so without looking at the schema.</summary>
    public bool SkipComparison { get; init; }

    /// <summary>A database on the server that the copies for that comparison are made on; null for the database's own server.</summary>
    public DatabaseTarget? ScratchServer { get; init; }

    /// <summary>A statement that was running when its run was killed took effect (true) or did not (false); null says nothing.</summary>
    public bool? StatementDone { get; init; }
}

/// <summary>One thing that a repair appended to the history.</summary>
/// <param name="Database">The database as shown to people.</param>
/// <param name="Version">The version; null for migrations known by name.</param>
/// <param name="Name">Version and name as the file writes them.</param>
/// <param name="Repair">What was wrong: <c>Failed</c>, <c>Changed</c>, <c>Renamed</c>, <c>Missing</c>, <c>Undecided</c>,
/// <c>Forgotten</c> or <c>Unassigned</c>.</param>
/// <param name="Compared">What was compared and what was recorded.</param>
public sealed record RepairResult(string Database, MigrationVersion? Version, string Name, string Repair, string Compared) : IHasPlace
{
    /// <summary>The database, to run against; keeps its secret.</summary>
    public DatabaseTarget? Target { get; init; }

    /// <summary>The service; null without services.</summary>
    public string? Service { get; init; }

    /// <summary>The migration folder.</summary>
    public string? Path { get; init; }

    /// <summary>Of an edited script: the statements that differ from what was applied; empty where they cannot be compared.</summary>
    public IReadOnlyList<StatementDifference> Differences { get; init; } = [];
}
