namespace Migrations.Diagrams;

/// <summary>A table in a diagram.</summary>
/// <param name="Name">Its name as the schema has it, with quotes where the engine needs them.</param>
/// <param name="Label">Its name without quotes, and without the schema where all tables are in one.</param>
/// <param name="Columns">Its columns, in their order.</param>
public sealed record DiagramTable(string Name, string Label, IReadOnlyList<DiagramColumn> Columns);
