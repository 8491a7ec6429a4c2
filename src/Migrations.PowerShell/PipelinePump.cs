using System.Collections.Concurrent;
using System.Management.Automation;

namespace Migrations.PowerShell;

/// <summary>
/// Runs the engine on a worker and writes what it reports on the pipeline's thread, the only one that may write. It always drains: when the pipeline stops,
/// the engine is cancelled, and only when it has rolled back and unlocked does the cmdlet return.
/// </summary>
internal sealed class PipelinePump : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Stops the engine. May be called on any thread.</summary>
    public void Cancel() => _stop.Cancel();

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    /// <summary>Runs work to its end.</summary>
    /// <param name="work">The work; takes how to post a write to the pipeline's thread, and a token.</param>
    /// <returns>What the work returns.</returns>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped; the work has ended.</exception>
    public T Run<T>(Func<Action<Action>, CancellationToken, Task<T>> work)
    {
        using var writes = new BlockingCollection<Action>();
        var running = Task.Run(async () =>
        {
            try
            {
                return await work(writes.Add, _stop.Token).ConfigureAwait(false);
            }
            finally
            {
                writes.CompleteAdding();
            }
        });

        var stopped = Drain(writes);
        try
        {
            var result = running.GetAwaiter().GetResult();
            return stopped ? throw new PipelineStoppedException() : result;
        }
        catch (Exception e) when (e is not PipelineStoppedException && (stopped || _stop.IsCancellationRequested))
        {
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Writes until the work has ended. What is posted after the pipeline stopped is dropped.</summary>
    private bool Drain(BlockingCollection<Action> writes)
    {
        var stopped = false;
        foreach (var write in writes.GetConsumingEnumerable())
        {
            if (stopped)
                continue;
            try
            {
                write();
            }
            catch (PipelineStoppedException)
            {
                stopped = true;
                _stop.Cancel();
            }
        }

        return stopped;
    }
}
