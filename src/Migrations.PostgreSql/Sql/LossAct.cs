namespace Migrations.PostgreSql;

/// <summary>What a statement takes away, by its words alone.</summary>
internal enum LossAct
{
    /// <summary>Drops relations, schemas, types or extensions.</summary>
    Drop,

    /// <summary>Drops a column.</summary>
    DropColumn,

    /// <summary>Empties tables.</summary>
    Empty,

    /// <summary>Makes a table.</summary>
    Create,

    /// <summary>Gives a table another name or schema.</summary>
    Rename,

    /// <summary>Gives a column another name.</summary>
    RenameColumn,

    /// <summary>Gives a column another type.</summary>
    Convert,

    /// <summary>Gives a schema another name.</summary>
    RenameSchema,

    /// <summary>Gives a type another name or schema.</summary>
    RenameType,

    /// <summary>Makes a table a part of another one, or of an extension: what takes that one takes it too.</summary>
    Attach,

    /// <summary>Takes such a part out.</summary>
    Detach,

    /// <summary>Makes a view, by which rows of tables can be changed.</summary>
    CreateView,

    /// <summary>Drops a database, which is another one.</summary>
    DropDatabase,

    /// <summary>Something that may take rows or values away, which cannot be counted.</summary>
    Unknown,
}
