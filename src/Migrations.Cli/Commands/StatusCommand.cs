using System.CommandLine;
using Migrations.Cli.Output;

namespace Migrations.Cli.Commands;

/// <summary><c>status</c>: where each migration, or each database, stands.</summary>
internal static class StatusCommand
{
    public static Command Create(DatabaseRunner runner)
    {
        var exitCode = new Option<bool>("--exit-code")
        {
            Description = "Exit with 3 when work is pending, and with 4 when an applied script was edited, renumbered or is gone.",
        };
        var summary = new Option<bool>("--summary")
        {
            Description = "One record per database: counts, health, lock holder, engine version.",
        };
        var command = new Command("status", "Show where each migration stands.") { exitCode, summary };
        command.SetAction(
            (parse, cancellationToken) =>
                runner.RunAsync(
                    parse,
                    (call, token) => RunAsync(call, parse.GetValue(exitCode), parse.GetValue(summary), token),
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(DatabaseCall call, bool exitCode, bool summary, CancellationToken cancellationToken)
    {
        if (summary || call.Settings.Verbose)
            call.Report.Summary(await call.Migrator.GetSummaryAsync(cancellationToken).ConfigureAwait(false));
        if (summary && !exitCode)
            return ExitCode.Done;
        var statuses = await call.Migrator.GetStatusAsync(cancellationToken).ConfigureAwait(false);
        if (!summary)
            call.Report.Status(call.Target, statuses);
        return exitCode ? Judge(statuses) : ExitCode.Done;
    }

    private static int Judge(IReadOnlyList<MigrationStatus> statuses) =>
        statuses
            .Select(status =>
                status.State switch
                {
                    _ when status.IsRenumbered => ExitCode.Found,
                    MigrationState.Applied or MigrationState.NotHere => ExitCode.Done,
                    MigrationState.Changed or MigrationState.Missing => ExitCode.Found,
                    _ => ExitCode.Pending,
                }
            )
            .Aggregate(ExitCode.Done, ExitCode.Combine);
}
