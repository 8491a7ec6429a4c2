namespace Migrations.Integrity;

/// <summary>What a statement can do to values that are there already.</summary>
internal enum ValueEffect
{
    /// <summary>None: it defines, or reads.</summary>
    None,

    /// <summary>None, unless a function that it calls does.</summary>
    Calls,

    /// <summary>It renames: a single one changes no value, several can exchange some.</summary>
    Renames,

    /// <summary>It can change those of the tables that it names.</summary>
    Writes,

    /// <summary>It drops schemas, and can take the tables in them with it.</summary>
    TakesSchema,

    /// <summary>It takes what depends on an object with it: columns too, where the object that migrations did not create.</summary>
    Cascades,

    /// <summary>It cannot be seen into, so it can change all.</summary>
    Hidden,
}
