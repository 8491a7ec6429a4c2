namespace Migrations.Diagrams;

/// <summary>A column of a table in a diagram.</summary>
/// <param name="Name">Its name, without quotes.</param>
/// <param name="Type">Its type; empty where it has none.</param>
/// <param name="IsRequired">Whether it is declared NOT NULL, or part of the primary key.</param>
/// <param name="IsPrimary">Whether it is part of the primary key.</param>
/// <param name="IsForeign">Whether it is part of a foreign key.</param>
/// <param name="IsUnique">Whether it alone is declared unique.</param>
public sealed record DiagramColumn(string Name, string Type, bool IsRequired, bool IsPrimary, bool IsForeign, bool IsUnique);
