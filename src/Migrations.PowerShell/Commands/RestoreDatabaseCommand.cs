using System.Management.Automation;
using Migrations.Backup;
using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Events;

namespace Migrations.PowerShell.Commands;

/// <summary>Replaces a database with a backup, all or nothing, and keeps the old state.</summary>
/// <remarks>
/// The backup is checked before: one that is not proven is restored into a scratch database first. Afterwards schema, rows and soundness
/// are compared with the manifest; what differs is an error that says where the old state is. Asks, unless <c>-Force</c> or
/// <c>-Confirm:$false</c> is given. A backup from the pipeline goes to the database that it is of, unless <c>-Database</c>,
/// <c>-Environment</c> or <c>-Service</c> name another. The stamp of the replaced database stays, whatever the backup has.
/// </remarks>
/// <example>
/// <code>Restore-Database -Database shop.db -Path ./backups/shop_20250301_103022.db</code>
/// <para>Restores one backup.</para>
/// </example>
/// <example>
/// <code>Restore-Database -Database shop.db -Latest -From ./backups -WhatIf</code>
/// <para>Shows which backup is the newest, and restores nothing.</para>
/// </example>
/// <example>
/// <code>Restore-Database -Latest -SourceEnvironment production -Environment staging -Service * -Force</code>
/// <para>Replaces the databases of staging with the newest backups of production. They stay those of staging.</para>
/// </example>
/// <example>
/// <code>Restore-Database -Database broken.db -Salvage rescued.db</code>
/// <para>Copies what can still be read of a corrupt SQLite file into a new one, and names what is lost.</para>
/// </example>
[Cmdlet(VerbsData.Restore, "Database", SupportsShouldProcess = true, ConfirmImpact = ConfirmImpact.High, DefaultParameterSetName = "Path")]
[OutputType(typeof(RestoreResult), typeof(SalvagedTable))]
public sealed class RestoreDatabaseCommand : BackupCommand
{
    /// <summary>The backup: an object of Get-DatabaseBackup, or the path of its file or folder. No wildcards.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = "Path", ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [Alias("PSPath", "FullName")]
    [ArgumentCompleter(typeof(BackupCompleter))]
    [BackupPathTransformation]
    [ValidateNotNullOrEmpty]
    public string Path { get; set; } = "";

    /// <summary>Restores the newest backup of the database in the folder of <c>-From</c>.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Latest")]
    public SwitchParameter Latest { get; set; }

    /// <summary>The folder of <c>-Latest</c>. Default: the folder that the configuration file names.</summary>
    [Parameter(ParameterSetName = "Latest")]
    [ValidateNotNullOrEmpty]
    public string? From { get; set; }

    /// <summary>With <c>-Latest</c>: the newest backup of the service's database in another environment of the file.</summary>
    [Parameter(ParameterSetName = "Latest")]
    [ArgumentCompleter(typeof(ConfigurationCompleter))]
    [ValidateNotNullOrEmpty]
    public string? SourceEnvironment { get; set; }

    /// <summary>Restores nothing: copies what can be read of a corrupt database into this new file. SQLite only.</summary>
    [Parameter(Mandatory = true, ParameterSetName = "Salvage")]
    [ValidateNotNullOrEmpty]
    public string Salvage { get; set; } = "";

    /// <summary>The folder in which a copy of the old state is kept. Default: the backup's own.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? KeepFolder { get; set; }

    /// <summary>Restores a backup that failed a check too, without what the server cannot make. What is wrong or left out is written as
    /// warnings.</summary>
    [Parameter]
    public SwitchParameter AcceptFaults { get; set; }

    /// <summary>How many jobs read at once. PostgreSQL only. Default: 1.</summary>
    [Parameter]
    [ValidateRange(1, 64)]
    public int Jobs { get; set; } = 1;

    /// <summary>How long to wait for a running migration to end: <c>30s</c>, <c>5m</c>, or seconds. Default: 60 seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Does not ask.</summary>
    [Parameter]
    public SwitchParameter Force { get; set; }

    // Each backup is a restore of its own, and may go to another database than its own.
    private protected override void Take(IHasTarget item)
    {
        if (item is DatabaseBackup { IsDatabase: true } kept)
            Guard(MyInvocation.ExpectingInput, () => kept.Database, kept.DemandFile);
        else if (item is not (DatabaseBackup or BackupVerification))
            base.Take(item);
        else if (IsGiven(nameof(Database)) || IsGiven(nameof(Environment)) || IsGiven(nameof(Service)))
            ProcessGiven();
        else
            Work(default, [item], isOneOfSeveral: MyInvocation.ExpectingInput);
    }

    // The pipeline binds the database that a backup is of, too.
    private void ProcessGiven()
    {
        if (!IsGiven(nameof(Database)))
            Database = null;
        ProcessTexts();
    }

    private protected override bool Changes => Salvage.Length == 0;

    private protected override bool IsForced => Force;

    private protected override SessionOptions Session(IEventSink events)
    {
        var session = base.Session(events);
        return IsGiven(nameof(LockTimeout)) ? session with { LockTimeout = LockTimeout } : session;
    }

    private protected override void Process((IDatabaseDriver Driver, DatabaseTarget Target) database)
    {
        if (Salvage.Length > 0)
        {
            SalvageTo(database, Paths.Literal(Salvage));
            return;
        }

        var catalogue = new BackupCatalogue(DatabaseDrivers.All);
        var backup = Latest ? FindLatest(catalogue, database.Target) : Run((_, token) => catalogue.FindAsync(Paths.Literal(Path), token));
        var request = new RestoreRequest
        {
            KeepFolder = KeepFolder is null ? null : Paths.Literal(KeepFolder),
            AcceptFaults = AcceptFaults.IsPresent,
            Jobs = Jobs,
        };
        if (this.IsWhatIf())
            Demand(database, backup);
        if (this.MayDo(Force, database.Target.Display, $"Replace with {backup.Path} ({(backup.Proven ? "" : "not ")}proven)"))
            WriteObject(
                Run(
                    (events, token) =>
                        new BackupManager(database.Driver, database.Target, Options(events)).RestoreAsync(backup, request, token)
                )
            );
    }

    // What would be refused for real is refused here too.
    private void Demand((IDatabaseDriver Driver, DatabaseTarget Target) database, DatabaseBackup backup) =>
        Run(
            async (events, token) =>
            {
                await new BackupManager(database.Driver, database.Target, Options(events))
                    .DemandReplaceableAsync(backup, token)
                    .ConfigureAwait(false);
                return true;
            }
        );

    private DatabaseBackup FindLatest(BackupCatalogue catalogue, DatabaseTarget own)
    {
        var source = SourceEnvironment is null
            ? null
            : new DatabaseSelector(Configured, Choice([], folder: null)).InEnvironment(SourceEnvironment, CurrentService);
        var target = source is null ? own : DatabaseDrivers.Resolve(source.Database, source.BaseFolder).Target;
        var folder = From is null ? BackupFolderIn(source?.Settings ?? Settings, SourceEnvironment) : Paths.Literal(From);
        return Run((events, token) => catalogue.FindLatestAsync(folder, target, events, token));
    }

    private void SalvageTo((IDatabaseDriver Driver, DatabaseTarget Target) database, string destination)
    {
        if (!this.MayDo(Force, database.Target.Display, $"Copy what can be read into {destination}"))
            return;
        var tables = Run(
            (events, token) =>
                new BackupManager(database.Driver, database.Target, new BackupOptions { Session = Session(events) }).SalvageAsync(
                    destination,
                    token
                )
        );
        WriteObject(tables, enumerateCollection: true);
    }
}
