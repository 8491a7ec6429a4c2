namespace Migrations.Databases;

/// <summary>What was saved of one table of a corrupt database.</summary>
/// <param name="Table">The table.</param>
/// <param name="Rows">Rows saved.</param>
/// <param name="Lost">What is known to be lost of it, in a sentence; null when it was read to its end.</param>
public sealed record SalvagedTable(string Table, long Rows, string? Lost);
