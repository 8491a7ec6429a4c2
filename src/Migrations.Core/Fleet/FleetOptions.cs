namespace Migrations.Fleet;

/// <summary>How the databases of one call are worked on.</summary>
public sealed record FleetOptions
{
    /// <summary>How many are worked on at once.</summary>
    public int ThrottleLimit { get; init; } = 1;

    /// <summary>How many of one server are worked on at once; null: as many as there are at all. Files belong to no server.</summary>
    public int? ThrottlePerServer { get; init; }

    /// <summary>How many come first, and must be completed before any other begins.</summary>
    public int Canary { get; init; }

    /// <summary>After how many failures no other begins; null: all are worked on.</summary>
    public int? StopAfter { get; init; }

    /// <summary>The share of the databases that the call works on; null: all.</summary>
    public FleetShard? Shard { get; init; }

    /// <summary>The full path of the file that what became of them is written to; null: none.</summary>
    public string? ResultFile { get; init; }
}
