namespace Migrations.Planning;

/// <summary>Names a history table.</summary>
/// <param name="Schema">Its schema; null for the engine's default.</param>
/// <param name="Table">The table.</param>
public sealed record HistoryName(string? Schema, string Table);
