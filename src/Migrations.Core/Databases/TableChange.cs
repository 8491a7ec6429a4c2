namespace Migrations.Databases;

/// <summary>How many rows of a table a step changed.</summary>
/// <param name="Table">The table.</param>
/// <param name="Inserted">Rows inserted.</param>
/// <param name="Updated">Rows updated.</param>
/// <param name="Deleted">Rows deleted.</param>
public sealed record TableChange(string Table, long Inserted, long Updated, long Deleted);
