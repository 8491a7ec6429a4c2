namespace Migrations.Schema;

/// <summary>How an object differs between two schemas.</summary>
public enum DifferenceKind
{
    /// <summary>Only the right one has it.</summary>
    Added,

    /// <summary>Only the left one has it.</summary>
    Removed,

    /// <summary>Both have it, and it says something else.</summary>
    Changed,
}
