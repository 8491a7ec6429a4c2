using Migrations.Databases;

namespace Migrations.Backup;

/// <summary>How a backup is put in a database's place.</summary>
public sealed record RestoreJob
{
    /// <summary>The folder in which a copy of the old state is kept, where the engine keeps it in a file.</summary>
    public required string KeepFolder { get; init; }

    /// <summary>The name, without extension, that the kept copy is given.</summary>
    public required string KeepName { get; init; }

    /// <summary>How many jobs read at once.</summary>
    public int Jobs { get; init; } = 1;

    /// <summary>
    /// The highest row id that the history may have, looked at under the lock: when another run has written since, nothing is restored over it. Null: whatever it has.
    /// </summary>
    public long? ExpectedLastId { get; init; }

    /// <summary>How to connect and to wait for the lock, and where progress goes.</summary>
    public SessionOptions Session { get; init; } = new();
}
