using System.Management.Automation;
using Migrations.Databases;

namespace Migrations.PowerShell.Commands;

/// <summary>Shows where each migration stands.</summary>
[Cmdlet(VerbsCommon.Get, "MigrationStatus")]
[OutputType(typeof(MigrationStatus), typeof(DatabaseStatus))]
public sealed class GetMigrationStatusCommand : FolderCommand
{
    /// <summary>One object for each database, with counts, health and who holds the lock.</summary>
    [Parameter]
    public SwitchParameter Summary { get; set; }

    private protected override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database)
    {
        if (Summary)
            WriteObject(Call(database, Folder, (migrator, token) => migrator.GetSummaryAsync(token)));
        else
            WriteObject(Call(database, Folder, (migrator, token) => migrator.GetStatusAsync(token)), enumerateCollection: true);
    }
}
