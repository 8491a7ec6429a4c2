using Migrations.Backup;
using Migrations.Databases;

namespace Migrations.PowerShell;

/// <summary>Where scratch databases are made, for the cmdlets that prove backups.</summary>
internal static class BackupServer
{
    /// <summary>How backups are made and proven in this call.</summary>
    public static BackupOptions Options(SessionOptions session, string? scratchDatabase, PathResolver paths) => new()
    {
        Session = session,
        ScratchServer = scratchDatabase is null ? null : Drivers.Resolve(paths.ExpandDrive(scratchDatabase), paths.CurrentFolder).Target,
    };
}
