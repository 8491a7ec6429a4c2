namespace Migrations;

/// <summary>Where a migration stands in a database.</summary>
public enum MigrationState
{
    /// <summary>In the folder, not applied.</summary>
    Pending,

    /// <summary>Applied.</summary>
    Applied,

    /// <summary>The last attempt to apply it failed; the next run tries it again.</summary>
    Failed,

    /// <summary>Applied once and undone since; the next run applies it again.</summary>
    RolledBack,

    /// <summary>Applied, but its file is gone.</summary>
    Missing,

    /// <summary>Applied, and a statement of its file was edited since.</summary>
    Changed,

    /// <summary>Pending, with a version below an applied one.</summary>
    OutOfOrder,

    /// <summary>In the folder, not applied, and not for this environment: its <c>Environment:</c> header names others.</summary>
    NotHere,
}
