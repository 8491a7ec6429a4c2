using System.Management.Automation;
using Migrations.Backup;
using Migrations.Databases;

namespace Migrations.PowerShell.Commands;

/// <summary>Backs up a database: one snapshot in a file and its manifest beside it.</summary>
/// <remarks>
/// The file is named after the database and the time in UTC, is never written over another one, and is readable by its owner only. Until it
/// is complete, it is not there under its name. The manifest says what is in it: schema fingerprint, rows of each table, SHA-256, and
/// whether it has been proven. With <c>-Prove</c> the backup is restored into a scratch database at once and compared; one that is not
/// proven is written as an object, and is an error.
/// </remarks>
/// <example>
/// <code>Backup-Database -Database shop.db -Destination ./backups -Prove</code>
/// <para>Backs up a SQLite file and proves the backup.</para>
/// </example>
/// <example>
/// <code>Backup-Database -Database postgres://ada@db.example/shop -Destination /mnt/backups -Jobs 4 -IncludeGlobals</code>
/// <para>Backs up a PostgreSQL database into a folder, with four connections, and the server's roles beside it.</para>
/// </example>
/// <example>
/// <code>Backup-Database -Database shop.db -Destination ./backups -Format Sql -Compress</code>
/// <para>Writes a compressed SQL script.</para>
/// </example>
[Cmdlet(VerbsData.Backup, "Database", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.Low)]
[OutputType(typeof(DatabaseBackup))]
public sealed class BackupDatabaseCommand : BackupCommand
{
    /// <summary>The folder that the backup goes to. It must exist. Default: the folder that the configuration names.</summary>
    [Parameter(Position = 1)]
    [ValidateNotNullOrEmpty]
    public string? Destination { get; set; }

    /// <summary>
    /// The format: <c>Native</c> (a database file; an archive of pg_dump), or <c>Sql</c>, a script. Default: <c>Native</c>.
    /// </summary>
    [Parameter]
    [ValidateSet("Native", "Sql")]
    public string Format { get; set; } = "Native";

    /// <summary>Compresses the file with gzip.</summary>
    [Parameter]
    public SwitchParameter Compress { get; set; }

    /// <summary>How many jobs write at once; more than 1 gives a folder. PostgreSQL only. Default: 1.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int Jobs { get; set; } = 1;

    /// <summary>Counts no rows. Such a backup cannot be proven.</summary>
    [Parameter]
    public SwitchParameter NoCounts { get; set; }

    /// <summary>Digests every table, so that a verification can compare every value.</summary>
    [Parameter]
    public SwitchParameter Full { get; set; }

    /// <summary>Writes roles and other objects of the whole server beside it. PostgreSQL only.</summary>
    [Parameter]
    public SwitchParameter IncludeGlobals { get; set; }

    /// <summary>
    /// Leaves tables of these names out of a script, with <c>*</c> and <c>?</c> as wildcards. SQLite, with <c>-Format Sql</c>.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string[] Exclude { get; set; } = [];

    /// <summary>Verifies the backup at once: restores it into a scratch database and compares.</summary>
    [Parameter]
    public SwitchParameter Prove { get; set; }

    private protected override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database)
    {
        if (Prove && NoCounts)
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "-Prove and -NoCounts cannot be used together: a proof compares the rows.",
                "Omit one of them."
            );
        var request = new BackupRequest
        {
            Folder = Destination is null ? ConfiguredBackupFolder() : Paths.Literal(Destination),
            Format = Enum.Parse<BackupFormat>(Format, ignoreCase: true),
            Compress = Compress.IsPresent,
            Jobs = Jobs,
            CountRows = !NoCounts,
            Digests = Full.IsPresent,
            IncludeGlobals = IncludeGlobals.IsPresent,
            Exclude = Exclude,
        };
        if (!ShouldProcess(database.Target.Display, $"Back up to {request.Folder}"))
            return;
        var backup = Run(
            (events, token) => new BackupManager(database.Driver, database.Target, Options(events)).BackUpAsync(request, token)
        );
        if (!Prove && (Settings.ProveBackup?.Value != true || NoCounts))
        {
            WriteObject(backup);
            return;
        }

        BackupVerification? proof = null;
        try
        {
            proof = Run(
                (events, token) => new BackupVerifier(database.Driver, Options(events)).VerifyAsync(backup, database.Target, Full, token)
            );
        }
        finally
        {
            // The backup is there, whatever came of its proof.
            WriteObject(proof?.Backup ?? backup);
        }

        proof.ThrowIfUnproven();
    }
}
