namespace Migrations;

/// <summary>Which half of a migration runs.</summary>
public enum MigrationDirection
{
    /// <summary>The up script: apply.</summary>
    Up,

    /// <summary>The down script: undo.</summary>
    Down,
}
