using Migrations.Tables;

namespace Migrations.Databases;

/// <summary>A table that rows are copied into, as it is.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Shown">The name with its schema, for people.</param>
/// <param name="HasRows">Whether it has rows already.</param>
/// <param name="Columns">Its columns, in their order.</param>
public sealed record RowTable(string Name, string Shown, bool HasRows, IReadOnlyList<RowTableColumn> Columns)
{
    /// <summary>Whether what the database computes can be read back with the other values.</summary>
    public bool ReturnsComputed { get; init; } = true;
}

/// <summary>A column of such a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Declared">Its type in the words of the engine.</param>
/// <param name="Type">The type in whose form values are given to it; null where it takes them in any form.</param>
public sealed record RowTableColumn(string Name, string Declared, ColumnType? Type)
{
    /// <summary>Whether the database computes it.</summary>
    public bool IsComputed { get; init; }

    /// <summary>Whether every row must be given a value for it: it is NOT NULL and has no default.</summary>
    public bool IsRequired { get; init; }
}
