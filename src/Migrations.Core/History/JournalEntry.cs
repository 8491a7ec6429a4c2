namespace Migrations.History;

/// <summary>One row of the journal.</summary>
public sealed record JournalEntry : IHasPlace
{
    /// <summary>The database as shown to people; empty before it is read.</summary>
    public string Database { get; init; } = "";

    /// <summary>The database, to run against; keeps its secret. Null before it is read.</summary>
    public DatabaseTarget? Target { get; init; }

    string? IHasPlace.Path => null;

    /// <summary>The row's number; 0 before it is appended.</summary>
    public long Id { get; init; }

    /// <summary>The run that wrote it.</summary>
    public required Guid RunId { get; init; }

    /// <summary>The service; null without services.</summary>
    public string? Service { get; init; }

    /// <summary>The version as the file wrote it; null for migrations known by name.</summary>
    public string? Version { get; init; }

    /// <summary>Version and name as the file wrote them; of a script that ran its name, of a stamp the environment's.</summary>
    public required string Name { get; init; }

    /// <summary>The header's description.</summary>
    public string? Description { get; init; }

    /// <summary>The header's semantic version.</summary>
    public string? SemanticVersion { get; init; }

    /// <summary>Up or down.</summary>
    public required MigrationDirection Direction { get; init; }

    /// <summary>What is recorded.</summary>
    public required JournalEvent Event { get; init; }

    /// <summary>SHA-256 of the up script; in progress rows, of the statements so far.</summary>
    public string? Checksum { get; init; }

    /// <summary>When (UTC), by the database's clock; set by the driver when the row is appended.</summary>
    public DateTimeOffset AppliedAt { get; init; }

    /// <summary>The operating system's user.</summary>
    public required string AppliedBy { get; init; }

    /// <summary>The machine.</summary>
    public required string Host { get; init; }

    /// <summary>How long the script took, in milliseconds; set by the driver for scripts in a transaction.</summary>
    public long? ExecutionTimeMs { get; init; }

    /// <summary>Rows inserted, updated and deleted; null where unknown.</summary>
    public long? RowsAffected { get; init; }

    /// <summary>False for failures.</summary>
    public required bool Success { get; init; }

    /// <summary>Why it failed, without secrets; or what a repair compared.</summary>
    public string? ErrorMessage { get; init; }

    /// <summary>What the script that ran was written in; null where the row does not say it.</summary>
    public MigrationKind? Kind => CodeNote.Of(this);

    /// <summary>
    /// Started, progress and failures outside a transaction: which statement, from 0. Of a script that ran: its last statement.
    /// </summary>
    public int? StatementIndex { get; init; }

    /// <summary>Of a batch: its last key, as literals; null for all other rows.</summary>
    public string? Position { get; init; }

    /// <summary>How many statements a script that ran has; null for all other events.</summary>
    public int? Statements => this is { Event: JournalEvent.Ran, Success: true } ? StatementIndex + 1 : null;

    /// <summary>Last row of a run: the schema's fingerprint, once there is one.</summary>
    public string? SchemaFingerprint { get; init; }

    /// <summary>The tool's version.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>
    /// Statements of the engine's own that run with the row, in its transaction: another tool's table is kept in step. Not stored.
    /// </summary>
    internal IReadOnlyList<string> Beside { get; init; } = [];

    /// <summary>The script's text, as the file has it; null when it is too long, not wanted, or was not read.</summary>
    public string? Script { get; init; }

    /// <summary>Whether it says what became of a migration, and is not about a script that ran, a service or the database.</summary>
    public bool IsOfMigration => Event is not (JournalEvent.Ran or JournalEvent.Stamped or JournalEvent.Assigned);

    /// <summary>Whether it records that a script failed: of a migration, or one that was run on its own.</summary>
    public bool IsFailure => this is { Event: JournalEvent.Failed } or { Event: JournalEvent.Ran, Success: false };
}
