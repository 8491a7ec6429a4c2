using System.Management.Automation;
using Migrations.Databases;
using Migrations.Integrity;

namespace Migrations.PowerShell.Commands;

/// <summary>Checks a database against its migrations, its engine, its backups and its declared checks.</summary>
/// <remarks>
/// Writes one object per check: Pass, Warn, Fail, or NotRun with the reason, which never counts as Pass. Then, when checks failed, one
/// error that names them all. Nothing is changed: declared checks (the files in <c>checks/</c> of the migration folder) run in transactions
/// that are rolled back, and what the schema should be is found out on a scratch database.
/// </remarks>
/// <example>
/// <code>Test-SchemaIntegrity -Database shop.db -Path ./migrations</code>
/// <para>Runs all checks.</para>
/// </example>
/// <example>
/// <code>if (-not (Test-SchemaIntegrity -Database $url -Path ./migrations -Quiet)) { throw 'The database is not what it should be.'
/// }</code>
/// <para>Asks for a yes or no.</para>
/// </example>
/// <example>
/// <code>Test-SchemaIntegrity -Database $url -Path ./migrations -ReportPath "$env:BUILD_ARTIFACTSTAGINGDIRECTORY/TEST-schema.xml"</code>
/// <para>Writes a JUnit file, which the task PublishTestResults of Azure Pipelines shows.</para>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "SchemaIntegrity")]
[OutputType(typeof(CheckResult), typeof(bool))]
public sealed class TestSchemaIntegrityCommand : RehearsalCommand
{
    private readonly List<CheckResult> _all = [];
    private readonly List<CheckResult> _unreached = [];
    private bool _isWhole = true;

    /// <summary>Only checks of these categories. Default: all.</summary>
    [Parameter]
    public CheckCategory[] Category { get; set; } = [];

    /// <summary>Only checks of these names; may have wildcards. Default: all.</summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>Lets the engine read every page and every index entry, which takes as long as reading the database.</summary>
    [Parameter]
    public SwitchParameter Thorough { get; set; }

    /// <summary>
    /// Asks the declared checks on a copy of the database, for checks that leave something behind (a sequence that moves on).
    /// </summary>
    [Parameter]
    [Alias("Scratch")]
    public SwitchParameter OnCopy { get; set; }

    /// <summary>The longest that one declared check may take; a check may say otherwise. Default: 30 seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Objects that the schema checks do not compare, by <c>schema.name</c> or name; may have wildcards. Tables of other programs that are
    /// known (migration histories, <c>_cf_*</c>, <c>_litestream_*</c>) need none.
    /// </summary>
    [Parameter]
    [SupportsWildcards]
    [ValidateNotNullOrEmpty]
    public string[] Ignore { get; set; } = [];

    /// <summary>The folder whose newest proven backup is judged. Default: the folder that the configuration file names.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? BackupPath { get; set; }

    /// <summary>How old the newest proven backup may be. Default: 24 hours.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan BackupAge { get; set; } = TimeSpan.FromDays(1);

    /// <summary>A JUnit file that the results are written to. Its folder must exist.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ReportPath { get; set; }

    /// <summary>Writes one boolean, true when no check failed, and no objects and no error.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (IsPart)
            return;
        if (ReportPath is not null)
            Guard(isOneOfSeveral: false, () => null, WriteReport);
        var failed = _all.Where(r => r.Status == CheckStatus.Fail).ToList();
        if (Quiet)
            WriteObject(_isWhole && failed.Count == 0);
        else if (failed.Count > 0)
            WriteFailure(Failure(failed));
    }

    private protected override void Relay(PSObject result)
    {
        if (result.BaseObject is CheckResult check)
            _all.Add(check);
        if (!Quiet)
            base.Relay(result);
    }

    private protected override void RelayFailure(FleetItem item, ErrorRecord record)
    {
        _isWhole = false;
        if (record.Exception is MigrationException error)
            _unreached.Add(EngineWords.ForPowerShell(IntegrityChecker.Unreached(item.Resolved.Target, error)));
        base.RelayFailure(item, record);
    }

    private protected override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database)
    {
        // Until its checks have come back, a database is not known to be good.
        var before = _isWhole;
        _isWhole = false;
        var request = new CheckRequest
        {
            Categories = Category,
            Names = Name,
            Thorough = Thorough,
            OnCopy = OnCopy,
            Ignored = Ignore.Length > 0 ? Ignore : Settings.Ignore?.Value ?? [],
            Timeout = Timeout,
            ScratchServer = ScratchServer(ScratchDatabase),
            BackupFolder = BackupPath is null ? FindBackupFolder(Settings) : Paths.Literal(BackupPath),
            BackupAge = BackupAge,
        };
        var folder = Folder;
        IReadOnlyList<CheckResult> results;
        try
        {
            results = Run(
                (events, token) =>
                    new IntegrityChecker(database.Driver, database.Target, folder, OptionsFor(events)).CheckAsync(request, token)
            );
        }
        catch (MigrationException e)
        {
            // A single database that cannot be reached ends the cmdlet here.
            _unreached.Add(EngineWords.ForPowerShell(IntegrityChecker.Unreached(database.Target, e)));
            WriteReport();
            throw;
        }

        _isWhole = before;
        _all.AddRange(results);
        if (!Quiet)
            WriteObject(results, enumerateCollection: true);
    }

    private void WriteReport()
    {
        if (ReportPath is not null)
            JUnitReport.Write(Paths.Literal(ReportPath), [.. _all, .. _unreached], DateTimeOffset.UtcNow);
    }

    private static ErrorRecord Failure(List<CheckResult> failed)
    {
        var lines = string.Concat(failed.Select(r => $"\n  {r.Name} ({r.Database}): {r.Message}"));
        return ErrorRecords.Of(
            new MigrationException(
                ErrorId.CheckFailed,
                $"{failed.Count} check{(failed.Count == 1 ? "" : "s")} failed:{lines}",
                "See the property Recommendation of each failed check."
            ),
            target: null
        );
    }
}
