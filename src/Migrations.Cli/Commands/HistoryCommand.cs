using System.CommandLine;
using Migrations.Cli.Output;

namespace Migrations.Cli.Commands;

/// <summary><c>history</c>: every event of the journal.</summary>
internal static class HistoryCommand
{
    public static Command Create(DatabaseRunner runner)
    {
        var command = new Command("history", "Show every event of the history, oldest first.");
        command.SetAction((parse, cancellationToken) => runner.RunAsync(parse, RunAsync, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(DatabaseCall call, CancellationToken cancellationToken)
    {
        call.Report.History(call.Target, await call.Migrator.GetHistoryAsync(cancellationToken).ConfigureAwait(false));
        return ExitCode.Done;
    }
}
