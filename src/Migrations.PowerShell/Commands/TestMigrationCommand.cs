using System.Management.Automation;
using Migrations.Databases;
using Migrations.Integrity;

namespace Migrations.PowerShell.Commands;

/// <summary>Rehearses migrations and their undo on a copy.</summary>
/// <remarks>
/// Each migration is applied, undone, compared with the schema before, applied again and compared with the first time: on a scratch copy,
/// never on the database itself. Writes one object per migration: whether it applies, whether its undo is proven or how exactly schema and
/// values differ after it, how long it took, the rows it changed and the undo lost, and on PostgreSQL the locks it took and the tables it
/// rewrote. Where scripts can change values, the values of the tables that they touch are compared; without rows in them the verdict
/// (UndoVerdict) is SchemaOnly. The verdicts are kept in rehearsals.json beside the migrations, to be committed with them;
/// Get-MigrationStatus shows them as UndoVerdict and UndoProven. Where something is not good, an error follows that names it.
/// </remarks>
/// <example>
/// <code>Test-Migration -Database shop.db -Path ./migrations</code>
/// <para>Rehearses what is pending.</para>
/// </example>
/// <example>
/// <code>Test-Migration -Database $url -Path ./migrations -All | Where-Object UndoProven -eq $false | Format-List Name, Differences</code>
/// <para>Rehearses all migrations from an empty database, and shows how the undo of each broken one differs.</para>
/// </example>
/// <example>
/// <code>Test-Migration -Database shop.db -Path ./migrations -Checklist -BackupPath ./backups</code>
/// <para>Reports a checklist for each pending migration: naming, rollback, empty and populated data, duration, backup.</para>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "Migration", DefaultParameterSetName = "Rehearsal")]
[OutputType(typeof(RehearsalResult), typeof(CheckResult))]
public sealed class TestMigrationCommand : RehearsalCommand
{
    private readonly List<string> _bad = [];

    /// <summary>Rehearses the applied migrations too, from an empty database.</summary>
    [Parameter]
    public SwitchParameter All { get; set; }

    /// <summary>Rehearses on a copy with all rows, and shows which ones an undo loses. Default: schema and history only.</summary>
    [Parameter(ParameterSetName = "Rehearsal")]
    public SwitchParameter WithData { get; set; }

    /// <summary>The last migration to rehearse: a version, a semantic version or a name. Default: the newest.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(MigrationCompleter))]
    [ValidateNotNullOrEmpty]
    public string? Target { get; set; }

    /// <summary>Keeps the verdicts in the history, not in rehearsals.json beside the migrations.</summary>
    [Parameter]
    public SwitchParameter Record { get; set; }

    /// <summary>
    /// Runs migrations and hooks in code on the copy too. What their code does elsewhere is done, and not undone. Default: they are not
    /// rehearsed.
    /// </summary>
    [Parameter]
    public SwitchParameter RunCode { get; set; }

    /// <summary>Leaves out the hooks of the migration folder.</summary>
    [Parameter]
    public SwitchParameter NoHooks { get; set; }

    private protected override bool SkipsHooks => NoHooks;

    /// <summary>Does not ask the declared checks at the end.</summary>
    [Parameter(ParameterSetName = "Rehearsal")]
    public SwitchParameter SkipChecks { get; set; }

    /// <summary>Answers the checklist: one object per item and migration.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Checklist")]
    public SwitchParameter Checklist { get; set; }

    /// <summary>The folder whose newest proven backup is judged. Default: the folder that the configuration file names.</summary>
    [Parameter(ParameterSetName = "Checklist")]
    [ValidateNotNullOrEmpty]
    public string? BackupPath { get; set; }

    /// <summary>How old the newest proven backup may be. Default: 24 hours.</summary>
    [Parameter(ParameterSetName = "Checklist")]
    [DurationTransformation]
    public TimeSpan BackupAge { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How long a migration may take on the copy: <c>10s</c>, or seconds. Default: no limit.</summary>
    [Parameter(ParameterSetName = "Checklist")]
    [DurationTransformation]
    public TimeSpan MaxDuration { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (_bad.Count > 0 && !IsPart)
        {
            WriteFailure(
                ErrorRecords.Of(
                    new MigrationException(
                        ErrorId.CheckFailed,
                        $"The rehearsal found faults:{string.Concat(_bad.Select(b => "\n  " + b))}",
                        "See the properties Differences and Failure of each migration."
                    ),
                    target: null
                )
            );
        }
    }

    private protected override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database)
    {
        var folder = Folder;
        var request = new RehearsalRequest
        {
            All = All,
            WithData = WithData,
            Target = Target,
            Record = Record,
            RunCode = RunCode,
            Checks = !SkipChecks,
            ScratchServer = ScratchServer(ScratchDatabase),
        };
        if (Checklist)
            Answer(database, folder, request);
        else
            Rehearse(database, folder, request);
    }

    private void Rehearse((IDatabaseDriver Driver, DatabaseTarget Target) database, string folder, RehearsalRequest request)
    {
        var report = Run(
            (events, token) => new Rehearsal(database.Driver, database.Target, folder, OptionsFor(events)).RunAsync(request, token)
        );
        WriteObject(report.Results, enumerateCollection: true);
        WriteObject(report.Checks, enumerateCollection: true);
        Judge(report.Results);
        Judge(report.Checks);
        if (report.NotKept is { } notKept)
            throw notKept;
    }

    private protected override void Relay(PSObject result)
    {
        base.Relay(result);
        if (result.BaseObject is RehearsalResult rehearsal)
            Judge([rehearsal]);
        else if (result.BaseObject is CheckResult check)
            Judge([check]);
    }

    private void Judge(IReadOnlyList<RehearsalResult> results) => _bad.AddRange(results.Where(r => !r.IsGood).Select(Fault));

    private static string Fault(RehearsalResult result) =>
        result.NotRun is { } reason
            ? $"{result.Name} was not rehearsed: {reason}"
            : $"{result.Name}: {(result.Applies ? result.UndoMessage : "it cannot be applied")}. {result.Fault}";

    private void Answer((IDatabaseDriver Driver, DatabaseTarget Target) database, string folder, RehearsalRequest request)
    {
        var checks = new CheckRequest
        {
            BackupFolder = BackupPath is null ? FindBackupFolder(Settings) : Paths.Literal(BackupPath),
            BackupAge = BackupAge,
            MaxDuration = IsGiven(nameof(MaxDuration)) ? MaxDuration : null,
        };
        var results = Run(
            (events, token) =>
                new MigrationChecklist(database.Driver, database.Target, folder, OptionsFor(events)).RunAsync(request, checks, token)
        );
        WriteObject(results, enumerateCollection: true);
        Judge(results);
    }

    private void Judge(IReadOnlyList<CheckResult> results) =>
        _bad.AddRange(
            results
                .Where(r => r.Status == CheckStatus.Fail)
                .Select(r => $"{r.Name}{(r.Category is CheckCategory.Checklist ? $" of {r.Target}" : "")}: {r.Message}")
        );
}
