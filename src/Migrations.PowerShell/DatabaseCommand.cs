using System.Management.Automation;
using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Events;

namespace Migrations.PowerShell;

/// <summary>What all cmdlets share that work on databases: which ones, and how to connect.</summary>
public abstract class DatabaseCommand : MigrationCommand
{
    /// <summary>
    /// The databases: a file path, <c>sqlite:</c> and a path, a <c>postgres://</c> URL, or an Npgsql connection string. Relative paths start from PowerShell's
    /// location. Default: <c>$env:DATABASE_URL</c>. When there are several, an error of one is reported and the others are worked on.
    /// </summary>
    [Parameter(Position = 0, ValueFromPipeline = true, ValueFromPipelineByPropertyName = true)]
    [DatabaseTransformation]
    [ValidateNotNullOrEmpty]
    public string[]? Database { get; set; }

    /// <summary>The user name and password for a server. Needed where neither the URL nor <c>$env:PGPASSWORD</c> nor <c>~/.pgpass</c> says them.</summary>
    [Parameter]
    [Credential]
    public PSCredential? Credential { get; set; }

    /// <summary>The service whose migrations these are, where several share a database. Default: no service.</summary>
    [Parameter(ValueFromPipelineByPropertyName = true)]
    public string? Service { get; set; }

    /// <summary>The history table's name. Default: <c>migration_journal</c>.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string HistoryTable { get; set; } = "migration_journal";

    /// <summary>The history table's schema. PostgreSQL only. Default: <c>public</c>.</summary>
    [Parameter]
    public string? HistorySchema { get; set; }

    /// <inheritdoc/>
    protected override void ProcessRecord()
    {
        var isOneOfSeveral = MyInvocation.ExpectingInput || Database is { Length: > 1 };
        IReadOnlyList<string?> databases = Database ?? (IReadOnlyList<string?>)[null];
        string? shown = null;
        foreach (var text in databases)
        {
            Guard(isOneOfSeveral, () => shown, () =>
            {
                shown = null;
                var database = Resolve(text ?? EnvironmentSettings.Database ?? throw NotNamed());
                shown = database.Target.Display;
                Process(database);
            });
        }
    }

    /// <summary>Works on one database.</summary>
    private protected abstract void Process((IDatabaseDriver Driver, DatabaseTarget Target) database);

    /// <summary>How sessions connect and wait.</summary>
    private protected virtual SessionOptions Session(IEventSink events) => new()
    {
        HistoryTable = HistoryTable,
        HistorySchema = HistorySchema,
        ConnectAttempts = EnvironmentSettings.ConnectAttempts ?? 1,
        ConnectDelay = EnvironmentSettings.ConnectDelay ?? TimeSpan.FromSeconds(5),
        Events = events,
    };

    /// <summary>How a call reads folders and talks to databases.</summary>
    private protected virtual MigratorOptions OptionsFor(IEventSink events) => new()
    {
        // An empty cell of a table means none.
        Service = string.IsNullOrEmpty(Service) ? null : Service,
        Session = Session(events),
    };

    private protected override IEnumerable<string> Connections => Database ?? [];

    private protected sealed override (IDatabaseDriver Driver, DatabaseTarget Target) Resolve(string text)
    {
        var database = base.Resolve(text);
        return Credential is null ? database : (database.Driver, database.Driver.WithCredential(database.Target, Credential.GetNetworkCredential()));
    }

    private static CommandException NotNamed() => new(ErrorRecords.Of(
        "DatabaseNotNamed", ErrorCategory.InvalidArgument, target: null, "No database is named.", "Give -Database a path or a postgres:// URL, or set $env:DATABASE_URL."));
}
