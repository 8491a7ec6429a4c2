using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Configuration;
using Migrations.Planning;

namespace Migrations.Cli.Commands;

/// <summary><c>clear</c>: empty a database; <c>fresh</c>: and build it up again.</summary>
internal static class ClearCommand
{
    /// <summary>The command that only empties.</summary>
    public static DescribedCommand Create(DatabaseRunner runner) =>
        Create(
            runner,
            new DescribedCommand(
                "clear",
                "Empty a database: everything that is in it goes, the history too. For development.",
                (SharedOptions.Migrations & ~SharedOptions.Fleet) | SharedOptions.WhatIf | SharedOptions.Yes,
                "migrations clear --what-if",
                "migrations clear --database shop.db --accept-data-loss"
            ),
            isFresh: false
        );

    /// <summary>The command that applies everything afterwards.</summary>
    public static DescribedCommand CreateFresh(DatabaseRunner runner) =>
        Create(
            runner,
            new DescribedCommand(
                "fresh",
                "Empty a database, apply all migrations, and run the seed. For development.",
                (SharedOptions.Runs & ~SharedOptions.Fleet) | SharedOptions.WhatIf | SharedOptions.Yes,
                "migrations fresh --what-if",
                "migrations fresh --seed --accept-data-loss"
            ),
            isFresh: true
        );

    private static DescribedCommand Create(DatabaseRunner runner, DescribedCommand command, bool isFresh)
    {
        var acceptLoss = OptionOf.Flag("--accept-data-loss", "Delete all rows without asking. --yes does not include this.");
        var seed = OptionOf.Flag(
            "--seed",
            "Afterwards run seed.sql of the migration folder. Not in an environment that requires confirmation."
        );
        var force = OptionOf.Flag(
            "--force",
            "Clear also a database with the stamp of an environment that requires confirmation, "
                + (isFresh ? "run the seed there, and do not ask." : "and do not ask there.")
        );
        var others = OptionOf.Flag(
            "--include-others",
            "Clear also what other services, and those with another history, have in the database."
        );
        command.Options.Add(acceptLoss);
        command.Options.Add(others);
        if (isFresh)
            command.Options.Add(seed);
        command.Options.Add(force);
        command.Confirmed = force;

        command.Effect = CommandEffect.Changes;
        command.SetAction(
            (parse, cancellationToken) =>
            {
                var request = new ClearRequest
                {
                    AcceptDataLoss = parse.GetValue(acceptLoss),
                    Apply = isFresh ? new ApplyRequest() : null,
                    Seed = isFresh && parse.GetValue(seed),
                    Force = parse.GetValue(force),
                    IncludesOthers = parse.GetValue(others),
                };
                var turns = new ClearedDatabases();
                var plans = new ClearedDatabases { IsPlan = true };
                return runner.RunAsync(
                    parse,
                    (call, token) => RunAsync(call, RequestOf(call), token),
                    cancellationToken,
                    foresee: (call, token) =>
                        new DatabaseClearer(call.Driver, call.Target, call.Settings.Folder, call.Settings.Migrator).ForeseeAsync(
                            RequestOf(call),
                            token
                        )
                );

                ClearRequest RequestOf(DatabaseCall call) =>
                    RequestFor(call, request with { Turns = call.Settings.WhatIf ? plans : turns });
            }
        );
        return command;
    }

    private static ClearRequest RequestFor(DatabaseCall call, ClearRequest request) =>
        request with
        {
            Apply = request.Apply is { } apply ? apply with { TransactionMode = call.Settings.TransactionMode } : null,
            IsProtected = call.Settings.Selector.Environment?.Confirm == true,
            Services = [.. ServicesOf(call).Select(s => s.Name)],
            Histories = [.. ServicesOf(call).Select(s => call.Settings.HistoryOf(s))],
        };

    private static IEnumerable<ConfiguredService> ServicesOf(DatabaseCall call) =>
        call.Settings.Selector.Services.OfType<ConfiguredService>();

    private static async Task<int> RunAsync(DatabaseCall call, ClearRequest request, CancellationToken cancellationToken)
    {
        var migrator = call.Settings.Migrator;
        var options = migrator with { Session = migrator.Session with { Events = call.Report } };
        var clearer = new DatabaseClearer(call.Driver, call.Target, call.Settings.Folder, options);
        if (call.Settings.WhatIf)
        {
            call.Report.Cleared(await clearer.PlanAsync(request, cancellationToken).ConfigureAwait(false));
            return ExitCode.Done;
        }

        if (!request.AcceptDataLoss)
            request = await AskAsync(call, clearer, request, cancellationToken).ConfigureAwait(false);
        call.Report.Cleared(await clearer.ClearAsync(request, cancellationToken).ConfigureAwait(false));
        return ExitCode.Done;
    }

    /// <summary>Asks by the name of the database. Without a terminal, the engine refuses a loss with the same numbers.</summary>
    private static async Task<ClearRequest> AskAsync(
        DatabaseCall call,
        DatabaseClearer clearer,
        ClearRequest request,
        CancellationToken cancellationToken
    )
    {
        var plan = await clearer.PlanAsync(request, cancellationToken).ConfigureAwait(false);
        if (plan.Tables.Count == 0 || (plan.IsLossy && !call.Terminal.CanAsk))
            return request;
        if (!plan.IsLossy)
        {
            Confirmation.Demand(call.Settings, call.Terminal, $"Clearing {call.Target.Display}", "Nothing was cleared.");
            return request;
        }

        foreach (var loss in plan.Losses())
            call.Terminal.Error("  " + loss, Tone.Bad);
        if (call.Terminal.Ask($"Permanently delete everything in {call.Target.Display}?"))
            return request with { AcceptDataLoss = true };
        throw new MigrationException(
            ErrorId.Cancelled,
            "Cancelled: not confirmed. Nothing was cleared.",
            "Answer with y, or accept the loss with --accept-data-loss."
        );
    }
}
