using System.Management.Automation;
using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;

namespace Migrations.PowerShell;

/// <summary>What all cmdlets share that work on databases: which ones, how to connect, where the migrations are, and how to stop.</summary>
public abstract class DatabaseCommand : MigrationCommand
{
    /// <summary>The databases: a file path, <c>sqlite:</c>, a <c>postgres://</c> URL, or an Npgsql connection string. Default: <c>$env:DATABASE_URL</c>.</summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [DatabaseTransformation]
    [ValidateNotNullOrEmpty]
    public string[]? Database { get; set; }

    /// <summary>The user name and password for a server; the password goes nowhere else.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>The service whose migrations these are, where several share a database.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Service { get; set; }

    /// <summary>The history table's name.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string HistoryTable { get; set; } = "migration_journal";

    /// <summary>The history table's schema (PostgreSQL).</summary>
    [Parameter]
    public string? HistorySchema { get; set; }

    /// <summary>How long to wait for the migration lock.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan LockTimeout { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Whether a failure of one database leaves others to be worked on: then it is reported and the cmdlet goes on.</summary>
    private bool IsOneOfSeveral => MyInvocation.ExpectingInput || Database is { Length: > 1 };

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var databases = Database ?? [EnvironmentSettings.Database ?? throw Terminate(ErrorRecords.Of(
            "DatabaseNotNamed", ErrorCategory.InvalidArgument, target: null, "No database is named.", "Give -Database a path or a postgres:// URL, or set $env:DATABASE_URL."))];
        foreach (var text in databases)
            Guard(null, () => Process(Resolve(text)));
    }

    /// <summary>Works on one database.</summary>
    private protected abstract void Process((IDatabaseDriver Driver, DatabaseTarget Target) database);

    /// <summary>Runs engine calls; an error ends the cmdlet, or is reported when other databases follow.</summary>
    private protected void Guard(DatabaseTarget? target, Action work)
    {
        try
        {
            work();
        }
        catch (MigrationException e)
        {
            var record = ErrorRecords.Of(e, target?.Display ?? CurrentTarget);
            if (!IsOneOfSeveral)
                ThrowTerminatingError(record);
            WriteError(record);
        }
    }

    /// <summary>The database that is being worked on, as shown to people.</summary>
    private protected string? CurrentTarget { get; private set; }

    /// <summary>A migrator for one database and folder.</summary>
    private protected Migrator MigratorFor((IDatabaseDriver Driver, DatabaseTarget Target) database, string folder, FolderOptions? folderOptions, string? environment, IEventSink events) =>
        new(database.Driver, database.Target, folder, new MigratorOptions
        {
            Service = Service,
            Environment = environment,
            Folder = folderOptions ?? new FolderOptions(),
            Session = new SessionOptions
            {
                HistoryTable = HistoryTable,
                HistorySchema = HistorySchema,
                LockTimeout = LockTimeout,
                ConnectAttempts = EnvironmentSettings.ConnectAttempts ?? 1,
                ConnectDelay = EnvironmentSettings.ConnectDelay ?? TimeSpan.FromSeconds(5),
                Events = events,
            },
        });

    private (IDatabaseDriver Driver, DatabaseTarget Target) Resolve(string text)
    {
        CurrentTarget = null;
        var database = Drivers.Resolve(Paths.ExpandDrive(text), Paths.CurrentFolder);
        if (Credential is not null)
            database.Target = database.Driver.WithCredential(database.Target, Credential.GetNetworkCredential());
        CurrentTarget = database.Target.Display;
        return database;
    }
}
