namespace Migrations.Databases;

/// <summary>A table that may hold the history of another migration tool.</summary>
public sealed record ForeignTable
{
    /// <summary>The schema; null on an engine without schemas.</summary>
    public string? Schema { get; init; }

    /// <summary>The table's name, as it is.</summary>
    public required string Name { get; init; }

    /// <summary>The table as it stands in statements.</summary>
    public required string Sql { get; init; }

    /// <summary>The names of its columns, in their order.</summary>
    public required IReadOnlyList<string> Columns { get; init; }

    /// <summary>The table as it is shown to people.</summary>
    public string Display => Schema is null ? Name : $"{Schema}.{Name}";
}
