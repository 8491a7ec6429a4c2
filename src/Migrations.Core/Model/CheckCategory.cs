using Migrations.Integrity;

namespace Migrations;

/// <summary>What kind of question a check is.</summary>
public enum CheckCategory
{
    /// <summary>What the engine says of itself: integrity, foreign keys, indexes.</summary>
    Engine,

    /// <summary>The files of the migration folder.</summary>
    Folder,

    /// <summary>The history against the folder.</summary>
    History,

    /// <summary>Whether what the migrations make is there.</summary>
    Schema,

    /// <summary>Every difference from what the applied migrations make.</summary>
    Drift,

    /// <summary>The backups of the database.</summary>
    Backup,

    /// <summary>The checks that the folder declares.</summary>
    Declared,

    /// <summary>What is asked of a migration before it is run (<see cref="MigrationChecklist"/>).</summary>
    Checklist,
}
