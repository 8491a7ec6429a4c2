using System.CommandLine;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Generating;

namespace Migrations.Cli.Commands;

/// <summary><c>squash</c>: fold the first migrations of a folder into one.</summary>
internal static class SquashCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var to = new Option<string>("--to")
        {
            HelpName = "version",
            Required = true,
            Description = "The last migration that is folded: a version or a name. All before it are folded with it.",
        };
        var name = new Option<string>("--name")
        {
            HelpName = "name",
            Description = "What the new migration is called, behind its version. Default: squash.",
            DefaultValueFactory = _ => "squash",
        };
        var scratch = new ScratchOption();
        var command = new DescribedCommand(
            "squash",
            "Fold the first migrations into one that makes the same schema and rows, proven on a copy; the originals go to archive/.",
            SharedOptions.Path | SharedOptions.Database | SharedOptions.Variables | SharedOptions.Configuration | SharedOptions.WhatIf,
            "migrations squash --to 042 --database shop.db --what-if",
            "migrations squash --to 042 --name first_year --database shop.db"
        )
        {
            to,
            name,
        };
        scratch.AddTo(command);
        command.SetAction(
            (parse, cancellationToken) =>
            {
                var (last, called, server) = (parse.GetRequiredValue(to), parse.GetRequiredValue(name), scratch.Read(parse));
                return runner.RunAsync(
                    parse,
                    (call, token) =>
                        RunAsync(
                            call,
                            new SquashRequest
                            {
                                To = last,
                                Name = called,
                                WhatIf = call.Settings.WhatIf,
                                ScratchServer = server,
                            },
                            token
                        ),
                    cancellationToken
                );
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(DatabaseCall call, SquashRequest request, CancellationToken cancellationToken)
    {
        var result = await new MigrationSquash(call.Driver, call.Target, call.Settings.Folder, call.Options)
            .RunAsync(request, cancellationToken)
            .ConfigureAwait(false);
        call.Report.Integrity.Generated([result]);
        return result.IsGood ? ExitCode.Done : ExitCode.Found;
    }
}
