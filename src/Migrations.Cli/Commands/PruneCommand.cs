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
        var states = Choice.Count(
            "--keep-states",
            "Keep this many of the old states that restores kept, the newest; with --database also of databases (PostgreSQL). Default: all."
        );
        var anyHost = new Option<bool>("--any-host")
        {
            Description =
                "Count backups of one local database from several machines as one database's: containers have new names each " + "time.",
        };
        var command = new DescribedCommand(
            "prune",
            "Delete backups that no rule keeps. The newest and the last proven one always stay.",
            SharedOptions.Database | SharedOptions.Configuration | SharedOptions.WhatIf | SharedOptions.Yes,
            "migrations prune ./backups --keep-last 7 --what-if",
            "migrations prune ./backups --keep-daily 7 --keep-weekly 4 --yes",
            "migrations prune ./backups --keep-states 2 --database postgres://ada@db/shop"
        )
        {
            folder,
            last,
            days,
            daily,
            weekly,
            monthly,
            states,
            anyHost,
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
                            (policy.IsEmpty ? RetentionPolicy.Of(call.Settings.Configured) : policy) with
                            {
                                AnyHost = parse.GetValue(anyHost),
                            },
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
        var backups = await call.ListAsync(folder, cancellationToken).ConfigureAwait(false);
        var decisions = BackupRetention.Decide(backups, policy, DateTimeOffset.UtcNow);
        BackupRetention.DemandStamps(decisions, call.Settings.Selector.Stamp);
        var leaving = decisions.Where(d => !d.Keep).ToList();
        if (!call.Settings.WhatIf && leaving.Count > 0)
        {
            foreach (var decision in call.Settings.Yes ? [] : leaving)
                call.Terminal.Error("  " + PlainText.NameOf(decision.Backup));
            Confirmation.Demand(
                call.Settings,
                call.Terminal,
                $"Deleting {PlainText.CountOf([.. leaving.Select(d => d.Backup)])} of {backups.Count} from {folder}",
                "Nothing was deleted."
            );
            foreach (var decision in leaving)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await call.RemoveAsync(decision.Backup, cancellationToken).ConfigureAwait(false);
            }
        }

        call.Report.Backups.Pruned(folder, decisions, call.Settings.WhatIf);
        return ExitCode.Done;
    }
}
