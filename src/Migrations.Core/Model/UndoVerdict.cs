namespace Migrations;

/// <summary>What a rehearsal found out about an undo.</summary>
public enum UndoVerdict
{
    /// <summary>There is no undo.</summary>
    None,

    /// <summary>It was not rehearsed, so nothing is known of it.</summary>
    NotRun,

    /// <summary>The down script failed, or the migration could not be applied again after it.</summary>
    Failed,

    /// <summary>The schema afterwards is not the one before.</summary>
    SchemaDiffers,

    /// <summary>The schema is as before, and values in tables are not.</summary>
    ValuesDiffer,

    /// <summary>The schema is as before. The scripts can change values, and the tables that they touch held no rows to compare.</summary>
    SchemaOnly,

    /// <summary>
    /// As <see cref="Proven"/>, but that columns stand in another order. Where the tables held no rows, no values were compared.
    /// </summary>
    SameButColumnOrder,

    /// <summary>The schema is as before, and so is every value that the scripts can change.</summary>
    Proven,
}
