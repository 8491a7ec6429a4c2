using System.CommandLine;
using Migrations.Cli.Help;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Planning;

namespace Migrations.Cli.Commands;

/// <summary><c>repair</c>: fix the history, after comparing.</summary>
internal static class RepairCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var name = new Argument<string?>("name")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "Only this migration (a version, a semantic version or a name). Default: all that need it, after confirmation.",
        };
        var removeMissing = OptionOf.Flag("--remove-missing", "Remove applied migrations whose files no longer exist from the history.");
        var done = OptionOf.Flag("--statement-done", "The statement that was running when a run was killed took effect.");
        var notDone = OptionOf.Flag("--statement-not-done", "The statement that was running when a run was killed did not take effect.");
        var command = new DescribedCommand(
            "repair",
            "Fix the history: clear failures, and accept renamed and edited scripts after comparing them with the database.",
            SharedOptions.Migrations | SharedOptions.WhatIf | SharedOptions.Yes,
            "migrations repair --what-if",
            "migrations repair 042"
        )
        {
            name,
            removeMissing,
            done,
            notDone,
        };
        command.Validators.Add(result =>
            CallFaults.Exclude(result, "--statement-done and --statement-not-done cannot be used together.", done, notDone)
        );
        command.Effect = CommandEffect.Changes;
        command.SetAction(
            (parse, cancellationToken) =>
            {
                var request = new RepairRequest
                {
                    Name = parse.GetValue(name),
                    RemoveMissing = parse.GetValue(removeMissing),
                    StatementDone =
                        parse.GetValue(done) ? true
                        : parse.GetValue(notDone) ? false
                        : null,
                };
                return runner.RunAsync(parse, (call, token) => RunAsync(call, request, token), cancellationToken);
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(DatabaseCall call, RepairRequest request, CancellationToken cancellationToken)
    {
        if (call.Settings.WhatIf)
        {
            call.Report.Repairs(
                call.Target,
                await call.Migrator.PlanRepairAsync(request, cancellationToken).ConfigureAwait(false),
                whatIf: true
            );
            return ExitCode.Done;
        }

        // Naming a migration confirms it; the list of all others has not been seen yet.
        if (request.Name is null && !call.Settings.Yes)
            request = await AskAsync(call, request, cancellationToken).ConfigureAwait(false);
        call.Report.Repairs(call.Target, await call.Migrator.RepairAsync(request, cancellationToken).ConfigureAwait(false), whatIf: false);
        return ExitCode.Done;
    }

    private static async Task<RepairRequest> AskAsync(DatabaseCall call, RepairRequest request, CancellationToken cancellationToken)
    {
        var planned = await call.Migrator.PlanRepairAsync(request, cancellationToken).ConfigureAwait(false);
        foreach (var line in planned.SelectMany(RepairListing.Lines))
            call.Terminal.Error("  " + line);
        Confirmation.Demand(
            call.Settings,
            call.Terminal,
            $"Repair {PlainText.Count(planned.Count, "migration")} in the history of {call.Target.Display}",
            "Nothing was repaired."
        );
        return request with { Only = [.. planned.Select(r => r.Name)] };
    }
}
