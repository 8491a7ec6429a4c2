using System.Management.Automation;
using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Folders;

namespace Migrations.PowerShell;

/// <summary>What cmdlets share that set a database against a migration folder.</summary>
public abstract class FolderCommand : DatabaseCommand
{
    /// <summary>The migration folder; may have wildcards that mean one folder. Default: <c>$env:MIGRATION_PATH</c>, else <c>./migrations</c>.</summary>
    [Parameter(Position = 1, ValueFromPipelineByPropertyName = true)]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The migration folder, without wildcards.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath")]
    [ValidateNotNullOrEmpty]
    public string? LiteralPath { get; set; }

    /// <summary>The environment, for migrations that name theirs.</summary>
    [Parameter]
    public string? Environment { get; set; }

    /// <summary>The layout of the folder; found by itself when not given.</summary>
    [Parameter]
    public MigrationLayout? Layout { get; set; }

    /// <summary>Migrations are known by name, so that two files may share a version.</summary>
    [Parameter]
    public SwitchParameter IdentityByName { get; set; }

    /// <summary>The folder's full path.</summary>
    private protected string Folder => LiteralPath is not null ? Paths.Literal(LiteralPath) : Paths.Wildcard(Path ?? EnvironmentSettings.Folder ?? "migrations");

    /// <summary>Runs a call of the engine on one database.</summary>
    private protected T Call<T>((IDatabaseDriver Driver, DatabaseTarget Target) database, string folder, Func<Migrator, CancellationToken, Task<T>> call) =>
        Run((events, token) => call(
            MigratorFor(database, folder, new FolderOptions { Layout = Layout, IdentityByName = IdentityByName.IsPresent }, Environment, events), token));
}
