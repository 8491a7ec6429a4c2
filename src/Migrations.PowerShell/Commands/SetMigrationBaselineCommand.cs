using System.Management.Automation;
using Migrations.Databases;
using Migrations.Planning;

namespace Migrations.PowerShell.Commands;

/// <summary>Records migrations as applied without running them, for a database whose schema exists already.</summary>
/// <remarks>No script is run. Refused when migrations are applied already. Writes nothing, unless <c>-PassThru</c> is given.</remarks>
/// <example>
/// <code>Set-MigrationBaseline -Database shop.db -Path ./migrations -Target 003 -WhatIf</code>
/// <para>Shows what would count as applied and changes nothing.</para>
/// </example>
/// <example>
/// <code>Set-MigrationBaseline -Database shop.db -Path ./migrations -Target 003</code>
/// <para>From now on everything up to 003 counts as applied, and Invoke-Migration begins with what comes after it.</para>
/// </example>
/// <example>
/// <code>Set-MigrationBaseline -Database billing.db -Path ./migrations -Target 002 -Service billing -PassThru</code>
/// <para>Does the same for the migrations of one service, and shows the status of each.</para>
/// </example>
[Cmdlet(VerbsCommon.Set, "MigrationBaseline", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(MigrationStatus))]
public sealed class SetMigrationBaselineCommand : ChangeCommand
{
    /// <summary>The last migration that the schema already holds: a version, a semantic version or a name.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    [ArgumentCompleter(typeof(MigrationCompleter))]
    [ValidateNotNullOrEmpty]
    public string Target { get; set; } = "";

    /// <summary>Writes where each migration stands afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    /// <summary>Does not ask, even where the environment requires confirmation.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    private protected override bool IsForced => Force;

    private protected override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database)
    {
        var folder = Folder;
        if (!ShouldProcess(database.Target.Display, $"Record the migrations up to {Target} as applied without running them"))
            return;
        var statuses = Call(database, folder, (migrator, token) => migrator.BaselineAsync(new BaselineRequest { Target = Target }, token));
        if (PassThru)
            WriteObject(statuses, enumerateCollection: true);
    }
}
