namespace Migrations.Databases;

/// <summary>A row that could not be copied.</summary>
/// <param name="Table">The table.</param>
/// <param name="Key">Which row.</param>
/// <param name="Column">The column whose value does not fit.</param>
/// <param name="Statement">A statement of the source's own SQL that inserts the row.</param>
public sealed record RejectedRow(string Table, string Key, string Column, string Statement);
