using System.Management.Automation;
using System.Management.Automation.Host;
using Migrations.Databases;
using Migrations.Events;

namespace Migrations.PowerShell;

/// <summary>A cmdlet that calls the engine: the pump, the events, the errors, and stopping.</summary>
public abstract class MigrationCommand : PSCmdlet, IDisposable
{
    private readonly PipelinePump _pump = new();

    /// <summary>Whose log the output is read in.</summary>
    private protected virtual LogFormat LogFormatInForce => Migrations.LogFormat.Text;

    private protected AgentLog Log => new(this, LogFormatInForce);

    private protected PathResolver Paths => new(this);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the cmdlet holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            _pump.Dispose();
    }

    /// <inheritdoc/>
    protected override void StopProcessing() => _pump.Cancel();

    /// <summary>Writes a result, with lists that can be indexed.</summary>
    private protected new void WriteObject(object? result, bool enumerateCollection)
    {
        IndexedLists.Make(result);
        base.WriteObject(result, enumerateCollection);
    }

    /// <summary>Writes a result, with lists that can be indexed.</summary>
    private protected new void WriteObject(object? result) => WriteObject(result, enumerateCollection: false);

    /// <summary>Runs an engine call to its end, with its events written to PowerShell's streams.</summary>
    /// <param name="work">The call.</param>
    /// <param name="done">Takes each result once it is committed.</param>
    private protected T Run<T>(Func<IEventSink, CancellationToken, Task<T>> work, Action<MigrationResult>? done = null) =>
        Run((events, _, token) => work(events, token), done);

    /// <summary>Runs an engine call that has more to write than its result and its events.</summary>
    /// <param name="work">The call; it may have writes made on the pipeline's thread, and waits for them.</param>
    /// <param name="done">Takes each result once it is committed.</param>
    private protected T Run<T>(Func<IEventSink, Action<Action>, CancellationToken, Task<T>> work, Action<MigrationResult>? done = null)
    {
        var queue = new WriteQueue();
        var writer = new EventWriter(this, queue, Log, done);
        try
        {
            return EngineWords.ForPowerShell(_pump.Run(queue, token => work(writer, queue.PostAndWait, token)));
        }
        finally
        {
            writer.EndProgress();
        }
    }

    /// <summary>What an error calls the thing that was worked on.</summary>
    private protected virtual string TargetWord => "Database";

    /// <summary>What was given that may hold a password: an error carries what was typed with it.</summary>
    private protected virtual IEnumerable<string> Connections => [];

    /// <summary>The database that a parameter names.</summary>
    private protected virtual (IDatabaseDriver Driver, DatabaseTarget Target) Resolve(string text) =>
        DatabaseDrivers.Resolve(Paths.Database(text), Paths.CurrentFolder);

    /// <summary>The server for scratch databases that a parameter names; null when it names none.</summary>
    private protected DatabaseTarget? ScratchServer(string? text) => text is null ? null : Resolve(text).Target;

    /// <summary>Works, and reports what goes wrong: the only place where an exception becomes an error record.</summary>
    /// <param name="isOneOfSeveral">Whether others follow, so that this error must not end the cmdlet.</param>
    /// <param name="target">What is worked on, as shown to people; asked for when something went wrong.</param>
    /// <param name="work">The work.</param>
    private protected void Guard(bool isOneOfSeveral, Func<string?> target, Action work)
    {
        ErrorRecord record;
        Exception cause;
        try
        {
            work();
            return;
        }
        catch (CommandException e)
        {
            (record, cause) = (e.Record, e);
        }
        catch (MigrationException e)
        {
            (record, cause) = (ErrorRecords.Of(e, target(), TargetWord), e);
        }
        catch (Exception e) when (Confirmation.IsUnaskable(e) && e is not HostException)
        {
            var unasked = Confirmation.Required(
                "A message requires confirmation, because a preference or -WarningAction is Inquire, but the session is not interactive.",
                e
            );
            (record, cause) = (ErrorRecords.Of(unasked, target(), TargetWord), unasked);
        }
        catch (Exception e) when (e is not (RuntimeException or FlowControlException))
        {
            // What PowerShell throws is its own matter: a stop, a stream set to stop, an error in what stands behind in the pipeline.
            (record, cause) = (ErrorRecords.Unexpected(e, target()), e);
        }

        OnFailure(cause);
        InvocationSecrets.Hide(MyInvocation, [.. Connections]);
        record = Log.Failed(record, cause);
        if (!isOneOfSeveral)
            ThrowTerminatingError(record);
        WriteError(record);
    }

    /// <summary>Writes what was found to be wrong, when all was looked at.</summary>
    private protected void WriteFailure(ErrorRecord record)
    {
        OnFailure(record.Exception);
        InvocationSecrets.Hide(MyInvocation, [.. Connections]);
        WriteError(Log.Failed(record, record.Exception));
    }

    /// <summary>Learns of an error that is reported.</summary>
    private protected virtual void OnFailure(Exception cause) { }
}
