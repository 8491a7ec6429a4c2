using Migrations.Adoption;
using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Cli.Commands;

/// <summary><c>adopt</c>: take the history of another migration tool over.</summary>
internal static class AdoptCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var options = new AdoptOptions();
        var command = new DescribedCommand(
            "adopt",
            "Take over the history of another migration tool, after proving it against the database.",
            SharedOptions.Migrations | SharedOptions.WhatIf,
            "migrations adopt --what-if",
            "migrations adopt --database shop.db",
            "migrations adopt --undo --write-back"
        );
        options.AddTo(command);
        command.Effect = CommandEffect.Changes;
        command.SetAction(
            (parse, cancellationToken) =>
                runner.RunAsync(
                    parse,
                    (call, token) =>
                        options.IsUndo(parse)
                            ? UndoAsync(call, options.WritesBack(parse), token)
                            : RunAsync(call, options.Request(parse, call.Settings), token),
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(DatabaseCall call, AdoptionRequest request, CancellationToken cancellationToken)
    {
        var importer = Importer(call);
        var result = call.Settings.WhatIf
            ? await importer.PlanAsync(request, cancellationToken).ConfigureAwait(false)
            : await importer.ImportAsync(request, cancellationToken).ConfigureAwait(false);
        call.Report.Adoption(result);
        return result.Obstacles.Count == 0 ? ExitCode.Done : ExitCode.Found;
    }

    private static async Task<int> UndoAsync(DatabaseCall call, bool writeBack, CancellationToken cancellationToken)
    {
        var importer = Importer(call);
        call.Report.AdoptionUndo(
            call.Settings.WhatIf
                ? await importer.PlanUndoAsync(cancellationToken).ConfigureAwait(false)
                : await importer.UndoAsync(writeBack, cancellationToken).ConfigureAwait(false)
        );
        return ExitCode.Done;
    }

    private static HistoryImporter Importer(DatabaseCall call)
    {
        var options = call.Settings.Migrator;
        return new HistoryImporter(
            call.Driver,
            call.Target,
            call.Settings.Folder,
            options with
            {
                Session = options.Session with { Events = call.Report },
            }
        );
    }
}
