using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Cli.Commands;

/// <summary><c>history</c>: every event of the journal.</summary>
internal static class HistoryCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var command = new DescribedCommand(
            "history",
            "Show every event of the history, oldest first.",
            SharedOptions.Database | SharedOptions.Configuration | SharedOptions.History | SharedOptions.Limits,
            "migrations history",
            "migrations history --database postgres://ada@db/shop --output json"
        );
        command.SetAction((parse, cancellationToken) => runner.RunAsync(parse, RunAsync, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(DatabaseCall call, CancellationToken cancellationToken)
    {
        call.Report.History(call.Target, await call.Migrator.GetHistoryAsync(cancellationToken).ConfigureAwait(false));
        return ExitCode.Done;
    }
}
