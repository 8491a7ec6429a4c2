using System.CommandLine;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Databases;
using Migrations.Linting;
using Migrations.Sql;

namespace Migrations.Cli.Commands;

/// <summary><c>lint</c>: what in the migrations fails, loses data or stops others from working.</summary>
internal sealed class LintCommand
{
    private readonly Argument<string[]> _names = new("migration")
    {
        Description = "Report only these migrations: versions or names. Default: all.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly Option<string?> _engine = new("--engine")
    {
        Description = "Look at the folder alone, for this engine: sqlite or postgresql. No database is asked.",
    };

    private readonly Option<string?> _from = OptionOf.Text(
        "--from",
        "migration",
        "The first migration that is not applied yet; no database is asked. Default: what the database says, else each file by itself."
    );

    private readonly Option<string[]> _off = new("--off") { HelpName = "rule", Description = "Switch a rule off; can be repeated." };

    private readonly Option<string?> _sarif = OptionOf.Text("--sarif", "file", "Also write the findings to a SARIF 2.1.0 file.");

    private readonly Option<bool> _rewrite = new("--rewrite")
    {
        Description = "Write the safe steps as files of the folder, where two copies of the database show that the end is the same.",
    };

    // Of one call: a process makes one.
    private readonly List<IDatabaseDriver> _drivers = [];

    public static DescribedCommand Create(DatabaseRunner runner) => new LintCommand().Build(runner);

    private DescribedCommand Build(DatabaseRunner runner)
    {
        _engine.AcceptOnlyFromAmong("sqlite", "postgresql");
        var command = new DescribedCommand(
            "lint",
            "Find in migrations what fails on filled tables, loses data or blocks others, and show the safe SQL.",
            SharedOptions.Migrations | SharedOptions.WhatIf,
            "migrations lint --database postgres://ada@db/shop",
            "migrations lint --engine postgresql --sarif lint.sarif",
            "migrations lint 042 --engine sqlite",
            "migrations lint 043 --rewrite --database shop.db"
        )
        {
            _names,
            _engine,
            _from,
            _off,
            _sarif,
            _rewrite,
        };
        command.SetAction(
            (parse, cancellationToken) =>
            {
                var all = new List<LintFinding>();
                return parse.GetValue(_engine) is { } engine
                    ? runner.RunAsync(
                        parse,
                        (settings, report, token) => RunAsync(parse, settings, report, DriverOf(engine), target: null, all, token),
                        cancellationToken
                    )
                    : runner.RunAsync(
                        parse,
                        (call, token) => RunAsync(parse, call.Settings, call.Report, call.Driver, call.Target, all, token),
                        cancellationToken
                    );
            }
        );
        return command;
    }

    private static Task<IReadOnlyList<LintFinding>> RewriteAsync(
        Settings settings,
        IDatabaseDriver driver,
        DatabaseTarget? target,
        (string Path, MigratorOptions Options) folder,
        IReadOnlyList<LintFinding> found,
        CancellationToken cancellationToken
    ) =>
        target is null
            ? throw ScriptRewriter.NeedsDatabase()
            : new ScriptRewriter(driver, target, folder.Path, folder.Options).RewriteAsync(found, !settings.WhatIf, cancellationToken);

    private List<LintRule> RulesOfAll() => [.. _drivers.SelectMany(d => d.Rules.Rules).DistinctBy(r => r.Id, StringComparer.Ordinal)];

    private static IDatabaseDriver DriverOf(string engine) =>
        DatabaseDrivers.All.First(d => string.Equals(d.Engine, engine, StringComparison.OrdinalIgnoreCase));

    private async Task<int> RunAsync(
        ParseResult parse,
        Settings settings,
        IReport report,
        IDatabaseDriver driver,
        DatabaseTarget? target,
        List<LintFinding> all,
        CancellationToken cancellationToken
    )
    {
        var rules = settings.Lint(strict: false, parse.GetValue(_off) ?? []);
        var (folder, migrator) = (settings.Folder, settings.Migrator);
        if (target is null)
        {
            (folder, var configured) = settings.Selector.MigrationFolder();
            migrator = settings.Options(configured);
            rules = (settings with { Configured = configured }).Lint(strict: false, parse.GetValue(_off) ?? []);
        }

        var linter = new ScriptLinter(driver, target, folder, migrator with { Session = migrator.Session with { Events = report } });
        var request = new LintRequest
        {
            Names = parse.GetValue(_names) ?? [],
            From = parse.GetValue(_from),
            Options = rules,
        };
        var found = await linter.LintAsync(request, cancellationToken).ConfigureAwait(false);
        if (parse.GetValue(_rewrite))
            found = await RewriteAsync(settings, driver, target, (folder, migrator), found, cancellationToken).ConfigureAwait(false);
        all.AddRange(found);
        if (!_drivers.Contains(driver))
            _drivers.Add(driver);
        report.Integrity.Findings(target, found);
        // Written after each database, so that it is there whatever becomes of a later one.
        if (parse.GetValue(_sarif) is { } file)
            SarifReport.Write(file, all, RulesOfAll(), Directory.GetCurrentDirectory());
        return found.Count > 0 ? ExitCode.Found : ExitCode.Done;
    }
}
