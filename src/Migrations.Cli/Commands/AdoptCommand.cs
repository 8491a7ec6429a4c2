using System.CommandLine;
using Migrations.Adoption;
using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Cli.Commands;

/// <summary><c>adopt</c>: take the history of another migration tool over.</summary>
internal static class AdoptCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var tool = new Option<string?>("--tool")
        {
            HelpName = "name",
            Description =
                "The tool whose history is taken over, " + "where several are found: " + string.Join(", ", AdoptionRequest.Tools) + ".",
        };
        tool.CompletionSources.Add(_ => AdoptionRequest.Tools.Select(t => new System.CommandLine.Completions.CompletionItem(t)));
        var table = OptionOf.Text("--table", "name", "The table of the history, where it was given another name than the tool gives it.");
        var marker = OptionOf.Text(
            "--marker",
            "table",
            "A table that the first migration makes: where it exists, that migration (an init script) counts as applied."
        );
        var unmatched = OptionOf.Flag(
            "--allow-unmatched",
            "Take over what matches, although recorded migrations have no file, or older files are not recorded."
        );
        var skipProof = OptionOf.Flag("--skip-proof", "Do not replay the migrations to compare the schema. The history records it.");
        var keep = OptionOf.Flag(
            "--keep-in-step",
            "From now on, also record each step in the other tool's table, for applications that still read it."
        );
        var undo = OptionOf.Flag("--undo", "Take an adoption back: remove this history, so that the other tool's counts again.");
        var writeBack = OptionOf.Flag(
            "--write-back",
            "With --undo: also record in the other tool's table what was applied and rolled back since."
        );
        var ignore = new IgnoreOption();
        var scratch = new ScratchOption();
        var command = new DescribedCommand(
            "adopt",
            "Take over the history of another migration tool, after proving it against the database.",
            SharedOptions.Migrations | SharedOptions.WhatIf,
            "migrations adopt --what-if",
            "migrations adopt --database shop.db",
            "migrations adopt --undo --write-back"
        )
        {
            tool,
            table,
            marker,
            unmatched,
            skipProof,
            keep,
            undo,
            writeBack,
        };
        ignore.AddTo(command);
        scratch.AddTo(command);
        command.Validators.Add(result =>
        {
            var isMarked = result.GetValue(marker) is not null;
            if (isMarked && (result.GetValue(tool) is not null || result.GetValue(table) is not null || result.GetValue(keep)))
                result.AddError("--marker stands for a history: it cannot be used with --tool, --table or --keep-in-step.");
            if (result.GetValue(writeBack) && !result.GetValue(undo))
                result.AddError("--write-back applies only with --undo.");
        });
        command.Effect = CommandEffect.Changes;
        command.SetAction(
            (parse, cancellationToken) =>
                runner.RunAsync(
                    parse,
                    (call, token) =>
                        parse.GetValue(undo)
                            ? UndoAsync(call, parse.GetValue(writeBack), token)
                            : RunAsync(
                                call,
                                new AdoptionRequest
                                {
                                    Tool = parse.GetValue(tool),
                                    Table = parse.GetValue(table),
                                    Marker = parse.GetValue(marker),
                                    AllowUnmatched = parse.GetValue(unmatched),
                                    SkipProof = parse.GetValue(skipProof),
                                    KeepInStep = parse.GetValue(keep),
                                    Ignored = ignore.Read(parse, call.Settings),
                                    ScratchServer = scratch.Read(parse),
                                },
                                token
                            ),
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
