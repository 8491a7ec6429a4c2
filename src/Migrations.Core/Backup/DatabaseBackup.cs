namespace Migrations.Backup;

/// <summary>One backup in a folder, as its manifest describes it.</summary>
public sealed record DatabaseBackup : IHasTarget
{
    /// <summary>The file or folder; for a kept database its name.</summary>
    public required string Path { get; init; }

    /// <summary>The database it was made of, in display form; empty without a manifest.</summary>
    public string Database { get; init; } = "";

    /// <summary>
    /// The database, to run against, where the backup was made in this session, and for a kept database; keeps its secret. Null for one
    /// that was found in a folder.
    /// </summary>
    public DatabaseTarget? Target { get; init; }

    /// <summary>The engine's name; empty when it is not known.</summary>
    public string Engine { get; init; } = "";

    /// <summary>The engine's version.</summary>
    public string? EngineVersion { get; init; }

    /// <summary>The format; null when it is not known.</summary>
    public BackupFormat? Format { get; init; }

    /// <summary>Whether it is compressed with gzip.</summary>
    public bool Compressed { get; init; }

    /// <summary>When it was begun (UTC); without a manifest, when the file was last written.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>The size on disk, in bytes.</summary>
    public long Size { get; init; }

    /// <summary>
    /// SHA-256 of the file (of a folder: over its sorted relative paths and their hashes), in lower-case hexadecimal; null without a
    /// manifest.
    /// </summary>
    public string? Sha256 { get; init; }

    /// <summary>The version of the last applied migration in it; null without one.</summary>
    public string? MigrationVersion { get; init; }

    /// <summary>The full name of the last applied migration in it; null without one.</summary>
    public string? LastMigration { get; init; }

    /// <summary>The environment that the database was stamped with; null without a stamp.</summary>
    public string? Stamp { get; init; }

    /// <summary>The fingerprint of its schema.</summary>
    public string? SchemaFingerprint { get; init; }

    /// <summary>Whether it has been restored and compared, and nothing speaks against it.</summary>
    public bool Proven { get; init; }

    /// <summary>When it was last tried to prove it (UTC); null when never.</summary>
    public DateTimeOffset? ProvenAt { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The file in which roles and other cluster-wide objects are; null without one.</summary>
    public string? Globals { get; init; }

    /// <summary>
    /// What is wrong with it, in a sentence: no manifest, a damaged one, a file that is gone or does not fit; null when nothing is known to
    /// be.
    /// </summary>
    public string? Problem { get; init; }

    /// <summary>
    /// For a state that a restore replaced and kept: <c>before_restore</c>, or <c>failed</c> for that of a run that went wrong. Null for a
    /// backup. Kept states are never the newest backup, stand behind the backups in lists, and have a rule of their own in a retention.
    /// </summary>
    public string? Kept { get; init; }

    /// <summary>
    /// Whether it is a database that a restore has kept on its server, and no file: <see cref="Path"/> is then the name of that database.
    /// </summary>
    public bool IsDatabase { get; init; }

    /// <summary>What was wrong with what the database held, and is in the backup as it was; null when that is not known.</summary>
    public IReadOnlyList<DatabaseFault>? Faults => Manifest?.Faults;

    /// <summary>
    /// What runs code that cannot be seen into when it is loaded (<see cref="BackupOptions.AcceptUnseenCode"/>); null where nothing is
    /// known to.
    /// </summary>
    public IReadOnlyList<string>? UnseenCode => Manifest?.UnseenCode;

    /// <summary>Whether only the manifest is left of it.</summary>
    public bool IsGone { get; init; }

    /// <summary>The manifest; null without a readable one.</summary>
    public BackupManifest? Manifest { get; init; }

    /// <summary>Demands that it is a file or folder, which can be proven and restored.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: it is a kept database.</exception>
    public void DemandFile()
    {
        if (!IsDatabase)
            return;
        throw new MigrationException(
            ErrorId.UsageInvalid,
            $"'{Path}' is a database that a restore of {Database} has kept, and no backup that could be proven or restored.",
            "To go back to it, rename both, with no one connected: ALTER DATABASE ... RENAME TO ...; to look at it, connect to it."
        );
    }
}
