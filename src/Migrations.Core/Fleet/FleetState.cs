namespace Migrations.Fleet;

/// <summary>What became of a database of a fleet.</summary>
public enum FleetState
{
    /// <summary>The work is done.</summary>
    Completed,

    /// <summary>The work failed.</summary>
    Failed,

    /// <summary>The call stopped before it.</summary>
    NotBegun,
}
