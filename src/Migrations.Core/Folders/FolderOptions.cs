namespace Migrations.Folders;

/// <summary>How a migration folder is read.</summary>
public sealed record FolderOptions
{
    /// <summary>The layout to force; null finds it file by file.</summary>
    public MigrationLayout? Layout { get; init; }

    /// <summary>Migrations are known by name, so that two files may share a version.</summary>
    public bool IdentityByName { get; init; }

    /// <summary>A folder without a migration is meant to be so, also where the database has no history.</summary>
    public bool AllowEmpty { get; init; }

    /// <summary>The full path of the folder of hooks; null: <c>hooks</c> in the migration folder.</summary>
    public string? Hooks { get; init; }

    /// <summary>Whether runs leave out the hooks.</summary>
    public bool NoHooks { get; init; }

    /// <summary>The values that scripts take by their names; null: no script is changed.</summary>
    public VariableSet? Variables { get; init; }

    /// <summary>Runs migrations that are written in PowerShell; null where nothing does.</summary>
    public ICodeHost? PowerShell { get; init; }
}
