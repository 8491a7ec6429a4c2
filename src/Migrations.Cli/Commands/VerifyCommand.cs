using System.CommandLine;
using Migrations.Backup;

namespace Migrations.Cli.Commands;

/// <summary><c>verify</c>: prove backups by restoring them.</summary>
internal static class VerifyCommand
{
    public static Command Create(DatabaseRunner runner)
    {
        var backups = new Argument<string[]>("backup") { Arity = ArgumentArity.OneOrMore, Description = "The backups: their files or folders." };
        var full = new Option<bool>("--full") { Description = "Compare every value, for backups made with --full." };
        var scratch = BackupSettings.ScratchDatabase();
        var command = new Command("verify", "Prove backups: restore each into a scratch database and compare it with its manifest.") { backups, full, scratch };
        command.SetAction((parse, cancellationToken) =>
        {
            var (paths, isFull, server) = (parse.GetRequiredValue(backups), parse.GetValue(full), parse.GetValue(scratch));
            return runner.RunAsync(parse, (call, token) => RunAsync(call, paths, isFull, server, token), cancellationToken);
        });
        return command;
    }

    private static async Task<int> RunAsync(FileCall call, string[] paths, bool full, string? scratch, CancellationToken cancellationToken)
    {
        var options = BackupSettings.Options(call.Session, scratch);
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
            var verification = await new BackupVerifier(driver, options).VerifyAsync(backup, call.TargetOf(driver), full, cancellationToken).ConfigureAwait(false);
            call.Report.Backups.Verified(verification);
            code = ExitCode.Combine(code, BackupSettings.Code([verification]));
        }

        return code;
    }
}
