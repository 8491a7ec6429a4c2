using System.CommandLine;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Planning;

namespace Migrations.Cli.Commands;

/// <summary><c>run</c>: run SQL that is no migration.</summary>
internal static class RunCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var file = new Argument<string?>(GivenValues.TakesInput)
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "The script to run: a file of SQL; '-' reads standard input.",
        };
        var sql = OptionOf.Text("--command", "SQL", "Run this SQL instead of a file. Do not put secrets in it: others can see it run.");
        var csv = OptionOf.Flag("--csv", "Print rows as CSV, and nothing else on standard output.");
        var acceptLoss = OptionOf.Flag(
            "--accept-data-loss",
            "Run even though rows or values are lost, or may be. --yes does not include this."
        );
        var command = new DescribedCommand(
            "run",
            "Run a SQL script that is not a migration: a fix, seed data, a query.",
            SharedOptions.Database
                | SharedOptions.Configuration
                | SharedOptions.History
                | SharedOptions.Limits
                | SharedOptions.Variables
                | SharedOptions.WhatIf
                | SharedOptions.Yes,
            "migrations run fix.sql --database shop.db",
            "migrations run --command \"SELECT * FROM users\" --csv"
        )
        {
            file,
            sql,
            csv,
            acceptLoss,
        };
        command.Validators.Add(result =>
        {
            var isFile = result.GetValue(file) is not null;
            if (isFile == result.GetResult(sql) is { Implicit: false })
                result.AddError(isFile ? "A file and --command cannot be used together." : "Name a file, or give SQL with --command.");
        });
        command.Effect = CommandEffect.Changes;
        command.SetAction(
            (parse, cancellationToken) =>
            {
                var path = parse.GetValue(file);
                // Read once, also for several databases.
                var input = new Lazy<string?>(() => path is FleetGroup.StandardInput ? Console.In.ReadToEnd() : null);
                return runner.RunAsync(
                    parse,
                    (call, token) =>
                    {
                        var request = new DatabaseScriptRequest
                        {
                            File = path is null or FleetGroup.StandardInput ? null : Path.GetFullPath(path),
                            Command = input.Value ?? parse.GetValue(sql),
                            AcceptDataLoss = parse.GetValue(acceptLoss),
                        };
                        return RunAsync(call, request, parse.GetValue(csv), token);
                    },
                    cancellationToken
                );
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(DatabaseCall call, DatabaseScriptRequest request, bool csv, CancellationToken cancellationToken)
    {
        var runner = new DatabaseScriptRunner(call.Driver, call.Target, call.Options);
        if (call.Settings.WhatIf)
        {
            var plan = await runner.PlanAsync(request, cancellationToken).ConfigureAwait(false);
            call.Report.Scripts.Plan(call.Target, call.Settings.Service, plan, call.Driver.Dialect);
            return ExitCode.Done;
        }

        if (!request.AcceptDataLoss && call.Terminal.CanAsk)
            request = await AskAboutLossAsync(call, runner, request, cancellationToken).ConfigureAwait(false);
        using var rows = call.Report.Scripts.Rows(csv);
        rows.Complete(await runner.RunAsync(request with { Rows = rows }, cancellationToken).ConfigureAwait(false));
        return ExitCode.Done;
    }

    // Without a terminal, the engine refuses a loss with the same numbers.
    private static async Task<DatabaseScriptRequest> AskAboutLossAsync(
        DatabaseCall call,
        DatabaseScriptRunner runner,
        DatabaseScriptRequest request,
        CancellationToken cancellationToken
    )
    {
        var plan = await runner.PlanAsync(request, cancellationToken).ConfigureAwait(false);
        return UndoRunner.AcceptsLoss(call, plan.Losses, "Nothing was run.") ? request with { AcceptDataLoss = true } : request;
    }
}
