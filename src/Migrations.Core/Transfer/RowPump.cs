using System.Threading.Channels;
using Migrations.Databases;
using Migrations.Tables;

namespace Migrations.Transfer;

/// <summary>
/// Moves rows from readers to a writer, each on a thread of its own, through a few batches that go round: memory does not grow with the
/// table.
/// </summary>
internal static class RowPump
{
    private const int SpareBatches = 2;

    /// <summary>Moves all rows.</summary>
    /// <param name="readers">Where they come from; each gives some of them.</param>
    /// <param name="write">Takes each batch.</param>
    /// <param name="advanced">Is called with the rows of each batch.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The digest of the rows as they were read.</returns>
    public static async Task<TableDigest> RunAsync(
        IReadOnlyList<IRowReader> readers,
        Func<RowBatch, CancellationToken, ValueTask> write,
        Action<long> advanced,
        CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (full, empty) = (Channel.CreateUnbounded<RowBatch>(), Channel.CreateUnbounded<RowBatch>());
        for (var i = 0; i < (2 * readers.Count) + SpareBatches; i++)
            empty.Writer.TryWrite(new RowBatch());
        var reading = ReadAllAsync(readers, empty.Reader, full.Writer, advanced, stop.Token);
        try
        {
            await foreach (var batch in full.Reader.ReadAllAsync(stop.Token).ConfigureAwait(false))
            {
                await write(batch, stop.Token).ConfigureAwait(false);
                batch.Clear();
                empty.Writer.TryWrite(batch);
            }

            return await reading.ConfigureAwait(false);
        }
        finally
        {
            // Whichever side failed, the other one ends too before its connection is used again.
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Reads all rows for their digest.</summary>
    public static async Task<TableDigest> DigestAsync(IRowReader reader, Action<long> advanced, CancellationToken cancellationToken)
    {
        var (digest, batch) = (new TableDigest(), new RowBatch());
        while (await reader.ReadAsync(batch, cancellationToken).ConfigureAwait(false))
        {
            digest.Add(batch);
            advanced(batch.Rows);
            batch.Clear();
        }

        return digest;
    }

    private static async Task<TableDigest> ReadAllAsync(
        IReadOnlyList<IRowReader> readers,
        ChannelReader<RowBatch> empty,
        ChannelWriter<RowBatch> full,
        Action<long> advanced,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var all = new TableDigest();
            foreach (
                var digest in await ParallelWork
                    .RunAsync(readers, (reader, token) => ReadAsync(reader, empty, full, advanced, token), cancellationToken)
                    .ConfigureAwait(false)
            )
                all.Add(digest);
            full.Complete();
            return all;
        }
        catch (Exception e)
        {
            full.TryComplete(e);
            throw;
        }
    }

    private static async Task<TableDigest> ReadAsync(
        IRowReader reader,
        ChannelReader<RowBatch> empty,
        ChannelWriter<RowBatch> full,
        Action<long> advanced,
        CancellationToken cancellationToken
    )
    {
        var digest = new TableDigest();
        while (true)
        {
            var batch = await empty.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (!await reader.ReadAsync(batch, cancellationToken).ConfigureAwait(false))
                return digest;
            digest.Add(batch);
            advanced(batch.Rows);
            full.TryWrite(batch);
        }
    }
}
