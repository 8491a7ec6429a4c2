using System.CommandLine;
using Migrations.Backup;
using Migrations.Databases;

namespace Migrations.Cli.Commands;

/// <summary>What the commands about backups share.</summary>
internal static class BackupSettings
{
    /// <summary>The option that names another server for scratch databases.</summary>
    public static Option<string?> ScratchDatabase() => new("--scratch-database")
    {
        HelpName = "database",
        Description = "A database on the server where scratch databases are made. Default: the server of --database.",
    };

    /// <summary>How backups are made and proven in this call.</summary>
    public static BackupOptions Options(SessionOptions session, string? scratchDatabase) => new()
    {
        Session = session,
        ScratchServer = scratchDatabase is null ? null : Drivers.Resolve(scratchDatabase, Directory.GetCurrentDirectory()).Target,
    };

    /// <summary>The exit code of verifications: what is not proven has been found out.</summary>
    public static int Code(IEnumerable<BackupVerification> verifications) => verifications.All(v => v.Proven) ? ExitCode.Done : ExitCode.Found;
}
