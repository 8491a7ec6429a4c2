using System.CommandLine;
using System.CommandLine.Parsing;
using Migrations.Cli.Options;
using Migrations.Planning;

namespace Migrations.Cli.Commands;

/// <summary><c>down</c>: undo the last migration, or as many as asked for.</summary>
internal static class DownCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var name = new Argument<string?>("name")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description =
                "The migration to roll back (a version, a semantic version or a name). "
                + "It must be the last one applied. Default: the last one.",
        };
        var to = OptionOf.Text("--to", "version", "Roll back everything after this migration, which stays applied; 0 rolls back all.");
        var last = Choice.Count("--last", "Roll back this many migrations, the last ones.");
        var all = OptionOf.Flag("--all", "Roll back all migrations.");
        var mode = UpCommand.TransactionModeOption();
        var skipChecksum = OptionOf.Flag(
            "--skip-checksum",
            "Run even though applied scripts were edited or deleted. The history records it."
        );
        var acceptLoss = UndoRunner.AcceptLossOption();
        var requireProven = UndoRunner.RequireProvenOption();
        var schemaOnly = UndoRunner.SchemaOnlyOption();
        var command = new DescribedCommand(
            "down",
            "Roll back the last migration, or several.",
            SharedOptions.Runs | SharedOptions.WhatIf | SharedOptions.Yes,
            "migrations down --what-if",
            "migrations down --to 041 --yes"
        )
        {
            name,
            to,
            last,
            all,
            mode,
            skipChecksum,
            acceptLoss,
            requireProven,
            schemaOnly,
        };
        var protection = new ProtectionOptions();
        protection.AddTo(command);
        command.Validators.Add(result => RefuseSeveral(result, name, to, last, all));
        command.Effect = CommandEffect.Undoes;
        command.SetAction(
            (parse, cancellationToken) =>
                runner.RunAsync(
                    parse,
                    (call, token) =>
                    {
                        var request = new UndoRequest
                        {
                            Name = parse.GetValue(name),
                            To = parse.GetValue(to),
                            Last = parse.GetValue(last),
                            All = parse.GetValue(all),
                            TransactionMode = parse.GetValue(mode) ?? call.Settings.TransactionMode,
                            SkipChecksum = parse.GetValue(skipChecksum),
                            AcceptDataLoss = parse.GetValue(acceptLoss),
                            RequireProven = parse.GetValue(requireProven),
                            SchemaOnly = parse.GetValue(schemaOnly),
                            Backup = protection.Backup(parse, call.Settings),
                            RestoreOnFailure = protection.RestoreOnFailure(parse, call.Settings),
                            AcceptFaults = protection.AcceptFaults(parse),
                        };
                        return UndoRunner.RunAsync(call, request, token);
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static void RefuseSeveral(CommandResult result, Argument<string?> name, Option<string?> to, Option<int?> last, Option<bool> all)
    {
        var given =
            (result.GetValue(name) is null ? 0 : 1)
            + (result.GetResult(to) is null ? 0 : 1)
            + (result.GetResult(last) is null ? 0 : 1)
            + (result.GetValue(all) ? 1 : 0);
        if (given > 1)
            result.AddError("Use only one of a name, --to, --last and --all.");
    }
}
