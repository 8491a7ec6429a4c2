namespace Migrations.Backup;

/// <summary>How a backup is restored.</summary>
public sealed record RestoreRequest
{
    /// <summary>The folder in which a copy of the old state is kept, where the engine keeps it in a file; null for the backup's own.</summary>
    public string? KeepFolder { get; init; }

    /// <summary>What the kept copy's name says of it.</summary>
    public string KeepLabel { get; init; } = "before_restore";

    /// <summary>How many jobs read at once, where the engine can.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>The highest row id that the history may have; the restore is refused when another run has written since. Null: whatever it has.</summary>
    public long? ExpectedLastId { get; init; }
}
