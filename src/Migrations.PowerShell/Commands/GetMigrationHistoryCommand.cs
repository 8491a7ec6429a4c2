using System.Management.Automation;
using Migrations.Databases;
using Migrations.History;

namespace Migrations.PowerShell.Commands;

/// <summary>Shows every event of the history.</summary>
[Cmdlet(VerbsCommon.Get, "MigrationHistory")]
[OutputType(typeof(JournalEntry))]
public sealed class GetMigrationHistoryCommand : DatabaseCommand
{
    private protected override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database) =>
        WriteObject(
            Run((events, token) => MigratorFor(database, Paths.CurrentFolder, folderOptions: null, environment: null, events).GetHistoryAsync(token)),
            enumerateCollection: true);
}
