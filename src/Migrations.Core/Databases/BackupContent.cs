namespace Migrations.Databases;

/// <summary>What is in a backup, as it was read from the source in the backup's own snapshot.</summary>
public sealed record BackupContent
{
    /// <summary>The engine's version.</summary>
    public required string EngineVersion { get; init; }

    /// <summary>The schema's fingerprint.</summary>
    public required string SchemaFingerprint { get; init; }

    /// <summary>The full name of the last migration that is applied; null without a history.</summary>
    public string? LastMigration { get; init; }

    /// <summary>Its version; null without one.</summary>
    public string? MigrationVersion { get; init; }

    /// <summary>The environment that the database was stamped with; null without a stamp.</summary>
    public string? Stamp { get; init; }

    /// <summary>The tables with their rows; rows are null when they were not counted.</summary>
    public IReadOnlyList<TableContent> Tables { get; init; } = [];

    /// <summary>
    /// What is wrong with what the source holds, as the engine's checks of a copy will find it; null when it was not looked for.
    /// </summary>
    public IReadOnlyList<DatabaseFault>? Faults { get; init; }

    /// <summary>
    /// What of the source runs code that cannot be seen into when the backup is loaded, which therefore takes
    /// <see cref="BackupSource.AcceptUnseenCode"/>; null where there is nothing.
    /// </summary>
    public IReadOnlyList<string>? UnseenCode { get; init; }

    /// <summary>
    /// What belongs to the database and is not in the backup itself; it comes back to <see cref="BackupSource.Settings"/>. Null where there
    /// is nothing.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Settings { get; init; }

    /// <summary>How long writers to the source had to wait at most; null where they never wait.</summary>
    public TimeSpan? WritersBlocked { get; init; }
}
