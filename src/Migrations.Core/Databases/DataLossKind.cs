namespace Migrations.Databases;

/// <summary>What a script takes away.</summary>
public enum DataLossKind
{
    /// <summary>A table is dropped.</summary>
    Table,

    /// <summary>A column is dropped.</summary>
    Column,

    /// <summary>A table is emptied, by TRUNCATE or by a DELETE without a condition.</summary>
    Rows,
}
