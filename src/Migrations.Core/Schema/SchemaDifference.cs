namespace Migrations.Schema;

/// <summary>One object that differs between two schemas.</summary>
public sealed record SchemaDifference
{
    /// <summary>How it differs.</summary>
    public required DifferenceKind Kind { get; init; }

    /// <summary>What it is.</summary>
    public required SchemaObjectType ObjectType { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its definition on the left, the side that is expected; null when it is not there.</summary>
    public string? Left { get; init; }

    /// <summary>Its definition on the right, the side that was found; null when it is not there.</summary>
    public string? Right { get; init; }

    /// <summary>Whether a table has the same columns, and only their order differs.</summary>
    public bool IsColumnOrder { get; init; }

    /// <summary>The SQL that would make the right side like the left one; null where that is not certain.</summary>
    public string? Fix { get; init; }
}
