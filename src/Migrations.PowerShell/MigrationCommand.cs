using System.Management.Automation;
using Migrations.Events;

namespace Migrations.PowerShell;

/// <summary>A cmdlet that runs the engine: the pump, the events, and stopping.</summary>
public abstract class MigrationCommand : PSCmdlet, IDisposable
{
    private readonly PipelinePump _pump = new();

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

    /// <summary>Runs an engine call to its end, with its events written to PowerShell's streams.</summary>
    private protected T Run<T>(Func<IEventSink, CancellationToken, Task<T>> work) => _pump.Run((post, token) => work(new EventWriter(this, post), token));

    /// <summary>Ends the cmdlet with an error. Never returns; the return type lets it stand behind <c>throw</c>.</summary>
    private protected Exception Terminate(ErrorRecord record)
    {
        ThrowTerminatingError(record);
        return new PipelineStoppedException();
    }
}
