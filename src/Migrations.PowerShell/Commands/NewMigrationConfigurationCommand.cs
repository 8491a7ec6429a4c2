using System.Management.Automation;
using Migrations.Configuration;

namespace Migrations.PowerShell.Commands;

/// <summary>Creates a configuration file to begin with.</summary>
/// <remarks>Never overwrites a file. Writes the file that it created.</remarks>
/// <example>
/// <code>New-MigrationConfiguration</code>
/// <para>Creates migrations.json in PowerShell's location, with two environments to edit.</para>
/// </example>
/// <example>
/// <code>New-MigrationConfiguration -Path ./deploy/migrations.json</code>
/// <para>Creates the file in another folder.</para>
/// </example>
/// <example>
/// <code>New-MigrationConfiguration -WhatIf</code>
/// <para>Shows the name of the file and creates nothing.</para>
/// </example>
[Cmdlet(VerbsCommon.New, "MigrationConfiguration", SupportsShouldProcess = true)]
[OutputType(typeof(FileInfo))]
public sealed class NewMigrationConfigurationCommand : MigrationCommand
{
    /// <summary>The file. No wildcards. Default: <c>migrations.json</c> in PowerShell's location.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    private protected override string TargetWord => "File";

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        string? file = null;
        Guard(
            isOneOfSeveral: false,
            () => file,
            () =>
            {
                file = ConfigurationTemplate.PathOf(Path is null ? null : Paths.Literal(Path), Paths.CurrentFolder);
                if (!ShouldProcess(file, "Create"))
                    return;
                ConfigurationTemplate.Create(file);
                WriteObject(InvokeProvider.Item.Get([file], force: true, literalPath: true), enumerateCollection: true);
            }
        );
    }
}
