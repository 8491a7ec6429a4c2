using System.CommandLine;
using Migrations.Cli.Options;
using Migrations.Cli.Output;

namespace Migrations.Cli.Commands;

/// <summary><c>backups</c>: what a folder has.</summary>
internal static class BackupsCommand
{
    public static DescribedCommand Create(DatabaseRunner runner)
    {
        var folder = new Argument<string?>("folder")
        {
            Arity = ArgumentArity.ZeroOrOne,
            Description = "The folder with the backups. Default: the configuration's.",
        };
        var command = new DescribedCommand(
            "backups",
            "List the backups in a folder, newest first, and whether each is proven; with "
                + "--database, also databases that restores kept (PostgreSQL).",
            SharedOptions.Database | SharedOptions.Configuration,
            "migrations backups ./backups",
            "migrations backups ./backups --output json",
            "migrations backups ./backups --database postgres://ada@db/shop"
        )
        {
            folder,
        };
        command.SetAction(
            (parse, cancellationToken) =>
                runner.RunAsync(
                    parse,
                    (call, token) => RunAsync(call, call.Settings.BackupFolder(parse.GetValue(folder)), token),
                    cancellationToken
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(FileCall call, string folder, CancellationToken cancellationToken)
    {
        call.Report.Backups.Listed(folder, await call.ListAsync(folder, cancellationToken).ConfigureAwait(false));
        return ExitCode.Done;
    }
}
