using System.CommandLine;
using Migrations.Backup;
using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Cli.Commands;

/// <summary><c>prune</c>: remove old backups.</summary>
internal static class PruneCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var folder = new Argument<string?>("folder")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "The folder with the backups. Default: the configuration's.",
        };
        var last = Choice.Count("--keep-last", "Keep this many, the newest.");
        var days = Choice.Count("--keep-days", "Keep all from the last <n> days.");
        var daily = Choice.Count("--keep-daily", "Keep the newest of each of the last <n> days that have a backup.");
        var weekly = Choice.Count("--keep-weekly", "Keep the newest of each of the last <n> weeks that have a backup.");
        var monthly = Choice.Count("--keep-monthly", "Keep the newest of each of the last <n> months that have a backup.");
        var states = Choice.Count("--keep-states", "Keep this many of the old states that restores kept, the newest. Default: all.");
        var command = new DescribedCommand(
            "prune",
            "Delete backups that no rule keeps. The newest and the last proven one always stay.",
            SharedOptions.Configuration | SharedOptions.WhatIf | SharedOptions.Yes,
            "migrations prune ./backups --keep-last 7 --what-if",
            "migrations prune ./backups --keep-daily 7 --keep-weekly 4 --yes"
        )
        {
            folder,
            last,
            days,
            daily,
            weekly,
            monthly,
            states,
        };
        command.SetAction(
            (parse, cancellationToken) =>
            {
                var policy = new RetentionPolicy
                {
                    KeepLast = parse.GetValue(last),
                    KeepDays = parse.GetValue(days),
                    KeepDaily = parse.GetValue(daily),
                    KeepWeekly = parse.GetValue(weekly),
                    KeepMonthly = parse.GetValue(monthly),
                    KeepStates = parse.GetValue(states),
                };
                return runner.RunAsync(
                    parse,
                    (call, token) =>
                        RunAsync(
                            call,
                            call.Settings.BackupFolder(parse.GetValue(folder)),
                            policy.IsEmpty ? RetentionPolicy.Of(call.Settings.Configured) : policy,
                            token
                        ),
                    cancellationToken
                );
            }
        );
        return command;
    }

    private static async Task<int> RunAsync(FileCall call, string folder, RetentionPolicy policy, CancellationToken cancellationToken)
    {
        var backups = await call.Catalogue.ReadAsync(folder, cancellationToken).ConfigureAwait(false);
        var decisions = BackupRetention.Decide(backups, policy, DateTimeOffset.UtcNow);
        var leaving = decisions.Where(d => !d.Keep).ToList();
        if (!call.Settings.WhatIf && leaving.Count > 0)
        {
            foreach (var decision in call.Settings.Yes ? [] : leaving)
                call.Terminal.Error("  " + Path.GetFileName(decision.Backup.Path));
            Confirmation.Demand(
                call.Settings,
                call.Terminal,
                $"Deleting {PlainText.Count(leaving.Count, "backup")} of {backups.Count} from {folder}",
                "Nothing was deleted."
            );
            foreach (var decision in leaving)
            {
                cancellationToken.ThrowIfCancellationRequested();
                BackupCatalogue.Remove(decision.Backup);
            }
        }

        call.Report.Backups.Pruned(folder, decisions, call.Settings.WhatIf);
        return ExitCode.Done;
    }
}
