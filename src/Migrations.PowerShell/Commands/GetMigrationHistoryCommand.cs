using System.Management.Automation;
using Migrations.Databases;
using Migrations.History;

namespace Migrations.PowerShell.Commands;

/// <summary>Shows every event of the history: what ran, when, by whom, how long, and how it ended.</summary>
/// <remarks>Changes nothing and needs no migration folder. Oldest first. A database without history gives nothing.</remarks>
/// <example>
/// <code>Get-MigrationHistory -Database shop.db</code>
/// <para>Shows the history of a database.</para>
/// </example>
/// <example>
/// <code>Get-MigrationHistory -Database shop.db | Where-Object Event -eq Failed | Format-List Name, AppliedAt, ErrorMessage</code>
/// <para>Shows what failed, when and why.</para>
/// </example>
/// <example>
/// <code>Get-MigrationHistory -Database shop.db | Select-Object Name, Event, AppliedBy, AppliedAt | Export-Csv history.csv</code>
/// <para>Writes who applied what to a table.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "MigrationHistory")]
[OutputType(typeof(JournalEntry))]
public sealed class GetMigrationHistoryCommand : DatabaseCommand
{
    private protected override (string? Folder, string? Service) PlaceOf(IHasTarget item) => (null, (item as IHasPlace)?.Service);

    private protected override IEnumerable<string>? NamesOf(IHasTarget item) =>
        item is MigrationStatus { RecordedAs: { } other } status ? [status.Name, other] : base.NamesOf(item);

    private protected override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database)
    {
        var entries = Run(
            (events, token) =>
                new Migrator(database.Driver, database.Target, Paths.CurrentFolder, OptionsFor(events)).GetHistoryAsync(token)
        );
        WriteObject(
            Chosen is null ? entries : entries.Where(e => Chosen.Contains(e.Name, StringComparer.Ordinal)),
            enumerateCollection: true
        );
    }
}
