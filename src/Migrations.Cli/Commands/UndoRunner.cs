using System.CommandLine;
using System.Diagnostics;
using Migrations.Cli.Output;
using Migrations.Planning;

namespace Migrations.Cli.Commands;

/// <summary>Undoes migrations, for <c>down</c> and <c>reset</c>. More than one is undone only after a yes.</summary>
internal static class UndoRunner
{
    public static async Task<int> RunAsync(DatabaseCall call, UndoRequest request, CancellationToken cancellationToken)
    {
        if (call.Settings.WhatIf)
        {
            var plan = await call.Migrator.PlanUndoAsync(request, cancellationToken).ConfigureAwait(false);
            var losses = await call.Migrator.ForecastAsync(plan, cancellationToken).ConfigureAwait(false);
            call.Report.Plan(call.Target, plan, call.Driver.Dialect, call.Settings.Migrator.Service, losses);
            return ExitCode.Done;
        }

        if (MayUndoSeveral(request) && !call.Settings.Yes)
            await ConfirmAsync(call, request, cancellationToken).ConfigureAwait(false);
        if (!request.AcceptDataLoss && call.Terminal.CanAsk)
            request = await AskAboutLossAsync(call, request, cancellationToken).ConfigureAwait(false);
        var watch = Stopwatch.StartNew();
        var results = await call.Migrator.UndoAsync(request, cancellationToken).ConfigureAwait(false);
        call.Report.Run(call.Target, MigrationDirection.Down, results, watch.Elapsed);
        return ExitCode.Done;
    }

    /// <summary>The option by which a script accepts what is lost.</summary>
    public static Option<bool> AcceptLossOption() =>
        new("--accept-data-loss") { Description = "Roll back even though rows or values are lost. --yes does not include this." };

    /// <summary>The option that refuses an undo that no rehearsal has proven.</summary>
    public static Option<bool> RequireProvenOption() =>
        new("--require-proven") { Description = "Roll back only what a rehearsal ('migrations test') has proven." };

    /// <summary>The option that takes a proof of the schema alone.</summary>
    public static Option<bool> SchemaOnlyOption() =>
        new("--schema-only")
        {
            Description =
                "With --require-proven: also accept a rollback proven for the schema alone, because the rehearsal had no rows to compare.",
        };

    // Without a terminal, the engine refuses a loss with the same numbers.
    private static async Task<UndoRequest> AskAboutLossAsync(DatabaseCall call, UndoRequest request, CancellationToken cancellationToken)
    {
        var plan = await call.Migrator.PlanUndoAsync(request, cancellationToken).ConfigureAwait(false);
        var losses = await call.Migrator.ForecastAsync(plan, cancellationToken).ConfigureAwait(false);
        return AcceptsLoss(call, losses, "Nothing was rolled back.") ? request with { AcceptDataLoss = true } : request;
    }

    /// <summary>Asks whether a loss is accepted.</summary>
    /// <param name="call">The call.</param>
    /// <param name="losses">What would be lost.</param>
    /// <param name="nothing">That nothing was done, for a no.</param>
    /// <returns>Whether there was one, and the answer was yes.</returns>
    /// <exception cref="MigrationException"><see cref="ErrorId.Cancelled"/>: the answer was no.</exception>
    public static bool AcceptsLoss(DatabaseCall call, IReadOnlyList<StepLoss> losses, string nothing)
    {
        var lossy = losses.Where(l => l.IsLossy).ToList();
        if (lossy.Count == 0)
            return false;
        foreach (var sentence in lossy.SelectMany(l => l.LossSentences()))
            call.Terminal.Error("  " + sentence, Tone.Bad);
        if (call.Terminal.Ask($"Permanently delete this data from {call.Target.Display}?"))
            return true;
        throw new MigrationException(
            ErrorId.Cancelled,
            $"Cancelled: not confirmed. {nothing}",
            "Answer with y, or accept the loss with --accept-data-loss."
        );
    }

    private static bool MayUndoSeveral(UndoRequest request) => request.All || request.To is not null || request.Last > 1;

    // Whether --yes is needed depends on the call alone, never on what is applied just now, so that a script that works once works always.
    private static async Task ConfirmAsync(DatabaseCall call, UndoRequest request, CancellationToken cancellationToken)
    {
        if (!call.Terminal.CanAsk)
        {
            throw new MigrationException(
                ErrorId.ConfirmationRequired,
                $"Rolling back more than one migration of {call.Target.Display} requires confirmation, "
                    + "but standard input is not a terminal.",
                "See what would be rolled back with --what-if, and confirm with --yes."
            );
        }

        var plan = await call.Migrator.PlanUndoAsync(request, cancellationToken).ConfigureAwait(false);
        if (plan.Steps.Count == 0)
            return;
        foreach (var step in plan.Steps)
            call.Terminal.Error("  " + step.Migration.FullName);
        if (
            call.Terminal.Ask(
                $"Roll back {(plan.Steps.Count == 1 ? "this migration" : $"these {PlainText.Count(plan.Steps.Count, "migration")}")} "
                    + $"of {call.Target.Display}?"
            )
        )
            return;
        throw new MigrationException(
            ErrorId.Cancelled,
            "Cancelled: not confirmed. Nothing was rolled back.",
            "Answer with y, or confirm with --yes."
        );
    }
}
