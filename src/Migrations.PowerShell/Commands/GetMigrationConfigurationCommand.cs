using System.Management.Automation;
using Migrations.Configuration;

namespace Migrations.PowerShell.Commands;

/// <summary>Shows the settings in force, and where each value comes from.</summary>
/// <remarks>Connects to nothing and changes nothing. Databases are shown without passwords, and secrets as <c>***</c>.</remarks>
/// <example>
/// <code>Get-MigrationConfiguration -Environment production</code>
/// <para>Shows the database, the folder and the settings of each service in production.</para>
/// </example>
/// <example>
/// <code>Get-MigrationConfiguration -Service api | Where-Object Source -ne default</code>
/// <para>Shows what is set for one service.</para>
/// </example>
/// <example>
/// <code>Get-MigrationConfiguration -ConfigurationPath ./deploy/migrations.json</code>
/// <para>Shows what another file says.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "MigrationConfiguration")]
[OutputType(typeof(ConfigurationEntry))]
public sealed class GetMigrationConfigurationCommand : ConfiguredCommand
{
    /// <summary>A database that is named instead of that of the configuration.</summary>
    [Parameter(Position = 0)]
    [ValidateNotNullOrEmpty]
    public string? Database { get; set; }

    /// <summary>The migration folder. No wildcards.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Path { get; set; }

    private protected override IEnumerable<string> Connections => Database is null ? [] : [Database];

    /// <inheritdoc/>
    protected override void ProcessRecord() =>
        Guard(
            isOneOfSeveral: false,
            () => null,
            () =>
            {
                var choice = Choice(Database is null ? [] : [Database], Path is null ? null : Paths.Literal(Path));
                WriteObject(new ConfigurationListing(Configured, choice).Read(), enumerateCollection: true);
            }
        );
}
