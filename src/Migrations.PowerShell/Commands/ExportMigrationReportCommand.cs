using System.Management.Automation;
using Migrations.Databases;
using Migrations.Reporting;

namespace Migrations.PowerShell.Commands;

/// <summary>Writes one HTML page about databases: status, history, schema diagram, differences, checks and backups.</summary>
/// <remarks>
/// The page needs nothing else: no network, no script, no font; it follows the reader's choice of light or dark, and fits a phone. It shows
/// where each migration stands, the history as a time line with durations, the tables with their keys as a diagram, how the schema differs
/// from what the migrations make, what the checks found, and which backups are proven. Databases with the same schema share its diagram.
/// Changes nothing; what the schema should be is found out on a scratch database. A database that cannot be read has its place on the page,
/// and is an error too. No password is on it.
/// </remarks>
/// <example>
/// <code>Export-MigrationReport -Database shop.db -Path ./migrations -OutputFile report.html</code>
/// <para>Writes a report about one database.</para>
/// </example>
/// <example>
/// <code>Get-ChildItem *.db | Export-MigrationReport -Path ./migrations -OutputFile tenants.html -ThrottleLimit 2</code>
/// <para>Writes one report about many databases.</para>
/// </example>
/// <example>
/// <code>Export-MigrationReport -Database shop.db -Path ./migrations -OutputFile report.html -BackupPath ./backups -Title Shop</code>
/// <para>Also lists the backups in a folder, and which of them are proven.</para>
/// </example>
[Cmdlet(VerbsData.Export, "MigrationReport")]
[OutputType(typeof(ExportedReport))]
public sealed class ExportMigrationReportCommand : RehearsalCommand
{
    private readonly List<DatabaseReport> _reports = [];

    /// <summary>The file that gets the page; no wildcards. Its folder must exist; an earlier report there is replaced.</summary>
    [Parameter(Mandatory = true)]
    [ValidateNotNullOrEmpty]
    public string OutputFile { get; set; } = "";

    /// <summary>The heading of the page. Default: Migration report.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? Title { get; set; }

    /// <summary>How many of the newest events of a history are shown. Default: 200.</summary>
    [Parameter]
    [ValidateRange(1, int.MaxValue)]
    public int Last { get; set; } = new ReportRequest().Last;

    /// <summary>Makes no checks, and does not compare the schema with what the migrations make.</summary>
    [Parameter]
    public SwitchParameter NoChecks { get; set; }

    /// <summary>
    /// Objects that are not compared, by <c>schema.name</c> or name; may have wildcards. Tables of other programs that are known (migration
    /// histories, <c>_cf_*</c>, <c>_litestream_*</c>) need none.
    /// </summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Ignore { get; set; } = [];

    /// <summary>The folder whose backups are listed. Default: the folder that the configuration file names.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BackupPath { get; set; }

    /// <summary>How old the newest proven backup may be. Default: 24 hours.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan BackupAge { get; set; } = TimeSpan.FromDays(1);

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        base.BeginProcessing();
        Guard(isOneOfSeveral: false, () => null, () => ReportFile.Demand(Paths.Literal(OutputFile)));
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (!IsPart && _reports.Count > 0)
            Guard(isOneOfSeveral: false, () => null, () => WriteObject(Write()));
    }

    private protected override void Relay(PSObject result)
    {
        if (result.BaseObject is DatabaseReport report)
            _reports.Add(report);
        else
            base.Relay(result);
    }

    private protected override void Skip(FleetItem item) =>
        _reports.Add(
            DatabaseReport.Unread(item.Resolved.Target, item.Selected.Service, "The call ended before this database had its turn.")
        );

    private protected override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database)
    {
        var backups = BackupPath is null ? FindBackupFolder(Settings) : Paths.Literal(BackupPath);
        var checks = new CheckRequest
        {
            Ignored = Ignore.Length > 0 ? Ignore : Settings.Ignore?.Value ?? [],
            ScratchServer = ScratchServer(ScratchDatabase),
            BackupFolder = backups,
            BackupAge = BackupAge,
        };
        var request = new ReportRequest
        {
            Checks = NoChecks ? null : checks,
            BackupFolder = backups,
            Last = Last,
        };
        var folder = Folder;
        try
        {
            Collect(
                Run(
                    (events, token) =>
                        new ReportReader(database.Driver, database.Target, folder, OptionsFor(events)).ReadAsync(request, token)
                )
            );
        }
        catch (MigrationException e) when (e.Category is not FailureCategory.Cancelled)
        {
            Collect(DatabaseReport.Unread(database.Target, CurrentService, e.Message));
            // A single database that cannot be read ends the cmdlet here.
            if (!IsPart)
                _ = Write();
            throw;
        }
    }

    private void Collect(DatabaseReport report)
    {
        if (IsPart)
            WriteObject(report);
        else
            _reports.Add(report);
    }

    private ExportedReport Write()
    {
        var page = new MigrationReport { CreatedAt = DateTimeOffset.UtcNow, Databases = _reports };
        return ReportFile.Write(Paths.Literal(OutputFile), Title is null ? page : page with { Title = Title });
    }
}
