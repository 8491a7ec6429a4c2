namespace Migrations.Generating;

/// <summary>What became of a migration or an undo that was to be written.</summary>
public enum GenerationOutcome
{
    /// <summary>It is proven and was written.</summary>
    Written,

    /// <summary>It is proven and would be written.</summary>
    WhatIf,

    /// <summary>Nothing was written; the reason says why.</summary>
    Refused,

    /// <summary>There is nothing to write: both schemas are the same.</summary>
    Unchanged,
}
