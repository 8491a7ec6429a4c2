using System.Management.Automation;
using Migrations.Databases;
using Migrations.Planning;

namespace Migrations.PowerShell.Commands;

/// <summary>Mends the history by appending to it: clears failures, accepts edited scripts, forgets missing ones, decides statements.</summary>
[Cmdlet(VerbsDiagnostic.Repair, "MigrationHistory", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Medium)]
[OutputType(typeof(RepairResult))]
public sealed class RepairMigrationHistoryCommand : FolderCommand
{
    /// <summary>Only this migration: a version, a semantic version or a name.</summary>
    [Parameter]
    public string? Name { get; set; }

    /// <summary>Forgets applied migrations whose files are gone.</summary>
    [Parameter]
    public SwitchParameter RemoveMissing { get; set; }

    /// <summary>The statement in which a run was ended took effect.</summary>
    [Parameter]
    public SwitchParameter StatementDone { get; set; }

    /// <summary>The statement in which a run was ended did not take effect.</summary>
    [Parameter]
    public SwitchParameter StatementNotDone { get; set; }

    private protected override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database)
    {
        if (StatementDone && StatementNotDone)
            throw new MigrationException(ErrorId.UsageInvalid, "-StatementDone and -StatementNotDone contradict each other.", "Give one of them.");
        var request = new RepairRequest
        {
            Name = Name,
            RemoveMissing = RemoveMissing.IsPresent,
            StatementDone = StatementDone ? true : StatementNotDone ? false : null,
        };
        if (ShouldProcess(database.Target.Display, "Repair the migration history" + (Name is null ? "" : " of " + Name)))
            WriteObject(Call(database, Folder, (migrator, token) => migrator.RepairAsync(request, token)), enumerateCollection: true);
    }
}
