namespace Migrations.History;

/// <summary>What a history row records.</summary>
public enum JournalEvent
{
    /// <summary>A migration was applied.</summary>
    Applied,

    /// <summary>A migration was undone.</summary>
    RolledBack,

    /// <summary>A script failed and was rolled back.</summary>
    Failed,

    /// <summary>A statement outside a transaction is about to run.</summary>
    Started,

    /// <summary>A statement outside a transaction has run.</summary>
    Progress,

    /// <summary>A migration counts as applied since a baseline.</summary>
    Baselined,

    /// <summary>A repair: an edited script was accepted, a failure cleared, or a statement decided.</summary>
    Repaired,

    /// <summary>A migration was taken over from another tool's history.</summary>
    Adopted,

    /// <summary>A migration that replaces others counts as applied, because all of those were; its script did not run.</summary>
    Squashed,

    /// <summary>The schema as it was when a baseline was set, as SQL: a replay starts from it.</summary>
    Snapshot,

    /// <summary>Another tool's history was taken over: which, and how far it was proven. Its migrations have rows of their own.</summary>
    TakenOver,

    /// <summary>A rehearsal's verdict on a migration's undo.</summary>
    Rehearsed,

    /// <summary>
    /// A script that is no migration was run: an init script, a seed, a fix. Its name stands where a migration's would; without success it
    /// failed.
    /// </summary>
    Ran,

    /// <summary>
    /// The database was marked as that of an environment, whose name stands where a migration's would; with the direction down, the mark of
    /// that environment was taken away. The last row counts, of whichever service it is.
    /// </summary>
    Stamped,

    /// <summary>The rows of a migration that belonged to no service belong to the service of this row.</summary>
    Assigned,
}
