using System.CommandLine;
using Migrations.Cli.Options;
using Migrations.Planning;

namespace Migrations.Cli.Commands;

/// <summary><c>down</c>: undo the last migration, or as many as asked for.</summary>
internal static class DownCommand
{
    public static Command Create(DatabaseRunner runner)
    {
        var name = new Argument<string?>("name")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description =
                "The migration to undo (a version, a semantic version or a name); it must be the last applied one. Default: the last.",
        };
        var to = new Option<string?>("--to")
        {
            HelpName = "version",
            Description = "Undo everything after this one, which stays applied; 0 undoes all.",
        };
        var last = Choice.Count("--last", "Undo the last so many.");
        var all = new Option<bool>("--all") { Description = "Undo all." };
        var mode = UpCommand.TransactionModeOption();
        var skipChecksum = new Option<bool>("--skip-checksum")
        {
            Description = "Run although applied scripts were edited or are gone; recorded in the history.",
        };
        var acceptLoss = UndoRunner.AcceptLossOption();
        var requireProven = UndoRunner.RequireProvenOption();
        var schemaOnly = UndoRunner.SchemaOnlyOption();
        var command = new Command("down", "Undo the last migration, or as many as asked for.")
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
        command.Validators.Add(result =>
        {
            var given =
                (result.GetValue(name) is null ? 0 : 1)
                + (result.GetResult(to) is null ? 0 : 1)
                + (result.GetResult(last) is null ? 0 : 1)
                + (result.GetValue(all) ? 1 : 0);
            if (given > 1)
                result.AddError("A name, --to, --last and --all exclude each other.");
        });
        command.SetAction(
            (parse, cancellationToken) =>
            {
                var request = new UndoRequest
                {
                    Name = parse.GetValue(name),
                    To = parse.GetValue(to),
                    Last = parse.GetValue(last),
                    All = parse.GetValue(all),
                    TransactionMode = parse.GetValue(mode) ?? TransactionMode.Each,
                    SkipChecksum = parse.GetValue(skipChecksum),
                    AcceptDataLoss = parse.GetValue(acceptLoss),
                    RequireProven = parse.GetValue(requireProven),
                    SchemaOnly = parse.GetValue(schemaOnly),
                    Backup = protection.Backup(parse),
                    RestoreOnFailure = protection.RestoreOnFailure(parse),
                };
                return runner.RunAsync(parse, (call, token) => UndoRunner.RunAsync(call, request, token), cancellationToken);
            }
        );
        return command;
    }
}
