namespace Migrations.Databases;

/// <summary>What a statement, or a statement of a trigger, does to the rows of a table.</summary>
/// <param name="Table">The table, as the database compares names; empty where the text does not show which.</param>
/// <param name="Kind">What it does.</param>
public sealed record RowWrite(string Table, RowWriteKind Kind);
