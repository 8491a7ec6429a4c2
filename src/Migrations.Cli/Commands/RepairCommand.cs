using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Planning;

namespace Migrations.Cli.Commands;

/// <summary><c>repair</c>: fix the history, after comparing.</summary>
internal static class RepairCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var options = new RepairOptions();
        var command = new DescribedCommand(
            "repair",
            "Fix the history: clear failures, and accept renamed and edited scripts after comparing them with the database.",
            SharedOptions.Migrations | SharedOptions.WhatIf | SharedOptions.Yes,
            "migrations repair --what-if",
            "migrations repair 042",
            "migrations repair --assign-service api",
            "migrations repair --forget 042",
            "migrations repair --forget 042 --scratch-database postgres://db/postgres"
        );
        options.AddTo(command);
        command.Effect = CommandEffect.Changes;
        command.SetAction(
            (parse, cancellationToken) =>
            {
                var request = options.Read(parse);
                return runner.RunAsync(
                    parse,
                    (call, token) => RunAsync(call, request with { ScratchServer = options.ScratchServer(parse) }, token),
                    cancellationToken,
                    service: request.AssignService
                );
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
        if ((request.Name ?? request.Forget) is null && !call.Settings.Yes)
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
