using Migrations.Configuration;
using Migrations.Events;

namespace Migrations.Databases;

/// <summary>How a session connects and how long it waits.</summary>
public sealed record SessionOptions
{
    /// <summary>What the session is for.</summary>
    public SessionAccess Access { get; init; } = SessionAccess.Read;

    /// <summary>The history table's name.</summary>
    public string HistoryTable { get; init; } = "migration_journal";

    /// <summary>The history table's schema; null for the engine's default (<c>public</c> on PostgreSQL, none on SQLite).</summary>
    public string? HistorySchema { get; init; }

    /// <summary>How often a connection is tried when an application starts, and nothing else is said.</summary>
    public const int AttemptsAtStart = 5;

    /// <summary>How often a connection is tried.</summary>
    public int ConnectAttempts { get; init; } = 1;

    /// <summary>The pause between two tries.</summary>
    public TimeSpan ConnectDelay { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The pause between two tries where a call waits for a server to come up: it is there as soon as it is.</summary>
    public static readonly TimeSpan DelayWhileWaiting = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How long connecting is tried, however many tries that takes, while the server is starting or cannot be reached. Zero:
    /// <see cref="ConnectAttempts"/> alone counts.
    /// </summary>
    public TimeSpan ConnectWait { get; init; }

    /// <summary>How long one try to connect to a server may take; null: as the connection says, or the driver's default.</summary>
    public TimeSpan? ConnectTimeout { get; init; }

    /// <summary>How long a run waits for the migration lock.</summary>
    public TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How long one statement may wait for a lock of other sessions (tables on PostgreSQL, the file on SQLite); a script's header may say
    /// otherwise.
    /// </summary>
    public TimeSpan TableLockTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often a step is tried again when it could not get a table lock in time.</summary>
    public int TableLockRetries { get; init; } = 10;

    /// <summary>The longest that one statement may take; null: no limit. A script's header may say otherwise.</summary>
    public TimeSpan? StatementTimeout { get; init; }

    /// <summary>Whether migrations in code may run in the session: then its connection can be given to them.</summary>
    internal bool RunsCode { get; init; }

    /// <summary>Where events go.</summary>
    public IEventSink Events { get; init; } = NullEventSink.Instance;

    /// <summary>The options, with what variables of the environment and the configuration say.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: a variable is malformed.</exception>
    public static SessionOptions Of(ConfigurationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        var defaults = new SessionOptions();
        return defaults with
        {
            HistoryTable = settings.HistoryTable?.Value ?? defaults.HistoryTable,
            HistorySchema = settings.HistorySchema?.Value,
            ConnectAttempts = EnvironmentSettings.ConnectAttempts ?? defaults.ConnectAttempts,
            ConnectWait = settings.Wait?.Value ?? defaults.ConnectWait,
            ConnectTimeout = Limit(settings.ConnectTimeout?.Value),
            LockTimeout = settings.LockTimeout?.Value ?? defaults.LockTimeout,
            StatementTimeout = Limit(settings.StatementTimeout?.Value),
            TableLockTimeout = settings.TableLockTimeout?.Value ?? defaults.TableLockTimeout,
        };
    }

    /// <summary>The options, waiting so long for a server to come up.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: a variable is malformed.</exception>
    public SessionOptions Waiting(TimeSpan wait) =>
        this with
        {
            ConnectWait = wait,
            ConnectDelay = EnvironmentSettings.ConnectDelay ?? (wait > TimeSpan.Zero ? DelayWhileWaiting : ConnectDelay),
        };

    /// <summary>
    /// The options for the start of an application, whose server may start at the same moment: tried several times where nothing else is
    /// said.
    /// </summary>
    /// <param name="attempts">How often; null: as <c>DB_RETRY_ATTEMPTS</c> says, or five times.</param>
    /// <param name="delay">The pause between two tries; null: as <c>DB_RETRY_DELAY</c> says, or 5 seconds.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: a variable is malformed.</exception>
    public SessionOptions Starting(int? attempts, TimeSpan? delay) =>
        this with
        {
            ConnectAttempts = attempts ?? EnvironmentSettings.ConnectAttempts ?? (ConnectWait > TimeSpan.Zero ? 1 : AttemptsAtStart),
            ConnectDelay = delay ?? ConnectDelay,
        };

    /// <summary>A limit; zero means none, as it does on PostgreSQL.</summary>
    public static TimeSpan? Limit(TimeSpan? limit) => limit is { Ticks: > 0 } ? limit : null;

    /// <summary>The pause before connecting is tried again; null when it is not.</summary>
    /// <param name="attempt">How many tries there were.</param>
    /// <param name="elapsed">How long they took.</param>
    internal TimeSpan? DelayBeforeRetry(int attempt, TimeSpan elapsed)
    {
        if (attempt < ConnectAttempts)
            return ConnectDelay;
        var left = ConnectWait - elapsed;
        return left <= TimeSpan.Zero ? null
            : left < ConnectDelay ? left
            : ConnectDelay;
    }
}
