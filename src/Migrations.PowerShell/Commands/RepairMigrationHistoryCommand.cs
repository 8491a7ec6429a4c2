using System.Management.Automation;
using Migrations.Databases;
using Migrations.Planning;

namespace Migrations.PowerShell.Commands;

/// <summary>Mends the history by appending to it: clears failures, accepts edited scripts, forgets missing ones, decides statements.</summary>
/// <remarks>The history is never changed, only appended to, and no script is run. Writes what was mended and what was compared. With nothing to mend it is an error.</remarks>
/// <example>
/// <code>Repair-MigrationHistory -Database shop.db -Path ./migrations -Name 002_orders</code>
/// <para>Accepts that the applied script 002_orders was edited.</para>
/// </example>
[Cmdlet(VerbsDiagnostic.Repair, "MigrationHistory", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium, DefaultParameterSetName = "Repair")]
[OutputType(typeof(RepairResult))]
public sealed class RepairMigrationHistoryCommand : ChangeCommand
{
    /// <summary>Only this migration: a version, a semantic version or a name. Default: all.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(MigrationCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Name { get; set; }

    /// <summary>Forgets applied migrations whose files are gone.</summary>
    [Parameter(ParameterSetName = "Repair")]
    public SwitchParameter RemoveMissing { get; set; }

    /// <summary>The statement in which a run without transaction was ended took effect: the next run goes on behind it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "StatementDone")]
    public SwitchParameter StatementDone { get; set; }

    /// <summary>The statement in which a run without transaction was ended did not take effect: the next run repeats it.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "StatementNotDone")]
    public SwitchParameter StatementNotDone { get; set; }

    private protected override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database)
    {
        var request = new RepairRequest
        {
            Name = Name,
            RemoveMissing = RemoveMissing.IsPresent,
            StatementDone = StatementDone ? true : StatementNotDone ? false : null,
        };
        var folder = Folder;
        if (ShouldProcess(database.Target.Display, "Repair the migration history" + (Name is null ? "" : " of " + Name)))
            WriteObject(Call(database, folder, (migrator, token) => migrator.RepairAsync(request, token)), enumerateCollection: true);
    }
}
