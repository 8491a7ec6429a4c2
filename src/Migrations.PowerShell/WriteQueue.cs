using System.Runtime.ExceptionServices;
using System.Threading.Channels;

namespace Migrations.PowerShell;

/// <summary>Writes on their way from the engine's thread to the pipeline's thread, the only one that may write.</summary>
internal sealed class WriteQueue
{
    private readonly Channel<Item> _items = Channel.CreateUnbounded<Item>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Posts a write. What comes after the end is dropped.</summary>
    public void Post(Action write) => _items.Writer.TryWrite(new Item(write, Done: null));

    /// <summary>Posts a write and waits until it was made or dropped.</summary>
    public void PostAndWait(Action write)
    {
        using var done = new ManualResetEventSlim();
        if (_items.Writer.TryWrite(new Item(write, done)))
            done.Wait();
    }

    /// <summary>Nothing more will be posted.</summary>
    public void Complete() => _items.Writer.Complete();

    /// <summary>Writes until nothing more will be posted. After a write that threw, the rest is dropped, but still waited for.</summary>
    /// <param name="stop">Called at once when a write throws: the pipeline is stopping, or a stream is set to stop.</param>
    /// <returns>What the write threw; null when all were made.</returns>
    public ExceptionDispatchInfo? Drain(Action stop)
    {
        ExceptionDispatchInfo? thrown = null;
        while (_items.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            while (_items.Reader.TryRead(out var item))
            {
                try
                {
                    if (thrown is null)
                        item.Write();
                }
                catch (Exception e)
                {
                    thrown = ExceptionDispatchInfo.Capture(e);
                    stop();
                }
                finally
                {
                    // After stop(), so that who waits sees that it is over.
                    item.Done?.Set();
                }
            }
        }

        return thrown;
    }

    private readonly record struct Item(Action Write, ManualResetEventSlim? Done);
}
