using System.Management.Automation;
using Migrations.Databases;
using Migrations.Events;
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
/// <example>
/// <code>Get-MigrationHistory -Database shop.db -Last 20 -Event Failed</code>
/// <para>Shows the last twenty failures.</para>
/// </example>
/// <example>
/// <code>Get-MigrationHistory -Database shop.db -Profile -Since '30d' | Select-Object -First 5</code>
/// <para>Shows the five migrations that took longest, by what was applied in the last thirty days.</para>
/// </example>
[Cmdlet(VerbsCommon.Get, "MigrationHistory")]
[OutputType(typeof(JournalEntry), typeof(MigrationProfile))]
public sealed class GetMigrationHistoryCommand : DatabaseCommand
{
    /// <summary>
    /// Writes one object for each migration instead: how long it took the last time it was applied, in the median and at most, with its
    /// statements, its rows and its share of the whole; slowest first.
    /// </summary>
    [Parameter]
    public SwitchParameter Profile { get; set; }

    /// <summary>Only the newest events, at most this many of those that the other parameters choose.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Last { get; set; }

    /// <summary>
    /// Only events since a moment: a date or time (of this machine's time zone unless it says otherwise), or how long ago: <c>7d</c>,
    /// <c>24h</c>, or a TimeSpan.
    /// </summary>
    [Parameter]
    [MomentTransformation]
    public DateTimeOffset? Since { get; set; }

    /// <summary>
    /// Only events of these migrations: full names (also with <c>*</c> and <c>?</c>), names alone, or versions (<c>3</c> means
    /// <c>003</c>).
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(MigrationCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>Only events of these kinds.</summary>
    [Parameter]
    public JournalEvent[] Event { get; set; } = [];

    private protected override (string? Folder, string? Service) PlaceOf(IHasTarget item) => (null, (item as IHasPlace)?.Service);

    private protected override IEnumerable<string>? NamesOf(IHasTarget item) =>
        item is MigrationStatus { RecordedAs: { } other } status ? [status.Name, other] : base.NamesOf(item);

    private protected override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database)
    {
        var filter = new HistoryFilter
        {
            Last = IsGiven(nameof(Last)) ? Last : null,
            Since = Since,
            Names = Name,
            Only = Chosen,
            Events = Event,
        };
        Migrator Engine(IEventSink events) => new(database.Driver, database.Target, Paths.CurrentFolder, OptionsFor(events));
        if (Profile)
            WriteObject(Run((events, token) => Engine(events).GetProfileAsync(filter, token)), enumerateCollection: true);
        else
            WriteObject(Run((events, token) => Engine(events).GetHistoryAsync(filter, token)), enumerateCollection: true);
    }
}
