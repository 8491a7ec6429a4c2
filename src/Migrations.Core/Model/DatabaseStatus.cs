namespace Migrations;

/// <summary>Where one database stands against its migration folder.</summary>
public sealed record DatabaseStatus : IHasPlace
{
    /// <summary>The database as shown to people.</summary>
    public required string Database { get; init; }

    /// <summary>The database, to run against; keeps its secret.</summary>
    public required DatabaseTarget Target { get; init; }

    /// <summary>The migration folder.</summary>
    public required string Path { get; init; }

    /// <summary>Whether the database exists; if not, nothing is applied to it.</summary>
    public bool Exists { get; init; } = true;

    /// <summary>The engine's name.</summary>
    public required string Engine { get; init; }

    /// <summary>The version of the server, or of the SQLite library in use and where it came from; empty for a database that
    /// does not exist.</summary>
    public required string EngineVersion { get; init; }

    /// <summary>The service; null without services.</summary>
    public string? Service { get; init; }

    /// <summary>All migrations of folder and history.</summary>
    public required int Total { get; init; }

    /// <summary>Those applied, edited and missing ones included.</summary>
    public required int Applied { get; init; }

    /// <summary>Those the next run would apply.</summary>
    public required int Pending { get; init; }

    /// <summary>Those whose last attempt failed.</summary>
    public required int Failed { get; init; }

    /// <summary>The highest applied version; null when none is.</summary>
    public MigrationVersion? Current { get; init; }

    /// <summary>No failure, no missing or edited script, nothing out of order.</summary>
    public required bool Healthy { get; init; }

    /// <summary>Who holds the migration lock; null when no one does.</summary>
    public string? LockedBy { get; init; }

    /// <summary>
    /// The other tool by whose history this database was migrated, with its table, where that was not taken over; otherwise null.
    /// </summary>
    public string? ForeignHistory { get; init; }

    /// <summary>When anything was last recorded about a migration (UTC).</summary>
    public DateTimeOffset? LastRun { get; init; }

    /// <summary>The environment that the database is stamped with; null without a stamp.</summary>
    public string? Stamp { get; init; }
}
