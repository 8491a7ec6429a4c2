namespace Migrations;

/// <summary>How a migration's files are named and where its down script is.</summary>
public enum MigrationLayout
{
    /// <summary><c>001_name.sql</c> with <c>001_name_rollback.sql</c>.</summary>
    RollbackSuffix,

    /// <summary><c>001_name.sql</c> with <c>001_name.down.sql</c>.</summary>
    DownSuffix,

    /// <summary><c>001_name.up.sql</c> with <c>001_name.down.sql</c>.</summary>
    UpDownSuffix,

    /// <summary><c>0001_name.sql</c> with <c>rollback/0001_rollback.sql</c>.</summary>
    RollbackFolder,

    /// <summary>One file with an up and a down section.</summary>
    Sections,

    /// <summary><c>V1_2__name.sql</c> with <c>U1_2__name.sql</c>, and <c>R__name.sql</c>.</summary>
    Versioned,

    /// <summary><c>20240101120000_name/up.sql</c> (or <c>migration.sql</c>) with <c>down.sql</c> beside it.</summary>
    FolderEach,

    /// <summary><c>0.9/00__name.sql</c>.</summary>
    VersionFolders,
}
