namespace Migrations.Databases;

/// <summary>What a foreign key does to the rows that point to a row which is deleted.</summary>
public enum KeyAction
{
    /// <summary>Nothing: it refuses that.</summary>
    None,

    /// <summary>It deletes them.</summary>
    Cascade,

    /// <summary>It overwrites their values: SET NULL, SET DEFAULT.</summary>
    Overwrite,
}
