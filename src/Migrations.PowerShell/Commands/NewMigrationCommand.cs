using System.Management.Automation;
using Migrations.Configuration;
using Migrations.Folders;

namespace Migrations.PowerShell.Commands;

/// <summary>Creates the files of the next migration, in the layout of the folder.</summary>
/// <remarks>Never overwrites a file; two calls at the same time get different numbers. Writes the files that it created, the up script
/// first.</remarks>
/// <example>
/// <code>New-Migration 'add user preferences' -Path ./migrations</code>
/// <para>Creates, for example, 004_add_user_preferences.sql and its down script.</para>
/// </example>
/// <example>
/// <code>New-Migration 'drop old rows' -Path ./migrations -Irreversible</code>
/// <para>Creates a migration without a down script; its header says that this is intended.</para>
/// </example>
/// <example>
/// <code>New-Migration 'add an index' -Path ./migrations -WhatIf</code>
/// <para>Shows the names of the files and creates nothing.</para>
/// </example>
[Cmdlet(VerbsCommon.New, "Migration", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class NewMigrationCommand : ConfiguredCommand
{
    /// <summary>What the migration does, in a few words: <c>add user preferences</c>.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    public string Name { get; set; } = "";

    /// <summary>
    /// The migration folder, which is created when it does not exist. No wildcards. Default: <c>$env:MIGRATION_PATH</c>, else
    /// <c>migrations</c> below PowerShell's location.
    /// </summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    /// <summary>The description for the header. Default: made from the name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Description { get; set; }

    /// <summary>The layout. Default: the folder's own, and <c>DownSuffix</c> in an empty one.</summary>
    [Parameter]
    public MigrationLayout? Layout { get; set; }

    /// <summary>What the migration is written in: <c>Sql</c>, or <c>PowerShell</c>, which only the module runs. Default: SQL.</summary>
    [Parameter]
    [ValidateSet("Sql", "PowerShell")]
    public string Language { get; set; } = "Sql";

    /// <summary>Creates no down script: the header says <c>Irreversible: yes</c>, and no check reports a missing one.</summary>
    [Parameter]
    public SwitchParameter Irreversible { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string? folder = null;
        Guard(
            isOneOfSeveral: false,
            () => folder,
            () =>
            {
                var (named, settings) = new DatabaseSelector(Configured, Choice([], Path)).MigrationFolder();
                folder = (Path ?? EnvironmentSettings.Folder) is { } given ? Paths.Literal(given) : named;
                var options = new CreateOptions
                {
                    Layout = Layout ?? settings.Layout?.Value,
                    Description = Description,
                    Language = string.Equals(Language, "PowerShell", StringComparison.OrdinalIgnoreCase)
                        ? MigrationKind.PowerShell
                        : MigrationKind.Sql,
                    Irreversible = Irreversible,
                };
                var files = MigrationTemplate.Preview(folder, Name, options, DateTimeOffset.UtcNow);
                if (ShouldProcess(string.Join(", ", files), "Create"))
                    WriteFiles(MigrationTemplate.Create(folder, Name, options, DateTimeOffset.UtcNow));
            }
        );
    }

    /// <summary>Writes the files as Get-Item does, with what the file system's provider adds to them.</summary>
    private void WriteFiles(IReadOnlyList<string> files) =>
        WriteObject(InvokeProvider.Item.Get([.. files], force: true, literalPath: true), enumerateCollection: true);
}
