using System.CommandLine;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Integrity;

namespace Migrations.Cli.Commands;

/// <summary><c>check</c>: whether a database is what it should be.</summary>
internal static class CheckCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var category = Choice.Several(
            "--category",
            "Only checks of this category; can be repeated.",
            IntegrityChecker.Categories,
            c => c.Word()
        );
        var name = new Option<string[]>("--name")
        {
            HelpName = "name",
            Description = "Only checks of this name, with * and ? as wildcards; can be repeated.",
        };
        var thorough = new Option<bool>("--thorough") { Description = "Let the engine read every page and every index entry; slower." };
        var onCopy = new Option<bool>("--on-copy", "--scratch") { Description = "Run the declared checks on a copy of the database." };
        var timeout = Choice.Duration("--timeout", "How long one declared check may take. Default: 30s.");
        var report = new Option<string?>("--report")
        {
            HelpName = "file",
            Description = "Also write the results to a JUnit file, for a pipeline to publish.",
        };
        var backups = new NewestBackupOptions();
        var scratch = new ScratchOption();
        var ignore = new IgnoreOption();
        var command = new DescribedCommand(
            "check",
            "Check a database: its schema against the migrations, its integrity, its backups, and your own checks.",
            SharedOptions.Migrations,
            "migrations check",
            "migrations check --category schema --report results.xml"
        )
        {
            category,
            name,
            thorough,
            onCopy,
            timeout,
            report,
        };
        backups.AddTo(command);
        scratch.AddTo(command);
        ignore.AddTo(command);
        command.SetAction(
            (parse, cancellationToken) =>
            {
                var all = new List<CheckResult>();
                return runner.RunAsync(
                    parse,
                    (call, token) =>
                    {
                        var request = backups.Read(
                            parse,
                            call.Settings,
                            new CheckRequest
                            {
                                Categories = parse.GetValue(category) ?? [],
                                Names = parse.GetValue(name) ?? [],
                                Thorough = parse.GetValue(thorough),
                                OnCopy = parse.GetValue(onCopy),
                                Timeout = parse.GetValue(timeout) ?? new CheckRequest().Timeout,
                                Ignored = ignore.Read(parse, call.Settings),
                                ScratchServer = scratch.Read(parse),
                            }
                        );
                        return RunAsync(call, request, all, parse.GetValue(report), token);
                    },
                    cancellationToken
                );
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(
        DatabaseCall call,
        CheckRequest request,
        List<CheckResult> all,
        string? report,
        CancellationToken cancellationToken
    )
    {
        var checker = new IntegrityChecker(
            call.Driver,
            call.Target,
            call.Settings.Folder,
            call.Settings.Migrator with
            {
                Session = call.Settings.Migrator.Session with { Events = call.Report },
            }
        );
        try
        {
            var results = await checker.CheckAsync(request, cancellationToken).ConfigureAwait(false);
            call.Report.Integrity.Checks(call.Target, results);
            lock (all)
                all.AddRange(results);
            return results.Any(r => r.Status == CheckStatus.Fail) ? ExitCode.Found : ExitCode.Done;
        }
        catch (MigrationException e) when (e.Category is not FailureCategory.Usage)
        {
            lock (all)
                all.Add(IntegrityChecker.Unreached(call.Target, e));
            throw;
        }
        finally
        {
            // Written after each database, so that it is there whatever becomes of a later one.
            lock (all)
            {
                if (report is not null && all.Count > 0)
                    JUnitReport.Write(report, all, DateTimeOffset.UtcNow);
            }
        }
    }
}
