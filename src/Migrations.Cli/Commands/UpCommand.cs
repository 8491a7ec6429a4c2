using System.CommandLine;
using System.Diagnostics;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Planning;

namespace Migrations.Cli.Commands;

/// <summary><c>up</c>: apply what is pending.</summary>
internal static class UpCommand
{
    public static Command Create(DatabaseRunner runner)
    {
        var target = new Option<string?>("--target")
        {
            HelpName = "version",
            Description = "The last migration to apply: a version, a semantic version or a name. Default: the newest.",
        };
        var first = Choice.Count("--first", "Apply at most so many.");
        var mode = TransactionModeOption();
        var outOfOrder = new Option<bool>("--allow-out-of-order")
        {
            Description = "Apply pending migrations that are older than applied ones; recorded in the history.",
        };
        var skipChecksum = new Option<bool>("--skip-checksum")
        {
            Description = "Run although applied scripts were edited or are gone; recorded in the history.",
        };
        var protection = new ProtectionOptions();
        var command = new Command("up", "Apply pending migrations.") { target, first, mode, outOfOrder, skipChecksum };
        protection.AddTo(command);
        var check = new Option<bool>("--check")
        {
            Description =
                "Make all checks after the last migration, as 'migrations check' does, also when nothing was pending; a failed "
                + "one fails the run (exit code 4), and with --restore-on-failure undoes it.",
        };
        var ignore = new IgnoreOption();
        command.Options.Add(check);
        ignore.AddTo(command);
        command.SetAction(
            (parse, cancellationToken) =>
            {
                var request = new ApplyRequest
                {
                    Target = parse.GetValue(target),
                    First = parse.GetValue(first),
                    TransactionMode = parse.GetValue(mode) ?? TransactionMode.Each,
                    AllowOutOfOrder = parse.GetValue(outOfOrder),
                    SkipChecksum = parse.GetValue(skipChecksum),
                    Check = parse.GetValue(check) ? new CheckRequest { Ignored = ignore.Read(parse) } : null,
                    Backup = protection.Backup(parse),
                    RestoreOnFailure = protection.RestoreOnFailure(parse),
                };
                return runner.RunAsync(parse, (call, token) => RunAsync(call, request, token), cancellationToken);
            }
        );
        return command;
    }

    /// <summary>The option that says how steps are put into transactions.</summary>
    public static Option<TransactionMode?> TransactionModeOption() =>
        Choice.Of<TransactionMode>(
            "--transaction-mode",
            "One transaction for each migration, one for all, or none. Default: each.",
            ("each", TransactionMode.Each),
            ("all", TransactionMode.All),
            ("none", TransactionMode.None)
        );

    private static async Task<int> RunAsync(DatabaseCall call, ApplyRequest request, CancellationToken cancellationToken)
    {
        if (call.Settings.WhatIf)
        {
            var plan = await call.Migrator.PlanApplyAsync(request, cancellationToken).ConfigureAwait(false);
            var losses = await call.Migrator.ForecastAsync(plan, cancellationToken).ConfigureAwait(false);
            call.Report.Plan(call.Target, plan, call.Driver.Dialect, call.Settings.Migrator.Service, losses);
            return ExitCode.Done;
        }

        var watch = Stopwatch.StartNew();
        var results = await call.Migrator.ApplyAsync(request, cancellationToken).ConfigureAwait(false);
        call.Report.Run(call.Target, MigrationDirection.Up, results, watch.Elapsed);
        return ExitCode.Done;
    }
}
