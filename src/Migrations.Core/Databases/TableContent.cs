namespace Migrations.Databases;

/// <summary>What a table holds.</summary>
/// <param name="Table">The table, as <see cref="Schema.SchemaObject.Name"/> writes it.</param>
/// <param name="Rows">How many rows; null when they were not counted.</param>
/// <param name="Digest">A digest of all values that does not depend on the order of rows, in lower-case hexadecimal; null when none was
/// made.</param>
public sealed record TableContent(string Table, long? Rows, string? Digest = null);
