namespace Migrations;

/// <summary>What a script takes away.</summary>
public enum DataLossKind
{
    /// <summary>A table is dropped.</summary>
    Table,

    /// <summary>A column is dropped.</summary>
    Column,

    /// <summary>A table is emptied, by TRUNCATE or by a DELETE without a condition.</summary>
    Rows,

    /// <summary>Rows are deleted by a condition.</summary>
    Deleted,

    /// <summary>Rows go with deleted rows of another table that they refer to, by ON DELETE CASCADE.</summary>
    Cascaded,

    /// <summary>
    /// Values are overwritten by an UPDATE: their rows stay. Whether the old values are restored can only be determined by a rehearsal
    /// with data.
    /// </summary>
    Overwritten,
}
