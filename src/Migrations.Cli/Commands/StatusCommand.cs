using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Cli.Commands;

/// <summary><c>status</c>: where each migration, or each database, stands.</summary>
internal static class StatusCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var exitCode = OptionOf.Flag(
            "--exit-code",
            "Exit with 3 when migrations are pending, and with 4 when an applied script was edited, renumbered or deleted."
        );
        var summary = OptionOf.Flag("--summary", "Show one record for each database: counts, health, lock holder, engine version.");
        var command = new DescribedCommand(
            "status",
            "Show the state of each migration.",
            SharedOptions.Migrations,
            "migrations status",
            "migrations status --exit-code --output json"
        )
        {
            exitCode,
            summary,
        };
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
