using Migrations.Cli.Options;
using Migrations.Planning;

namespace Migrations.Cli.Commands;

/// <summary><c>reset</c>: undo all.</summary>
internal static class ResetCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var acceptLoss = UndoRunner.AcceptLossOption();
        var requireProven = UndoRunner.RequireProvenOption();
        var schemaOnly = UndoRunner.SchemaOnlyOption();
        var command = new DescribedCommand(
            "reset",
            "Roll back all migrations; the same as down --all.",
            SharedOptions.Migrations | SharedOptions.WhatIf | SharedOptions.Yes,
            "migrations reset --what-if",
            "migrations reset --yes --accept-data-loss"
        )
        {
            acceptLoss,
            requireProven,
            schemaOnly,
        };
        var protection = new ProtectionOptions();
        protection.AddTo(command);
        command.SetAction(
            (parse, cancellationToken) =>
            {
                var request = new UndoRequest
                {
                    All = true,
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
