namespace Migrations.Events;

/// <summary>Something that happened during a call. A closed set: each face turns each record into its own output.</summary>
public abstract record MigrationEvent
{
    private protected MigrationEvent() { }
}

/// <summary>A connection is being tried.</summary>
/// <param name="Database">The database as shown to people.</param>
/// <param name="Attempt">Which try, from 1.</param>
/// <param name="Attempts">How many there will be at most; null: until a given time has passed.</param>
public sealed record ConnectionAttempted(string Database, int Attempt, int? Attempts) : MigrationEvent;

/// <summary>A connection failed and will be tried again.</summary>
/// <param name="Database">The database as shown to people.</param>
/// <param name="Attempt">Which try failed.</param>
/// <param name="Attempts">How many there will be at most; null: until a given time has passed.</param>
/// <param name="Reason">The database's or the network's words, without secrets.</param>
/// <param name="Delay">The pause before the next try.</param>
public sealed record ConnectionRetried(string Database, int Attempt, int? Attempts, string Reason, TimeSpan Delay) : MigrationEvent;

/// <summary>Another run holds the migration lock. Published at once, and every few seconds while waiting.</summary>
/// <param name="Holder">Who holds it, as far as it is known.</param>
/// <param name="Waited">How long this run has waited.</param>
/// <param name="Timeout">When it gives up.</param>
public sealed record LockAwaited(LockHolder? Holder, TimeSpan Waited, TimeSpan Timeout) : MigrationEvent;

/// <summary>A run begins.</summary>
/// <param name="Database">The database as shown to people.</param>
/// <param name="Direction">Up or down.</param>
/// <param name="Total">How many steps it has.</param>
public sealed record RunStarted(string Database, MigrationDirection Direction, int Total) : MigrationEvent
{
    /// <summary>The service whose migrations they are; null without services.</summary>
    public string? Service { get; init; }
}

/// <summary>A step begins.</summary>
/// <param name="Migration">The migration's full name.</param>
/// <param name="Direction">Up or down.</param>
/// <param name="Number">Which step, from 1.</param>
/// <param name="Total">How many steps the run has.</param>
public sealed record StepStarted(string Migration, MigrationDirection Direction, int Number, int Total) : MigrationEvent;

/// <summary>A long script has got further.</summary>
/// <param name="Migration">The migration's full name.</param>
/// <param name="Done">How much has run, in bytes.</param>
/// <param name="Total">The script's length, in bytes.</param>
public sealed record ScriptAdvanced(string Migration, long Done, long Total) : MigrationEvent;

/// <summary>A step could not get a table lock in time, was rolled back, and will be tried again.</summary>
/// <param name="Migration">The migration's full name.</param>
/// <param name="Attempt">Which try failed, from 1.</param>
/// <param name="Attempts">How many there will be at most; null: until a given time has passed.</param>
/// <param name="Delay">The pause before the next try.</param>
/// <param name="Blocker">Who held what, as far as it is known.</param>
public sealed record StepRetried(string Migration, int Attempt, int Attempts, TimeSpan Delay, string? Blocker) : MigrationEvent;

/// <summary>The database sent a notice.</summary>
/// <param name="Severity">The server's word, for example <c>NOTICE</c>.</param>
/// <param name="Message">Its text.</param>
public sealed record NoticeReceived(string Severity, string Message) : MigrationEvent;

/// <summary>Something unexpected that does not stop the call.</summary>
/// <param name="Advice">What it is and what can be done about it.</param>
public sealed record WarningRaised(Advice Advice) : MigrationEvent
{
    /// <summary>The same, as the command line spells it.</summary>
    public string Message => Advice.ToString();

    /// <summary>The place in a script that it is about; null where it is about none.</summary>
    public ScriptLocation? Location { get; init; }
}

/// <summary>A step ended: committed, or failed and rolled back.</summary>
/// <param name="Result">What it did.</param>
/// <param name="Number">Which step, from 1.</param>
/// <param name="Total">How many steps the run has.</param>
public sealed record StepFinished(MigrationResult Result, int Number, int Total) : MigrationEvent;

/// <summary>A backup, a proof or a restore has made progress. Published at most a few times a second.</summary>
/// <param name="Activity">What is done, for example <c>Backing up shop.db</c>.</param>
/// <param name="Done">How much is done, in <paramref name="Unit"/>.</param>
/// <param name="Total">How much there is; null where it is not known.</param>
/// <param name="Unit">What is counted: <c>bytes</c>, <c>tables</c>, <c>migrations</c>.</param>
public sealed record WorkAdvanced(string Activity, long Done, long? Total, string Unit) : MigrationEvent;

/// <summary>A hook has run and is committed.</summary>
/// <param name="Hook">The hook, for example <c>hooks/before-each.sql</c>.</param>
/// <param name="Migration">The full name of the migration around which it ran; null for a hook of the whole run.</param>
/// <param name="Duration">How long it took.</param>
public sealed record HookRan(string Hook, string? Migration, TimeSpan Duration) : MigrationEvent;
