using Migrations.Tables;

namespace Migrations.Databases;

/// <summary>Which rows are read, and how.</summary>
/// <param name="Table">The table's name.</param>
/// <param name="Columns">The columns, with the types in whose canonical form they are wanted.</param>
public sealed record RowRequest(string Table, IReadOnlyList<ReadColumn> Columns)
{
    /// <summary>Takes a row with a value that its type cannot hold; null: such a value comes as one that fits no type.</summary>
    public Action<RejectedRow>? Rejected { get; init; }
}

/// <summary>A column to read.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">The type in whose canonical form it is wanted.</param>
public sealed record ReadColumn(string Name, ColumnType Type);
