using System.CommandLine;
using Migrations.Cli.Output;
using Migrations.Planning;

namespace Migrations.Cli.Commands;

/// <summary><c>repair</c>: mend the history, after comparing.</summary>
internal static class RepairCommand
{
    public static Command Create(DatabaseRunner runner)
    {
        var name = new Argument<string?>("name")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "Only this migration (a version, a semantic version or a name). Default: all that need it, after a confirmation.",
        };
        var removeMissing = new Option<bool>("--remove-missing") { Description = "Forget applied migrations whose files are gone." };
        var done = new Option<bool>("--statement-done") { Description = "The statement that a killed run was in took effect." };
        var notDone = new Option<bool>("--statement-not-done")
        {
            Description = "The statement that a killed run was in did not take effect.",
        };
        var command = new Command("repair", "Clear failures and accept renamed and edited scripts in the history, after comparing.")
        {
            name,
            removeMissing,
            done,
            notDone,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(done) && result.GetValue(notDone))
                result.AddError("--statement-done and --statement-not-done exclude each other.");
        });
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

        // What is named is agreed to; of all else nobody has seen the list yet.
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
