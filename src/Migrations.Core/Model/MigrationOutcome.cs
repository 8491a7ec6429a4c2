namespace Migrations;

/// <summary>How a step of a run ended.</summary>
public enum MigrationOutcome
{
    /// <summary>Committed.</summary>
    Done,

    /// <summary>Not run, for a reason given in the plan.</summary>
    Skipped,

    /// <summary>Failed; the database is as before the step (in a script without a transaction: before the failed statement).</summary>
    Failed,

    /// <summary>Only shown.</summary>
    WhatIf,
}
