namespace Migrations.Sql;

/// <summary>Where a step of a safe way is written.</summary>
public enum LintStepPlace
{
    /// <summary>Nowhere by itself: it needs values or a decision.</summary>
    Advice,

    /// <summary>In the script, in place of the statement.</summary>
    InPlace,

    /// <summary>In a migration of its own that follows.</summary>
    Following,

    /// <summary>In a migration of its own that follows, and runs in batches.</summary>
    Batches,

    /// <summary>In a migration of its own, which waits until no program uses what it takes away.</summary>
    Contract,
}
