using Migrations.Databases;

namespace Migrations.Backup;

/// <summary>What is written beside a backup, as <c>&lt;backup&gt;.manifest.json</c>. Holds no secret.</summary>
public sealed record BackupManifest
{
    /// <summary>
    /// The version of this format that is written. Newer ones are refused, because they may say what this code does not know.
    /// </summary>
    public const int CurrentVersion = 1;

    /// <summary>The version of this format.</summary>
    public required int ManifestVersion { get; init; }

    /// <summary>The name of the file or folder that this belongs to.</summary>
    public required string File { get; init; }

    /// <summary>The database as shown to people.</summary>
    public required string Database { get; init; }

    /// <summary>The engine's name.</summary>
    public required string Engine { get; init; }

    /// <summary>The engine's version.</summary>
    public required string EngineVersion { get; init; }

    /// <summary>The format.</summary>
    public required BackupFormat Format { get; init; }

    /// <summary>Whether the file is compressed with gzip.</summary>
    public bool Compressed { get; init; }

    /// <summary>When the backup was begun (UTC).</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>How long it took, in milliseconds.</summary>
    public double DurationMs { get; init; }

    /// <summary>How long writers to the database had to wait at most, in milliseconds; null where they never wait.</summary>
    public double? WritersBlockedMs { get; init; }

    /// <summary>The size in bytes; of a folder, of all its files.</summary>
    public required long Size { get; init; }

    /// <summary>SHA-256 of the file (of a folder: over its sorted relative paths and their hashes), in lower-case hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>The fingerprint of the schema.</summary>
    public required string SchemaFingerprint { get; init; }

    /// <summary>The full name of the last applied migration; null without one.</summary>
    public string? LastMigration { get; init; }

    /// <summary>Its version; null without one.</summary>
    public string? MigrationVersion { get; init; }

    /// <summary>The environment that the database was stamped with; null without a stamp, and in manifests of older versions.</summary>
    public string? Stamp { get; init; }

    /// <summary>The history table's name, which the fingerprint leaves out.</summary>
    public required string HistoryTable { get; init; }

    /// <summary>The history table's schema; null for the engine's default.</summary>
    public string? HistorySchema { get; init; }

    /// <summary>The tables, with their rows and digests as far as these were wanted.</summary>
    public required IReadOnlyList<TableContent> Tables { get; init; }

    /// <summary>
    /// What the engine keeps beside the content and gives back to a database that is made from the backup, for example <c>journal_mode</c>.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Settings { get; init; }

    /// <summary>For a state that a restore kept, what it is: <c>before_restore</c> or <c>failed</c>; null for a backup.</summary>
    public string? Kept { get; init; }

    /// <summary>What was wrong with what the source held; null when it was not looked for, as in manifests of older versions.</summary>
    public IReadOnlyList<DatabaseFault>? Faults { get; init; }

    /// <summary>
    /// What runs code that cannot be seen into when the backup is loaded (<see cref="BackupOptions.AcceptUnseenCode"/>); null where there
    /// is nothing.
    /// </summary>
    public IReadOnlyList<string>? UnseenCode { get; init; }

    /// <summary>The name of the file with roles and other cluster-wide objects; null without one.</summary>
    public string? Globals { get; init; }

    /// <summary>The SHA-256 of that file.</summary>
    public string? GlobalsSha256 { get; init; }

    /// <summary>The machine that made the backup.</summary>
    public required string Host { get; init; }

    /// <summary>The version of the tool that made it.</summary>
    public required string ToolVersion { get; init; }

    /// <summary>What the last verification found; null when there was none.</summary>
    public BackupProof? Proof { get; init; }

    /// <summary>Whether rows were counted, where they could be.</summary>
    public bool HasCounts() => Tables.Count == 0 || Tables.Any(t => t.Rows is not null);

    /// <summary>Whether tables were digested, where they could be.</summary>
    public bool HasDigests() => Tables.Count == 0 || Tables.Any(t => t.Digest is not null);
}
