using System.Management.Automation;
using Migrations.Fleet;

namespace Migrations.PowerShell.Commands;

/// <summary>Puts the results of all shards of a fleet together.</summary>
/// <remarks>
/// Reads the files that cmdlets wrote with -ResultPath, or the command with --result-file. Fails when the result of a shard is missing,
/// when the shards had different lists of databases, and when a database is not completed. Of a shard that ran several times, the newest
/// result counts.
/// </remarks>
/// <example>
/// <code>Merge-MigrationResult ./results</code>
/// <para>Puts the results in a folder together.</para>
/// </example>
/// <example>
/// <code>Get-ChildItem ./results/*.json | Merge-MigrationResult -ReportPath ./TEST-tenants.xml</code>
/// <para>Also writes a JUnit file for a pipeline: a suite for each shard, a case for each database.</para>
/// </example>
/// <example>
/// <code>(Merge-MigrationResult ./results -ErrorAction SilentlyContinue).Databases | Where-Object State -ne Completed</code>
/// <para>Shows the databases that are not completed, and why.</para>
/// </example>
[Cmdlet(VerbsData.Merge, "MigrationResult")]
[OutputType(typeof(FleetSummary))]
public sealed class MergeMigrationResultCommand : MigrationCommand
{
    private readonly List<string> _paths = [];

    /// <summary>The files, or folders whose <c>.json</c> files count. No wildcards.</summary>
    [Parameter(Mandatory = true, Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    [ValidateNotNullOrEmpty]
    public string[] Path { get; set; } = [];

    /// <summary>A file for a pipeline's test results, in JUnit's form; no wildcards. Its folder must exist.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? ReportPath { get; set; }

    private protected override string TargetWord => "File";

    /// <inheritdoc/>
    protected override void ProcessRecord() => Guard(isOneOfSeveral: false, () => null, () => _paths.AddRange(Path.Select(Paths.Literal)));

    /// <inheritdoc/>
    protected override void EndProcessing() =>
        Guard(
            isOneOfSeveral: false,
            () => null,
            () =>
            {
                var summary = FleetSummary.Read(_paths);
                if (ReportPath is not null)
                    FleetReport.Write(Paths.Literal(ReportPath), summary);
                WriteObject(summary);
                if (summary.Failure is { } failure)
                    Guard(isOneOfSeveral: true, () => null, () => throw failure);
            }
        );
}
