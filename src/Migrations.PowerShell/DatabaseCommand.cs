using System.Management.Automation;
using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Events;
using Migrations.History;
using Migrations.Integrity;
using Migrations.Planning;

namespace Migrations.PowerShell;

/// <summary>What all cmdlets share that work on databases: which ones, and how to connect.</summary>
public abstract class DatabaseCommand : MigrationCommand
{
    private readonly List<IHasTarget> _objects = [];
    private HashSet<string> _given = [];
    private string? _givenService;

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
    /// Objects that other cmdlets wrote: statuses, results, checks, rows of the history, backups. They bring their database with its
    /// credential, and those of migrations also their folder and service; however many come of one database, it is worked on once. Of
    /// migrations, Invoke-Migration, Undo-Migration and Get-MigrationHistory take just those that come.
    /// </summary>
    [Parameter(ValueFromPipeline = true)]
    [LiveObjectTransformation]
    public IHasTarget? InputObject { get; set; }

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

    /// <summary>The service whose migrations these are, where several share a database. Default: no service.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Service { get; set; }

    /// <summary>The history table's name. Default: <c>migration_journal</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string HistoryTable { get; set; } = "migration_journal";

    /// <summary>The history table's schema. PostgreSQL only. Default: <c>public</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? HistorySchema { get; set; }

    /// <summary>
    /// The names of the migrations that the pipeline chose of the database that is worked on; null when it chose none, and all are meant.
    /// </summary>
    private protected IReadOnlyList<string>? Chosen { get; private set; }

    /// <inheritdoc/>
    protected override void BeginProcessing()
    {
        _given = [.. MyInvocation.BoundParameters.Keys];
        _givenService = Service;
    }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        if (InputObject is { } item)
        {
            Take(item);
            return;
        }

        ProcessTexts();
    }

    /// <summary>Works on the databases that are named by texts.</summary>
    private protected void ProcessTexts()
    {
        if (Database is not null && DatabaseFile is not null)
            Guard(isOneOfSeveral: false, () => null, RefuseBoth);
        var isOneOfSeveral = MyInvocation.ExpectingInput || Database is { Length: > 1 };
        IReadOnlyList<string?> databases = Database ?? (IReadOnlyList<string?>)[null];
        string? shown = null;
        foreach (var text in databases)
        {
            Guard(
                isOneOfSeveral,
                () => shown,
                () =>
                {
                    shown = null;
                    var database = Resolve(text ?? DefaultDatabase ?? throw NotNamed());
                    shown = database.Target.Display;
                    Process(database);
                }
            );
        }
    }

    /// <inheritdoc/>
    protected override void EndProcessing()
    {
        // What is of one database belongs together: it is collected first.
        var groups = _objects.GroupBy(o => ((object?)o.Target ?? o.Database, PlaceOf(o))).ToList();
        foreach (var group in groups)
            Work(group.Key.Item2, [.. group], isOneOfSeveral: groups.Count > 1);
    }

    // What stands in for -Database: a file that is named, then the environment.
    private string? DefaultDatabase =>
        DatabaseFile is null
            ? EnvironmentSettings.Database ?? Drivers.EnvironmentAddress
            : Configuration.DatabaseFile.Read(Paths.Literal(DatabaseFile), "-DatabaseFile");

    /// <summary>Takes an object from the pipeline: by default to work on its database once, at the end.</summary>
    private protected virtual void Take(IHasTarget item) => _objects.Add(item);

    /// <summary>Works on one database.</summary>
    private protected abstract void Process((IDatabaseDriver Driver, DatabaseTarget Target) database);

    /// <summary>What else than the database distinguishes the work on an object, and goes with it: its folder and its service.</summary>
    private protected virtual (string? Folder, string? Service) PlaceOf(IHasTarget item) => default;

    /// <summary>Goes to the folder that objects of the pipeline bring; null for the one that was given.</summary>
    private protected virtual void GoTo(string? folder) { }

    /// <summary>Whether a parameter was given on the command line.</summary>
    private protected bool IsGiven(string name) => _given.Contains(name);

    /// <summary>Works on the database that objects of the pipeline are of.</summary>
    private protected void Work((string? Folder, string? Service) place, IReadOnlyList<IHasTarget> items, bool isOneOfSeveral) =>
        Guard(
            isOneOfSeveral,
            () => items[0].Database,
            () =>
            {
                var database = DatabaseOf(items[0]);
                Service = place.Service ?? _givenService;
                GoTo(place.Folder);
                Chosen = ChosenBy(items);
                Process(database);
            }
        );

    /// <summary>Whether the command line says what statuses bring.</summary>
    private protected virtual bool IsPlaceGiven => IsGiven(nameof(Service)) || IsGiven(nameof(Credential));

    /// <summary>A summary or a backup means all; what is of one migration means that one. A check says nothing of migrations.</summary>
    private List<string>? ChosenBy(IReadOnlyList<IHasTarget> items)
    {
        var names = items.Where(i => i is not CheckResult).Select(NamesOf).ToList();
        return names.Count == 0 || names.Contains(null) ? null : [.. names.SelectMany(n => n!).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The names of the migration that an object is of; null when it is of none.</summary>
    private protected virtual IEnumerable<string>? NamesOf(IHasTarget item) =>
        item switch
        {
            MigrationStatus status => [status.Name],
            MigrationResult result => [result.Name],
            RehearsalResult rehearsal => [rehearsal.Name],
            RepairResult repair => [repair.Name],
            JournalEntry entry => [entry.Name],
            MigrationProfile profile => [profile.Name],
            _ => null,
        };

    private (IDatabaseDriver Driver, DatabaseTarget Target) DatabaseOf(IHasTarget item)
    {
        if (IsGiven(nameof(Database)) || IsGiven(nameof(DatabaseFile)) || (item is MigrationStatus or DatabaseStatus && IsPlaceGiven))
        {
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "Objects from the pipeline already identify their database, and migrations also their folder, service and credential.",
                "Omit -Database, and for migrations also -Path, -LiteralPath, -Service and -Credential."
            );
        }

        if (item.Target is not { } target)
            return Resolve(item.Database.Length > 0 ? item.Database : throw NotNamed());
        var driver = Drivers.Of(target);
        return (driver, Credential is null ? target : driver.WithCredential(target, Credential.GetNetworkCredential()));
    }

    /// <summary>How sessions connect and wait.</summary>
    private protected virtual SessionOptions Session(IEventSink events) =>
        new()
        {
            HistoryTable = HistoryTable,
            HistorySchema = HistorySchema,
            ConnectAttempts = EnvironmentSettings.ConnectAttempts ?? 1,
            ConnectDelay =
                EnvironmentSettings.ConnectDelay ?? (Wait > TimeSpan.Zero ? SessionOptions.DelayWhileWaiting : TimeSpan.FromSeconds(5)),
            ConnectWait = Wait,
            ConnectTimeout = ConnectTimeout > TimeSpan.Zero ? ConnectTimeout : null,
            Events = events,
        };

    /// <summary>How a call reads folders and talks to databases.</summary>
    private protected virtual MigratorOptions OptionsFor(IEventSink events) =>
        new()
        {
            // An empty cell of a table means none.
            Service = string.IsNullOrEmpty(Service) ? null : Service,
            Session = Session(events),
        };

    private protected override IEnumerable<string> Connections => Database ?? [];

    private protected sealed override (IDatabaseDriver Driver, DatabaseTarget Target) Resolve(string text)
    {
        var database = base.Resolve(text);
        return Credential is null
            ? database
            : (database.Driver, database.Driver.WithCredential(database.Target, Credential.GetNetworkCredential()));
    }

    private static void RefuseBoth() =>
        throw new MigrationException(
            ErrorId.UsageInvalid,
            "-Database and -DatabaseFile cannot be used together.",
            "Specify the database with one of them."
        );

    private static CommandException NotNamed() =>
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
