using System.Management.Automation;
using Migrations.Databases;

namespace Migrations.PowerShell.Commands;

/// <summary>Shows the state of each migration.</summary>
/// <remarks>Changes nothing, waits for no lock, and does not create the history table. The objects can be piped into Invoke-Migration and
/// Undo-Migration.</remarks>
/// <example>
/// <code>Get-MigrationStatus -Database shop.db -Path ./migrations</code>
/// <para>Shows one line for each migration: pending, applied and when, failed, edited, or missing.</para>
/// </example>
/// <example>
/// <code>Get-MigrationStatus -Database eu.db, us.db -Path ./migrations -Summary</code>
/// <para>Shows one line for each database: counts, health and who holds the lock.</para>
/// </example>
/// <example>
/// <code>Get-MigrationStatus -Database $url -Path ./migrations -Wait 60s | Where-Object State -ne Applied</code>
/// <para>Waits up to a minute for a server that is starting, and shows what is not applied.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "MigrationStatus")]
[OutputType(typeof(MigrationStatus), typeof(DatabaseStatus))]
public sealed class GetMigrationStatusCommand : FolderCommand
{
    /// <summary>Writes one object for each database, with counts, health and who holds the lock.</summary>
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
