using System.CommandLine;
using Migrations.Backup;
using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Cli.Commands;

/// <summary><c>verify</c>: prove backups by restoring them.</summary>
internal static class VerifyCommand
{
    public static Command Create(DatabaseRunner runner)
    {
        var backups = new Argument<string[]>("backup")
        {
            Arity = ArgumentArity.OneOrMore,
            Description = "The backups: their files or folders.",
        };
        var full = new Option<bool>("--full") { Description = "Compare every value, for backups made with --full." };
        var scratch = new ScratchOption();
        var command = new Command("verify", "Prove backups: restore each into a scratch database and compare it with its manifest.")
        {
            backups,
            full,
        };
        scratch.AddTo(command);
        command.SetAction(
            (parse, cancellationToken) =>
                runner.RunAsync(
                    parse,
                    (call, token) => RunAsync(call, parse.GetRequiredValue(backups), parse.GetValue(full), scratch.Read(parse), token),
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(
        FileCall call,
        string[] paths,
        bool full,
        DatabaseTarget? scratch,
        CancellationToken cancellationToken
    )
    {
        var options = new BackupOptions { Session = call.Session, ScratchServer = scratch };
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
