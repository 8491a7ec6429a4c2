using System.CommandLine;
using System.CommandLine.Parsing;
using Migrations.Backup;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Events;

namespace Migrations.Cli.Commands;

/// <summary><c>restore</c>: put a backup in a database's place.</summary>
internal static class RestoreCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var backup = new Argument<string?>("backup")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "The backup to restore: a file or folder.",
        };
        var latest = OptionOf.Flag("--latest", "Restore the newest backup of this database in the folder that --from names.");
        var from = OptionOf.Text("--from", "folder", "The folder in which --latest looks. Default: the configuration's.");
        var source = OptionOf.Text(
            "--source-environment",
            "name",
            "With --latest: the newest backup of this service's database in another environment of the configuration file."
        );
        var keep = OptionOf.Text("--keep", "folder", "Where to keep a copy of the old state. Default: beside the backup.");
        var accept = OptionOf.Flag(
            "--accept-faults",
            "Restore even a backup that failed a check, without what " + "the server cannot make; both are listed."
        );
        var jobs = Choice.Count("--jobs", "How many jobs to run in parallel (PostgreSQL). Default: 1.");
        var salvage = OptionOf.Text(
            "--salvage",
            "file",
            "Restore nothing: copy what is readable in a corrupt database to this new file (SQLite)."
        );
        var loading = new LoadingOptions();
        var command = new DescribedCommand(
            "restore",
            "Check a backup, replace the database with it, and compare. A copy of the old state is kept.",
            SharedOptions.Database
                | SharedOptions.Configuration
                | SharedOptions.History
                | SharedOptions.Limits
                | SharedOptions.WhatIf
                | SharedOptions.Yes,
            "migrations restore --latest --from ./backups",
            "migrations restore --latest --source-environment production --environment dev",
            "migrations restore ./backups/shop.2026-05-01T02-00-00Z.db --yes"
        )
        {
            backup,
            latest,
            from,
            source,
            keep,
            accept,
            jobs,
            salvage,
        };
        loading.AddTo(command);
        command.Validators.Add(result => DemandOne(result, backup, latest, from, source, salvage));
        command.Effect = CommandEffect.Changes;
        command.SetAction(
            (parse, cancellationToken) =>
            {
                var request = Request(parse.GetValue(keep), parse.GetValue(accept), parse.GetValue(jobs));
                var choice = new Choices(parse.GetValue(backup), parse.GetValue(from), parse.GetValue(source), request);
                var destination = parse.GetValue(salvage);
                return runner.RunAsync(
                    parse,
                    (call, token) =>
                        destination is null
                            ? RestoreAsync(call, choice, loading.Read(parse, call), token)
                            : SalvageAsync(call, Path.GetFullPath(destination), token),
                    cancellationToken
                );
            }
        );
        return command;
    }

    private static RestoreRequest Request(string? keepFolder, bool acceptFaults, int? jobs) =>
        new()
        {
            KeepFolder = keepFolder is null ? null : Path.GetFullPath(keepFolder),
            AcceptFaults = acceptFaults,
            Jobs = jobs ?? 1,
        };

    private static void DemandOne(
        CommandResult result,
        Argument<string?> backup,
        Option<bool> latest,
        Option<string?> from,
        Option<string?> source,
        Option<string?> salvage
    )
    {
        var given =
            (result.GetValue(backup) is null ? 0 : 1) + (result.GetValue(latest) ? 1 : 0) + (result.GetValue(salvage) is null ? 0 : 1);
        if (given != 1)
            result.AddError("Specify one backup, or use --latest --from <folder>, or --salvage <file>.");
        else if (!result.GetValue(latest) && (result.GetValue(from) ?? result.GetValue(source)) is not null)
            result.AddError("--from and --source-environment only apply with --latest.");
    }

    private static async Task<int> RestoreAsync(
        DatabaseCall call,
        Choices choice,
        BackupOptions options,
        CancellationToken cancellationToken
    )
    {
        var catalogue = new BackupCatalogue(DatabaseDrivers.All);
        var backup = choice.Backup is null
            ? await FindLatestAsync(catalogue, call, choice, options.Session.Events, cancellationToken).ConfigureAwait(false)
            : await catalogue.FindAsync(choice.Backup, cancellationToken).ConfigureAwait(false);
        var manager = new BackupManager(call.Driver, call.Target, options);
        if (call.Settings.WhatIf)
        {
            await manager.DemandReplaceableAsync(backup, cancellationToken).ConfigureAwait(false);
            call.Report.Backups.WhatIf(
                $"{call.Target.Display} would be replaced by {backup.Path}, of {Output.PlainText.Of(backup.CreatedAt)} UTC "
                    + $"({(backup.Proven ? "" : "not ")}proven). Its old state would be kept."
            );
            return ExitCode.Done;
        }

        Confirmation.Demand(call.Settings, call.Terminal, $"Replacing {call.Target.Display} by {backup.Path}", "Nothing was changed.");
        var result = await manager.RestoreAsync(backup, choice.Request, cancellationToken).ConfigureAwait(false);
        call.Report.Backups.Restored(result);
        return ExitCode.Done;
    }

    private static Task<DatabaseBackup> FindLatestAsync(
        BackupCatalogue catalogue,
        DatabaseCall call,
        Choices choice,
        IEventSink events,
        CancellationToken cancellationToken
    )
    {
        if (choice.Source is not { } environment)
            return catalogue.FindLatestAsync(call.Settings.BackupFolder(choice.From), call.Target, events, cancellationToken);
        var source = call.Settings.Selector.InEnvironment(environment, call.Settings.Service);
        var (_, target) = DatabaseDrivers.Resolve(source.Database, source.BaseFolder);
        var folder = call.Settings.For(source).BackupFolder(choice.From, environment);
        return catalogue.FindLatestAsync(folder, target, events, cancellationToken);
    }

    private static async Task<int> SalvageAsync(DatabaseCall call, string destination, CancellationToken cancellationToken)
    {
        if (call.Settings.WhatIf)
        {
            call.Report.Backups.WhatIf($"What can be read of {call.Target.Display} would be copied into {destination}.");
            return ExitCode.Done;
        }

        var options = new BackupOptions { Session = call.Settings.Migrator.Session with { Events = call.Report } };
        var tables = await new BackupManager(call.Driver, call.Target, options)
            .SalvageAsync(destination, cancellationToken)
            .ConfigureAwait(false);
        call.Report.Backups.Salvaged(call.Target, destination, tables);
        return tables.Any(t => t.Lost is not null) ? ExitCode.Found : ExitCode.Done;
    }

    private sealed record Choices(string? Backup, string? From, string? Source, RestoreRequest Request);
}
