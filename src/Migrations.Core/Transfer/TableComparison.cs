using Migrations.Schema;

namespace Migrations.Transfer;

/// <summary>How the rows of a table differ between two databases.</summary>
public sealed record TableComparison
{
    /// <summary>The first database, as shown to people.</summary>
    public required string Left { get; init; }

    /// <summary>The second database, as shown to people.</summary>
    public required string Right { get; init; }

    /// <summary>The table, by its name in the first database that has it.</summary>
    public required string Table { get; init; }

    /// <summary>Whether both have the table, with the same columns and the same rows.</summary>
    public required bool Equal { get; init; }

    /// <summary>The rows in the first database; null where it does not have the table.</summary>
    public long? LeftRows { get; init; }

    /// <summary>The rows in the second database; null where it does not have the table.</summary>
    public long? RightRows { get; init; }

    /// <summary>The digest of the rows in the first database.</summary>
    public string? LeftDigest { get; init; }

    /// <summary>The digest of the rows in the second database.</summary>
    public string? RightDigest { get; init; }

    /// <summary>The columns by which rows are named; empty where the table has no key, and a row is what it holds.</summary>
    public IReadOnlyList<string> Key { get; init; } = [];

    /// <summary>The columns that only the first database has.</summary>
    public IReadOnlyList<string> LeftColumns { get; init; } = [];

    /// <summary>The columns that only the second database has.</summary>
    public IReadOnlyList<string> RightColumns { get; init; } = [];

    /// <summary>The first rows that differ, in the order of their keys as text.</summary>
    public IReadOnlyList<RowDifference> Differences { get; init; } = [];

    /// <summary>Whether more rows differ than are named.</summary>
    public bool HasMore { get; init; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; init; }

    /// <inheritdoc/>
    public override string ToString() => Table;
}

/// <summary>A row that differs.</summary>
/// <param name="Kind">Added: only the second database has it; Removed: only the first; Changed: its values differ.</param>
/// <param name="Key">Its key, <c>id 7</c>; without one, what it holds.</param>
/// <param name="Columns">The columns whose values differ; empty where only one side has the row.</param>
public sealed record RowDifference(DifferenceKind Kind, string Key, IReadOnlyList<string> Columns);
