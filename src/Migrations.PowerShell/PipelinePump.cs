using System.Management.Automation;

namespace Migrations.PowerShell;

/// <summary>
/// Runs the engine on a worker and writes what it reports on the pipeline's thread. It always drains: when the pipeline stops, the engine
/// is cancelled, and only when it has rolled back and unlocked does the cmdlet return.
/// </summary>
internal sealed class PipelinePump : IDisposable
{
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Stops the engine. May be called on any thread, also when the cmdlet has ended.</summary>
    public void Cancel()
    {
        try
        {
            _stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The cmdlet has just ended: there is nothing left to stop.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stop.Dispose();

    /// <summary>Runs work to its end.</summary>
    /// <param name="queue">Where the work posts what is to be written.</param>
    /// <param name="work">The work.</param>
    /// <returns>What the work returns.</returns>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped; the work has ended.</exception>
    public T Run<T>(WriteQueue queue, Func<CancellationToken, Task<T>> work)
    {
        var running = Task.Run(async () =>
        {
            try
            {
                return await work(_stop.Token).ConfigureAwait(false);
            }
            finally
            {
                queue.Complete();
            }
        });

        // An exception of a write is rethrown unchanged: by its type PowerShell knows whether the whole pipeline stops or only what
        // precedes Select-Object.
        var thrown = queue.Drain(Cancel);
        try
        {
            var result = running.GetAwaiter().GetResult();
            thrown?.Throw();
            return result;
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // The result of the cancelled work can no longer be reported: a stopped pipeline accepts no errors.
            thrown?.Throw();
            throw new PipelineStoppedException();
        }
    }
}
