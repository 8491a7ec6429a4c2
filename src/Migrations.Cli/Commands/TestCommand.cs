using System.CommandLine;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Integrity;
using Migrations.Planning;

namespace Migrations.Cli.Commands;

/// <summary><c>test</c>: rehearse migrations and their undo on a copy.</summary>
internal static class TestCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var all = OptionOf.Flag("--all", "Also rehearse applied migrations, starting from an empty database.");
        var withData = OptionOf.Flag("--with-data", "Rehearse on a copy with all rows, and show which rows a rollback loses.");
        var target = OptionOf.Text(
            "--target",
            "version",
            "The last migration to rehearse: a version, a semantic version or a name. Default: the newest."
        );
        var record = new Option<bool>("--record")
        {
            Description = $"Store the verdicts in the history instead of {RehearsalVerdicts.FileName} beside the migrations.",
        };
        var noChecks = OptionOf.Flag("--no-checks", "Do not run the declared checks at the end.");
        var checklist = OptionOf.Flag(
            "--checklist",
            "Report a checklist for each migration: naming, rollback, empty and populated data, duration, backup."
        );
        var maxDuration = MaxDurationOption(checklist);
        var backups = new NewestBackupOptions("For the checklist");
        var scratch = new ScratchOption();
        var command = new DescribedCommand(
            "test",
            "Rehearse migrations on a copy: apply, roll back, compare, apply again.",
            SharedOptions.Runs,
            "migrations test",
            "migrations test --all --with-data"
        )
        {
            all,
            withData,
            target,
            record,
            noChecks,
            checklist,
            maxDuration,
        };
        backups.AddTo(command);
        scratch.AddTo(command);
        command.SetAction(
            (parse, cancellationToken) =>
                runner.RunAsync(
                    parse,
                    (call, token) =>
                    {
                        var request = new RehearsalRequest
                        {
                            All = parse.GetValue(all),
                            WithData = parse.GetValue(withData),
                            Target = parse.GetValue(target),
                            Record = parse.GetValue(record),
                            Checks = !parse.GetValue(noChecks),
                            ScratchServer = scratch.Read(parse),
                        };
                        return parse.GetValue(checklist)
                            ? AnswerAsync(
                                call,
                                request,
                                backups.Read(parse, call.Settings, new CheckRequest { MaxDuration = parse.GetValue(maxDuration) }),
                                token
                            )
                            : RunAsync(call, request, token);
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static Option<TimeSpan?> MaxDurationOption(Option<bool> checklist)
    {
        var option = Choice.Duration("--max-duration", "For the checklist: how long a migration may take on the copy. Default: no limit.");
        option.Validators.Add(result =>
        {
            if (!result.GetValue(checklist))
                result.AddError("--max-duration is for the checklist. Add --checklist.");
        });
        return option;
    }

    private static async Task<int> RunAsync(DatabaseCall call, RehearsalRequest request, CancellationToken cancellationToken)
    {
        var rehearsal = new Rehearsal(call.Driver, call.Target, call.Settings.Folder, Options(call));
        var report = await rehearsal.RunAsync(request, cancellationToken).ConfigureAwait(false);
        call.Report.Integrity.Rehearsal(call.Target, report);
        if (report.NotKept is { } notKept)
            throw notKept;
        return report.Results.All(r => r.IsGood) && report.Checks.All(c => c.Status != CheckStatus.Fail) ? ExitCode.Done : ExitCode.Found;
    }

    private static async Task<int> AnswerAsync(
        DatabaseCall call,
        RehearsalRequest request,
        CheckRequest checks,
        CancellationToken cancellationToken
    )
    {
        var results = await new MigrationChecklist(call.Driver, call.Target, call.Settings.Folder, Options(call))
            .RunAsync(request, checks, cancellationToken)
            .ConfigureAwait(false);
        call.Report.Integrity.Checks(call.Target, results);
        return results.Any(r => r.Status == CheckStatus.Fail) ? ExitCode.Found : ExitCode.Done;
    }

    private static MigratorOptions Options(DatabaseCall call) =>
        call.Settings.Migrator with
        {
            Session = call.Settings.Migrator.Session with { Events = call.Report },
        };
}
