namespace Migrations.Backup;

/// <summary>How a backup is restored.</summary>
public sealed record RestoreRequest
{
    /// <summary>
    /// The folder in which a copy of the old state is kept, where the engine keeps it in a file; null for the backup's own.
    /// </summary>
    public string? KeepFolder { get; init; }

    /// <summary>What the kept copy's name says of it.</summary>
    public string KeepLabel { get; init; } = "before_restore";

    /// <summary>How many jobs read at once, where the engine can.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>
    /// Whether a backup is restored that failed a check, which is then a warning. What cannot be read is not restored all the same.
    /// </summary>
    public bool AcceptFaults { get; init; }

    /// <summary>
    /// The highest row id that the history may have; the restore is refused when another run has written since. Null: whatever it has.
    /// </summary>
    public long? ExpectedLastId { get; init; }
}
