namespace Migrations.Diagrams;

/// <summary>A foreign key in a diagram.</summary>
/// <param name="From">The place of the table that has it, among the tables of the diagram.</param>
/// <param name="FromColumns">Its columns, without quotes.</param>
/// <param name="To">The place of the table that it refers to.</param>
/// <param name="ToColumns">The columns that it refers to.</param>
/// <param name="IsOptional">Whether a row need not refer to another: one of its columns may be NULL.</param>
/// <param name="IsUnique">Whether at most one row refers to another: its columns are a key of their own table.</param>
public sealed record DiagramLink(
    int From,
    IReadOnlyList<string> FromColumns,
    int To,
    IReadOnlyList<string> ToColumns,
    bool IsOptional,
    bool IsUnique
);
