using System.CommandLine;
using System.Diagnostics;
using Migrations.Cli.Options;
using Migrations.Cli.Output;
using Migrations.Linting;
using Migrations.Planning;

namespace Migrations.Cli.Commands;

/// <summary><c>up</c>: apply what is pending.</summary>
internal static class UpCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var target = OptionOf.Text(
            "--target",
            "version",
            "The last migration to apply: a version, a semantic version or a name. Default: the newest."
        );
        var first = Choice.Count("--first", "Apply at most this many migrations.");
        var mode = TransactionModeOption();
        var outOfOrder = OutOfOrderOption();
        var skipChecksum = OptionOf.Flag(
            "--skip-checksum",
            "Run even though applied scripts were edited or deleted. The history records it."
        );
        var ignoreForeign = IgnoreForeignOption();
        var protection = new ProtectionOptions();
        var command = new DescribedCommand(
            "up",
            "Apply pending migrations.",
            SharedOptions.Runs | SharedOptions.WhatIf,
            "migrations up --database shop.db",
            "migrations up --target 042 --backup ./backups --restore-on-failure",
            "migrations up --schema-file migrations/schema.sql"
        )
        {
            target,
            first,
            mode,
            outOfOrder,
            skipChecksum,
            ignoreForeign,
        };
        protection.AddTo(command);
        var check = CheckOption();
        var schemaFile = SchemaFileOption();
        var strict = StrictOption();
        var ignore = new IgnoreOption();
        command.Options.Add(check);
        ignore.AddTo(command);
        command.Options.Add(schemaFile);
        command.Options.Add(strict);
        command.Effect = CommandEffect.Changes;
        command.SetAction(
            (parse, cancellationToken) =>
                runner.RunAsync(
                    parse,
                    (call, token) =>
                    {
                        var checks = parse.GetValue(check) || call.Settings.Configured.CheckAfterRun?.Value == true;
                        var request = new ApplyRequest
                        {
                            Target = parse.GetValue(target),
                            First = parse.GetValue(first),
                            TransactionMode = parse.GetValue(mode) ?? call.Settings.TransactionMode,
                            AllowOutOfOrder = parse.GetValue(outOfOrder),
                            SkipChecksum = parse.GetValue(skipChecksum),
                            IgnoreForeignHistory = parse.GetValue(ignoreForeign),
                            Check = checks ? new CheckRequest { Ignored = ignore.Read(parse, call.Settings) } : null,
                            Lint = call.Settings.Lint(parse.GetValue(strict), []),
                            SchemaFile = call.Settings.SchemaFile(parse.GetValue(schemaFile)),
                            Backup = protection.Backup(parse, call.Settings),
                            RestoreOnFailure = protection.RestoreOnFailure(parse, call.Settings),
                            AcceptFaults = protection.AcceptFaults(parse),
                        };
                        return RunAsync(call, request, token);
                    },
                    cancellationToken
                )
        );
        return command;
    }

    private static Option<bool> OutOfOrderOption() =>
        OptionOf.Flag("--allow-out-of-order", "Also apply pending migrations that are older than applied ones. The history records it.");

    internal static Option<bool> IgnoreForeignOption() =>
        OptionOf.Flag(
            "--ignore-foreign-history",
            "Run even though the migrations of the database were recorded by another tool. The history records it."
        );

    private static Option<string?> SchemaFileOption() =>
        OptionOf.Text(
            "--schema-file",
            "file",
            "After the run, write the complete schema as SQL to this file, also when nothing was pending. It is left alone while the "
                + "schema is the same, and can be committed beside the migrations (as schema.sql in their folder)."
        );

    private static Option<bool> StrictOption() =>
        OptionOf.Flag(
            "--strict",
            "Refuse to run when a rule of 'migrations lint' finds something in the pending migrations, instead of a warning."
        );

    private static Option<bool> CheckOption() =>
        new Option<bool>("--check")
        {
            Description =
                "Run all checks after the last migration, as 'migrations check' does, even when nothing was pending. "
                + "A failed check fails the run (exit code 4) "
                + "and, with --restore-on-failure, restores the backup.",
        };

    /// <summary>The option that says how steps are put into transactions.</summary>
    public static Option<TransactionMode?> TransactionModeOption() =>
        Choice.Of<TransactionMode>(
            "--transaction-mode",
            "One transaction for each migration, one for all, or none. Default: each.",
            ("each", TransactionMode.Each),
            ("all", TransactionMode.All),
            ("none", TransactionMode.None)
        );

    private static async Task<int> RunAsync(DatabaseCall call, ApplyRequest request, CancellationToken cancellationToken)
    {
        if (call.Settings.WhatIf)
        {
            var plan = await call.Migrator.PlanApplyAsync(request, cancellationToken).ConfigureAwait(false);
            var losses = await call.Migrator.ForecastAsync(plan, cancellationToken).ConfigureAwait(false);
            foreach (var finding in await call.Migrator.LintAsync(plan, request.Lint, cancellationToken).ConfigureAwait(false))
                call.Report.Publish(LintText.Warning(finding));
            call.Report.Plan(call.Target, plan, call.Driver.Dialect, call.Settings.Migrator.Service, losses);
            return ExitCode.Done;
        }

        var watch = Stopwatch.StartNew();
        var results = await call.Migrator.ApplyAsync(request, cancellationToken).ConfigureAwait(false);
        call.Report.Run(call.Target, MigrationDirection.Up, results, watch.Elapsed);
        return ExitCode.Done;
    }
}
