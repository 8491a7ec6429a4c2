using System.Management.Automation;
using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Linting;

namespace Migrations.PowerShell.Commands;

/// <summary>Finds in migrations what fails on filled tables, loses data or blocks others.</summary>
/// <remarks>
/// Runs nothing and changes nothing. With a database it looks at what is pending there, and asks how large the tables are; with -Engine, at
/// every file of the folder, on what the files before it make. Writes one object per finding: the rule, the statement with file, line and
/// column, why it matters, and the safe steps as SQL. A comment <c>-- allow: rule reason</c> above a statement allows it. All rules:
/// docs/lint.md.
/// </remarks>
/// <example>
/// <code>Test-MigrationScript -Database shop.db -Path ./migrations</code>
/// <para>Looks at what is pending.</para>
/// </example>
/// <example>
/// <code>Test-MigrationScript -Engine SQLite -Path ./migrations | Format-List Rule, File, Line, Message, Advice</code>
/// <para>Looks at the folder without a database.</para>
/// </example>
/// <example>
/// <code>Test-MigrationScript -Engine SQLite -Path ./migrations -Off no-down -SarifPath ./lint.sarif</code>
/// <para>Switches a rule off, and writes a SARIF file for a pipeline to show.</para>
/// </example>
/// <example>
/// <code>Test-MigrationScript -Database shop.db -Path ./migrations -Rewrite -WhatIf</code>
/// <para>Shows which files would hold the safe steps, proven on two copies of the database.</para>
/// </example>
[Cmdlet(VerbsDiagnostic.Test, "MigrationScript", SupportsShouldProcess = true)]
[OutputType(typeof(LintFinding), typeof(bool))]
public sealed class TestMigrationScriptCommand : FolderCommand
{
    private readonly List<LintFinding> _all = [];
    private readonly List<string> _engines = [];
    private bool _isWhole = true;

    /// <summary>Reports only these migrations: versions or names. Default: all.</summary>
    [Parameter]
    [ArgumentCompleter(typeof(MigrationCompleter))]
    [ValidateNotNullOrEmpty]
    public string[] Name { get; set; } = [];

    /// <summary>Looks at the folder alone, for this engine; no database is asked.</summary>
    [Parameter]
    [ValidateSet("SQLite", "PostgreSQL")]
    public string? Engine { get; set; }

    /// <summary>
    /// The first migration that is not applied yet; no database is asked. Default: what the database says, else each file by itself.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(MigrationCompleter))]
    [ValidateNotNullOrEmpty]
    public string? From { get; set; }

    /// <summary>Switches these rules off, beside those that the configuration switches off.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Off { get; set; } = [];

    /// <summary>A SARIF 2.1.0 file that the findings are written to. Its folder must exist.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? SarifPath { get; set; }

    /// <summary>
    /// Writes the safe steps as files of the folder, where two copies of the database, made with all of its rows, show that schema and rows
    /// are the same in the end.
    /// </summary>
    [Parameter]
    public SwitchParameter Rewrite { get; set; }

    /// <summary>Makes an error of findings, after they are written. Default: they are objects only.</summary>
    [Parameter]
    public SwitchParameter Strict { get; set; }

    /// <summary>Writes one boolean, true when nothing was found, and no objects.</summary>
    [Parameter]
    public SwitchParameter Quiet { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (Engine is null)
        {
            base.ProcessRecord();
            return;
        }

        Guard(
            isOneOfSeveral: false,
            () => null,
            () =>
            {
                var driver = DatabaseDrivers.All.First(d => string.Equals(d.Engine, Engine, StringComparison.OrdinalIgnoreCase));
                var (folder, settings) = new DatabaseSelector(Configured, Choice([], GivenFolder)).MigrationFolder();
                Go(
                    new SelectedDatabase
                    {
                        Database = "",
                        BaseFolder = Paths.CurrentFolder,
                        Folder = folder,
                        Settings = settings,
                    }
                );
                Lint(driver, target: null, Folder);
            }
        );
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        base.EndProcessing();
        if (SarifPath is not null)
            Guard(isOneOfSeveral: false, () => null, WriteSarif);
        if (Quiet)
            WriteObject(_isWhole && _all.Count == 0);
        else if (Strict && _all.Count > 0)
            WriteFailure(Failure());
    }

    private protected override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database)
    {
        // Until its scripts have been read, they are not known to be good.
        var before = _isWhole;
        _isWhole = false;
        Lint(database.Driver, database.Target, Folder);
        _isWhole = before;
    }

    private void Lint(IDatabaseDriver driver, DatabaseTarget? target, string folder)
    {
        var request = new LintRequest
        {
            Names = Name,
            From = From,
            Options = LintOptions(Strict, Off),
        };
        var found = Run((events, token) => new ScriptLinter(driver, target, folder, OptionsFor(events)).LintAsync(request, token));
        if (Rewrite)
            found = WithSteps(driver, target, folder, found);
        _all.AddRange(found);
        _engines.Add(driver.Engine);
        foreach (var finding in found)
            Log.Issue(finding.IsError, LintText.Line(finding), finding.Location);
        if (!Quiet)
            WriteObject(found, enumerateCollection: true);
    }

    private IReadOnlyList<LintFinding> WithSteps(
        IDatabaseDriver driver,
        DatabaseTarget? target,
        string folder,
        IReadOnlyList<LintFinding> found
    )
    {
        if (target is null)
            throw ScriptRewriter.NeedsDatabase();
        var write = ShouldProcess(folder, "Write the safe steps that are proven on copies");
        return Run((events, token) => new ScriptRewriter(driver, target, folder, OptionsFor(events)).RewriteAsync(found, write, token));
    }

    private void WriteSarif()
    {
        var rules = DatabaseDrivers
            .All.Where(d => _engines.Contains(d.Engine, StringComparer.Ordinal))
            .SelectMany(d => d.Rules.Rules)
            .DistinctBy(r => r.Id, StringComparer.Ordinal);
        SarifReport.Write(Paths.Literal(SarifPath!), _all, [.. rules], Paths.CurrentFolder);
    }

    private ErrorRecord Failure()
    {
        var lines = string.Concat(_all.Take(20).Select(f => $"\n  {f.Location.ShownFile}:{f.Line}: {f.Message} [{f.Rule}]"));
        return ErrorRecords.Of(
            new MigrationException(
                ErrorId.UnsafeChange,
                $"{_all.Count} finding{(_all.Count == 1 ? "" : "s")} in the migrations:{lines}",
                "See the properties Advice and Rewrite of each finding."
            ),
            target: null
        );
    }
}
