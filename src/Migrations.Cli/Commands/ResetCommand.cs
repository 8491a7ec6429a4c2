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
            SharedOptions.Runs | SharedOptions.WhatIf | SharedOptions.Yes,
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
        command.Effect = CommandEffect.Undoes;
        command.SetAction(
            (parse, cancellationToken) =>
                runner.RunAsync(
                    parse,
                    (call, token) =>
                    {
                        var request = new UndoRequest
                        {
                            All = true,
                            TransactionMode = call.Settings.TransactionMode,
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
}
