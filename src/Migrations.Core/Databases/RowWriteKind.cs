namespace Migrations.Databases;

/// <summary>What is done to rows.</summary>
public enum RowWriteKind
{
    /// <summary>They are added.</summary>
    Insert,

    /// <summary>Their values are overwritten.</summary>
    Update,

    /// <summary>They are deleted.</summary>
    Delete,

    /// <summary>All are deleted at once (TRUNCATE).</summary>
    Truncate,

    /// <summary>The text does not show what is done: they may be deleted.</summary>
    Unknown,
}
