using System.CommandLine;
using Migrations.Backup;
using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Cli.Commands;

/// <summary><c>verify</c>: prove backups by restoring them.</summary>
internal static class VerifyCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var backups = new Argument<string[]>("backup")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "The backups to prove: files or folders.",
        };
        var full = OptionOf.Flag("--full", "Compare every value; for backups made with --full.");
        var loading = new LoadingOptions();
        var command = new DescribedCommand(
            "verify",
            "Prove backups: restore each into a scratch database and compare it with its manifest.",
            SharedOptions.Database | SharedOptions.Configuration | SharedOptions.Limits | SharedOptions.WhatIf,
            "migrations verify ./backups/shop.2026-05-01T02-00-00Z.db",
            "migrations verify ./backups/*.dump --database postgres://ada@db/shop"
        )
        {
            backups,
            full,
        };
        loading.AddTo(command);
        command.SetAction(
            (parse, cancellationToken) =>
                runner.RunAsync(
                    parse,
                    (call, token) =>
                        RunAsync(call, parse.GetRequiredValue(backups), parse.GetValue(full), loading.Read(parse, call.Session), token),
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        FileCall call,
        string[] paths,
        bool full,
        BackupOptions options,
        CancellationToken cancellationToken
    )
    {
        var code = ExitCode.Done;
        foreach (var path in paths)
        {
            var backup = await call.Catalogue.FindAsync(path, cancellationToken).ConfigureAwait(false);
            if (call.Settings.WhatIf)
            {
                call.Report.Backups.WhatIf($"{backup.Path} would be restored into a scratch database and compared with its manifest.");
                continue;
            }

            var driver = call.Catalogue.DriverOf(backup);
            var verification = await new BackupVerifier(driver, options)
                .VerifyAsync(backup, call.TargetOf(driver), full, cancellationToken)
                .ConfigureAwait(false);
            call.Report.Backups.Verified(verification);
            code = ExitCode.Combine(code, verification.Proven ? ExitCode.Done : ExitCode.Found);
        }

        return code;
    }
}
