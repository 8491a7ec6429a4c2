using System.Management.Automation;
using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Planning;

namespace Migrations.PowerShell;

/// <summary>What cmdlets share that connect to databases: which ones, with which credential and history, and how long to wait.</summary>
public abstract class ConnectionCommand : FleetCommand
{
    private HashSet<string> _given = [];

    /// <summary>
    /// The databases: a file path, <c>sqlite:</c> and a path, a <c>postgres://</c> URL, or an Npgsql connection string. A path is taken as
    /// it is written, without wildcards; relative ones start from PowerShell's location. Default: <c>$env:DATABASE_URL</c>. When there are
    /// several, an error of one is reported and the others are worked on.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [DatabaseTransformation]
    [ValidateNotNullOrEmpty]
    public string[]? Database { get; set; }

    /// <summary>
    /// The user name and password for a server. Needed unless the URL, <c>$env:PGPASSWORD</c> or <c>~/.pgpass</c> has them.
    /// </summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>
    /// A file that holds the database as -Database takes it, for example a mounted secret: one line. No wildcards. Default:
    /// <c>$env:DATABASE_URL_FILE</c>.
    /// </summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? DatabaseFile { get; set; }

    /// <summary>
    /// How long to keep trying to connect while the server is starting or cannot be reached: <c>60s</c>, <c>5m</c>, or seconds. Default:
    /// one attempt.
    /// </summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan Wait { get; set; }

    /// <summary>How long one attempt to connect may take, on PostgreSQL: <c>5s</c>, or seconds. Default: 15 seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan ConnectTimeout { get; set; }

    /// <summary>The longest that one statement may take, those that only read too; 0 means no limit. Default: no limit.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan StatementTimeout { get; set; }

    /// <summary>The longest that one statement may wait for a table lock, those that only read too. Default: 5 seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan TableLockTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The history table's name. Default: <c>migration_journal</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string HistoryTable { get; set; } = "migration_journal";

    /// <summary>The history table's schema. PostgreSQL only. Default: <c>public</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HistorySchema { get; set; }

    /// <summary>The database that is worked on, and what the configuration says of it.</summary>
    private protected SelectedDatabase? Selected { get; private set; }

    /// <summary>The settings of the configuration that hold for the database that is worked on.</summary>
    private protected ConfigurationSettings Settings => Selected?.Settings ?? ConfigurationSettings.None;

    /// <summary>The service that is worked on; null without services.</summary>
    private protected string? CurrentService => Selected?.Service;

    /// <inheritdoc/>
    protected override void BeginProcessing() => _given = [.. MyInvocation.BoundParameters.Keys];

    /// <summary>Whether a parameter was given on the command line.</summary>
    private protected bool IsGiven(string name) => _given.Contains(name);

    /// <summary>Goes to the database that is worked on next; still on the pipeline's thread, where secrets can be asked for.</summary>
    private protected virtual void Go(SelectedDatabase database) => Selected = database;

    /// <summary>The databases that the call names by texts; none when it leaves that to the configuration or the environment.</summary>
    private protected IReadOnlyList<string> GivenDatabases()
    {
        if (Database is not null && DatabaseFile is not null)
            RefuseBoth();
        return Database
            ?? (DatabaseFile is null ? [] : [Migrations.Configuration.DatabaseFile.Read(Paths.Literal(DatabaseFile), "-DatabaseFile")]);
    }

    /// <summary>The driver and the target of a database that the call or the configuration names.</summary>
    private protected (IDatabaseDriver Driver, DatabaseTarget Target) Resolve(SelectedDatabase database)
    {
        var (driver, target) = database.IsGiven
            ? Resolve(database.Database)
            : WithCredential(DatabaseDrivers.Resolve(database.Database, database.BaseFolder));
        return (driver, target.In(database.Environment));
    }

    /// <summary>How sessions connect and wait.</summary>
    private protected virtual SessionOptions Session(IEventSink events)
    {
        var configured = SessionOptions.Of(Settings);
        return configured.Waiting(IsGiven(nameof(Wait)) ? Wait : configured.ConnectWait) with
        {
            HistoryTable = IsGiven(nameof(HistoryTable)) ? HistoryTable : configured.HistoryTable,
            HistorySchema = HistorySchema ?? configured.HistorySchema,
            ConnectTimeout = IsGiven(nameof(ConnectTimeout)) ? SessionOptions.Limit(ConnectTimeout) : configured.ConnectTimeout,
            StatementTimeout = IsGiven(nameof(StatementTimeout)) ? SessionOptions.Limit(StatementTimeout) : configured.StatementTimeout,
            TableLockTimeout = IsGiven(nameof(TableLockTimeout)) ? TableLockTimeout : configured.TableLockTimeout,
            Events = events,
        };
    }

    /// <summary>The history that holds what the configuration says of a service.</summary>
    private protected HistoryName HistoryIn(ConfigurationSettings settings) =>
        new(
            HistorySchema ?? settings.HistorySchema?.Value,
            IsGiven(nameof(HistoryTable)) ? HistoryTable : settings.HistoryTable?.Value ?? HistoryTable
        );

    /// <summary>How a call reads folders and talks to databases.</summary>
    private protected virtual MigratorOptions OptionsFor(IEventSink events) =>
        new()
        {
            Service = CurrentService,
            Environment = Selected?.Environment ?? Environment,
            Stamp = Selected?.Stamp ?? ExpectedStamp.Any,
            Unassigned = Selected?.Unassigned ?? UnassignedRows.Foreign,
            Session = Session(events),
        };

    private protected override IEnumerable<string> Connections => Database ?? [];

    private protected sealed override (IDatabaseDriver Driver, DatabaseTarget Target) Resolve(string text) =>
        WithCredential(base.Resolve(text));

    private (IDatabaseDriver Driver, DatabaseTarget Target) WithCredential((IDatabaseDriver Driver, DatabaseTarget Target) database) =>
        Credential is null
            ? database
            : (database.Driver, database.Driver.WithCredential(database.Target, Credential.GetNetworkCredential()));

    /// <summary>The folder for backups that the configuration names for the database that is worked on.</summary>
    private protected string ConfiguredBackupFolder() => BackupFolderIn(Settings);

    private static void RefuseBoth() =>
        throw new MigrationException(
            ErrorId.UsageInvalid,
            "-Database and -DatabaseFile cannot be used together.",
            "Specify the database with one of them."
        );

    private protected static CommandException NotNamed() =>
        new(
            ErrorRecords.Of(
                "DatabaseNotNamed",
                ErrorCategory.InvalidArgument,
                target: null,
                "No database was specified.",
                "Specify one with -Database (a path or a postgres:// URL), or set $env:DATABASE_URL, $env:DATABASE_URL_FILE or $env:PGHOST."
            )
        );
}
