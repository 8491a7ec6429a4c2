using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.History;

namespace Migrations.Cli.Commands;

/// <summary><c>history</c>: the events of the journal, or how long each migration took by them.</summary>
internal static class HistoryCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var profile = OptionOf.Flag(
            "--profile",
            "Show how long each migration took each time it was applied, slowest first, instead of the events."
        );
        var filter = new HistoryOptions();
        var command = new DescribedCommand(
            "history",
            "Show the events of the history, oldest first.",
            SharedOptions.Databases,
            "migrations history",
            "migrations history --last 20 --event failed",
            "migrations history --profile --since 30d",
            "migrations history --database postgres://ada@db/shop --output json"
        )
        {
            profile,
        };
        foreach (var option in filter.All)
            command.Options.Add(option);
        command.SetAction(
            (parse, cancellationToken) =>
                runner.RunAsync(
                    parse,
                    (call, token) => RunAsync(call, parse.GetValue(profile), filter.Read(parse), token),
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(DatabaseCall call, bool profile, HistoryFilter filter, CancellationToken cancellationToken)
    {
        if (profile)
            call.Report.Profile(call.Target, await call.Migrator.GetProfileAsync(filter, cancellationToken).ConfigureAwait(false));
        else
            call.Report.History(
                call.Target,
                await call.Migrator.GetHistoryAsync(filter, cancellationToken).ConfigureAwait(false),
                isFiltered: !filter.IsEmpty
            );
        return ExitCode.Done;
    }
}
