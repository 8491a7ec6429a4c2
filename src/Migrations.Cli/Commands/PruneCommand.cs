using System.CommandLine;
using Migrations.Backup;
using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Cli.Commands;

/// <summary><c>prune</c>: remove old backups.</summary>
internal static class PruneCommand
{
    public static Command Create(DatabaseRunner runner)
    {
        var folder = new Argument<string>("folder") { Description = "The folder." };
        var last = Choice.Count("--keep-last", "Keep the newest so many.");
        var days = Choice.Count("--keep-days", "Keep all that are younger than so many days.");
        var daily = Choice.Count("--keep-daily", "Keep the newest of each of the last so many days that have one.");
        var weekly = Choice.Count("--keep-weekly", "Keep the newest of each of the last so many weeks that have one.");
        var monthly = Choice.Count("--keep-monthly", "Keep the newest of each of the last so many months that have one.");
        var states = Choice.Count(
            "--keep-states",
            "Of the states that restores replaced and kept, keep the newest so many. Without it all of them stay."
        );
        var command = new Command("prune", "Remove backups that no rule keeps. The newest and the last proven one always stay.")
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
                var path = Path.GetFullPath(parse.GetRequiredValue(folder));
                var policy = new RetentionPolicy
                {
                    KeepLast = parse.GetValue(last),
                    KeepDays = parse.GetValue(days),
                    KeepDaily = parse.GetValue(daily),
                    KeepWeekly = parse.GetValue(weekly),
                    KeepMonthly = parse.GetValue(monthly),
                    KeepStates = parse.GetValue(states),
                };
                return runner.RunAsync(parse, (call, token) => RunAsync(call, path, policy, token), cancellationToken);
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
                $"Removing {PlainText.Count(leaving.Count, "backup")} of {backups.Count} from {folder}",
                "Nothing was removed."
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
