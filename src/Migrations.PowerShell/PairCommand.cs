using System.Management.Automation;
using Migrations.Configuration;
using Migrations.Databases;
using Migrations.Events;

namespace Migrations.PowerShell;

/// <summary>A cmdlet on two databases: each is named, or is that of a service in an environment.</summary>
public abstract class PairCommand : ConfiguredCommand
{
    /// <summary>
    /// The first database is that of this environment of the configuration file, and -Environment names that of the second. With -Service
    /// *,
    /// every service has its turn, in the order of dependency; the first failure ends the call.
    /// </summary>
    [Parameter]
    [ArgumentCompleter(typeof(ConfigurationCompleter))]
    [ValidateNotNullOrEmpty]
    public string? SourceEnvironment { get; set; }

    /// <summary>
    /// How long to keep trying to connect while a server is starting or cannot be reached: <c>60s</c>, <c>5m</c>, or seconds. Default: the
    /// configuration's, else one attempt.
    /// </summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? Wait { get; set; }

    /// <summary>
    /// How long one attempt to connect may take, on PostgreSQL: <c>5s</c>, or seconds. Default: the configuration's, else 15 seconds.
    /// </summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? ConnectTimeout { get; set; }

    /// <summary>The longest that one statement may take; 0 means no limit. Default: the configuration's, else no limit.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? StatementTimeout { get; set; }

    /// <summary>The longest that one statement may wait for a table lock. Default: the configuration's, else 5 seconds.</summary>
    [Parameter]
    [DurationTransformation]
    public TimeSpan? TableLockTimeout { get; set; }

    /// <summary>The migration folder that the call names for the second database; null: none.</summary>
    private protected virtual string? GivenFolder => null;

    /// <summary>The pairs of databases.</summary>
    /// <param name="first">The first database as it was given.</param>
    /// <param name="second">The second.</param>
    private protected IReadOnlyList<(SelectedDatabase Source, SelectedDatabase Target)> Pairs(string? first, string? second)
    {
        var choice = Choice([], GivenFolder);
        var pairs = new DatabasePairs(Configured, choice);
        return pairs.Find([.. new[] { first, second }.Where(text => !string.IsNullOrEmpty(text)).OfType<string>()], SourceEnvironment);
    }

    /// <summary>Works on pairs, and notes in an error the place of the configuration that it is about.</summary>
    private protected static void Traced(IReadOnlyList<(SelectedDatabase Source, SelectedDatabase Target)> pairs, Action work)
    {
        try
        {
            work();
        }
        catch (MigrationException e)
        {
            DatabasePairs.Trace(pairs, e);
            throw;
        }
    }

    /// <summary>A database and its driver.</summary>
    private protected (IDatabaseDriver Driver, DatabaseTarget Target) Resolve(SelectedDatabase database) =>
        database.IsGiven ? Resolve(database.Database) : DatabaseDrivers.Resolve(database.Database, database.BaseFolder);

    /// <summary>How both databases are connected to.</summary>
    private protected SessionOptions Session(SelectedDatabase target, IEventSink events)
    {
        var configured = SessionOptions.Of(target.Settings);
        return configured.Waiting(Wait ?? configured.ConnectWait) with
        {
            ConnectTimeout = ConnectTimeout is { } limit ? SessionOptions.Limit(limit) : configured.ConnectTimeout,
            StatementTimeout = StatementTimeout is { } longest ? SessionOptions.Limit(longest) : configured.StatementTimeout,
            TableLockTimeout = TableLockTimeout ?? configured.TableLockTimeout,
            Events = events,
        };
    }
}
