using System.CommandLine;
using Migrations.Planning;

namespace Migrations.Cli.Commands;

/// <summary><c>reset</c>: undo all.</summary>
internal static class ResetCommand
{
    public static Command Create(DatabaseRunner runner)
    {
        var acceptLoss = UndoRunner.AcceptLossOption();
        var requireProven = UndoRunner.RequireProvenOption();
        var command = new Command("reset", "Undo all migrations; the same as down --all.") { acceptLoss, requireProven };
        command.SetAction((parse, cancellationToken) => runner.RunAsync(
            parse,
            (call, token) => UndoRunner.RunAsync(call, new UndoRequest { All = true, AcceptDataLoss = parse.GetValue(acceptLoss), RequireProven = parse.GetValue(requireProven) }, token),
            cancellationToken));
        return command;
    }
}
