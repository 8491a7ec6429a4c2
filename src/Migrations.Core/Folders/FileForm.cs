namespace Migrations.Folders;

/// <summary>What a file's name and place say about its part in a migration.</summary>
internal enum FileForm
{
    /// <summary><c>001_name.sql</c>: an up script, or both halves in sections.</summary>
    Plain,

    /// <summary><c>001_name.up.sql</c></summary>
    UpSuffix,

    /// <summary><c>001_name.down.sql</c></summary>
    DownSuffix,

    /// <summary><c>001_name_rollback.sql</c></summary>
    RollbackSuffix,

    /// <summary><c>rollback/0001_rollback.sql</c></summary>
    RollbackFolder,

    /// <summary><c>V1__name.sql</c>, <c>U1__name.sql</c>, <c>R__name.sql</c></summary>
    Versioned,

    /// <summary><c>001_name/up.sql</c>, <c>001_name/down.sql</c></summary>
    FolderEach,

    /// <summary><c>001_name/migration.sql</c>: an up script, or both halves in sections.</summary>
    FolderEachWhole,
}
