namespace Migrations.Backup;

/// <summary>What backup is requested.</summary>
public sealed record BackupRequest
{
    /// <summary>
    /// The folder that it goes to. It must exist: a wrong path, or a disk that is not mounted, is more likely than a wish for a folder.
    /// </summary>
    public required string Folder { get; init; }

    /// <summary>The format. <see cref="BackupFormat.Directory"/> is chosen by <see cref="Jobs"/>.</summary>
    public BackupFormat Format { get; init; } = BackupFormat.Native;

    /// <summary>Whether the file is compressed with gzip.</summary>
    public bool Compress { get; init; }

    /// <summary>How many jobs write at once; more than 1 gives a folder instead of a file, where the engine can.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>Whether rows are counted. Without counts a backup cannot be proven.</summary>
    public bool CountRows { get; init; } = true;

    /// <summary>Whether tables are digested, so that a verification can compare every value.</summary>
    public bool Digests { get; init; }

    /// <summary>
    /// The tables that are left out of a script, as patterns of their names with <c>*</c> and <c>?</c>: those of other programs, mostly.
    /// </summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Whether roles and other cluster-wide objects are written beside it.</summary>
    public bool IncludeGlobals { get; init; }
}
