namespace Migrations.Databases;

/// <summary>What scratch database is requested.</summary>
public sealed record ScratchRequest
{
    /// <summary>
    /// The database it represents: copied from, or on whose server it is made; null when there is no such database (a backup that is
    /// verified on its own).
    /// </summary>
    public DatabaseTarget? Origin { get; init; }

    /// <summary>What it holds at the start.</summary>
    public ScratchContent Content { get; init; } = ScratchContent.Empty;

    /// <summary>Another server on which it is made (a database there to connect to first); null for the origin's.</summary>
    public DatabaseTarget? Server { get; init; }

    /// <summary>
    /// The scripts that will run on it, for the driver to see what they need: scripts that change what all databases of a server share need
    /// a server of their own. Null when none will, and only a backup is loaded.
    /// </summary>
    public IReadOnlyList<MigrationScript>? Scripts { get; init; }

    /// <summary>
    /// Whether an empty one begins with what the origin has and none of the scripts makes: the schemas and extensions that an administrator
    /// made before the first migration.
    /// </summary>
    public bool Prepared { get; init; }

    /// <summary>How to connect, and which history tables go with a copy.</summary>
    public SessionOptions Session { get; init; } = new();
}
