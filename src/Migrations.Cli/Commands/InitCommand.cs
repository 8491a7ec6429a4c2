using System.CommandLine;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Planning;

namespace Migrations.Cli.Commands;

/// <summary><c>init</c>: bring a database to where an application can start.</summary>
internal static class InitCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var options = new InitOptions();
        var ignoreForeign = UpCommand.IgnoreForeignOption();
        var command = new DescribedCommand(
            "init",
            "Wait for the server, create the database, and run an init script or the pending migrations, once.",
            SharedOptions.Runs | SharedOptions.WhatIf | SharedOptions.Yes,
            "migrations init --create",
            "migrations init --path scripts/init-db.sql --marker users"
        );
        options.AddTo(command);
        command.Add(ignoreForeign);
        command.Effect = CommandEffect.Changes;
        command.SetAction(
            (parse, cancellationToken) =>
                runner.RunAsync(
                    parse,
                    (call, token) =>
                        RunAsync(
                            call,
                            options,
                            parse,
                            new ApplyRequest
                            {
                                TransactionMode = call.Settings.TransactionMode,
                                IgnoreForeignHistory = parse.GetValue(ignoreForeign),
                            },
                            token
                        ),
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        DatabaseCall call,
        InitOptions options,
        ParseResult parse,
        ApplyRequest apply,
        CancellationToken cancellationToken
    )
    {
        var request = options.Read(parse, call.Settings) with { Apply = apply };
        var how = call.Options with { Session = options.Starting(parse, call.Options.Session) };
        var initializer = new DatabaseInitializer(call.Driver, call.Target, call.Settings.Folder, how);
        call.Report.Scripts.Initialized(
            call.Settings.WhatIf
                ? await initializer.PlanAsync(request, cancellationToken).ConfigureAwait(false)
                : await InitializeAsync(call, initializer, request, cancellationToken).ConfigureAwait(false)
        );
        return ExitCode.Done;
    }

    private static async Task<InitializationResult> InitializeAsync(
        DatabaseCall call,
        DatabaseInitializer initializer,
        InitializationRequest request,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await initializer.InitializeAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (StampProtectedException e)
        {
            Confirmation.Demand(call.Settings, call.Terminal, e.Action, "Nothing was changed.");
            return await initializer
                .InitializeAsync(request with { ReplacesProtectedStamp = true }, cancellationToken)
                .ConfigureAwait(false);
        }
    }
}
