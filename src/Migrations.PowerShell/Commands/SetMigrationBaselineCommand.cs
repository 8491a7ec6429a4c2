using System.Management.Automation;
using Migrations.Databases;
using Migrations.Planning;

namespace Migrations.PowerShell.Commands;

/// <summary>Records migrations as applied without running them, for a database whose schema exists already.</summary>
[Cmdlet(VerbsCommon.Set, "MigrationBaseline", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(MigrationStatus))]
public sealed class SetMigrationBaselineCommand : FolderCommand
{
    /// <summary>The last migration that the schema already holds: a version, a semantic version or a name.</summary>
    [Parameter(Mandatory = true, Position = 2)]
    [ValidateNotNullOrEmpty]
    public string Target { get; set; } = "";

    /// <summary>Writes where each migration stands afterwards.</summary>
    [Parameter]
    public SwitchParameter PassThru { get; set; }

    private protected override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database)
    {
        if (!ShouldProcess(database.Target.Display, $"Record the migrations up to {Target} as applied without running them"))
            return;
        var statuses = Call(database, Folder, (migrator, token) => migrator.BaselineAsync(new BaselineRequest { Target = Target }, token));
        if (PassThru)
            WriteObject(statuses, enumerateCollection: true);
    }
}
