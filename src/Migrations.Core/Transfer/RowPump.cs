using System.Threading.Channels;
using Migrations.Databases;
using Migrations.Tables;

namespace Migrations.Transfer;

/// <summary>
/// Moves rows from a reader to a writer, each on a thread of its own, through a few batches that go round: memory does not grow with the
/// table.
/// </summary>
internal static class RowPump
{
    private const int Batches = 4;

    /// <summary>Moves all rows.</summary>
    /// <param name="reader">Where they come from.</param>
    /// <param name="write">Takes each batch.</param>
    /// <param name="advanced">Is called with the digest after each batch.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The digest of the rows as they were read.</returns>
    public static async Task<TableDigest> RunAsync(
        IRowReader reader,
        Func<RowBatch, CancellationToken, ValueTask> write,
        Action<TableDigest> advanced,
        CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var (full, empty) = (Channel.CreateUnbounded<RowBatch>(), Channel.CreateUnbounded<RowBatch>());
        for (var i = 0; i < Batches; i++)
            empty.Writer.TryWrite(new RowBatch());
        var reading = Task.Run(() => ReadAsync(reader, empty.Reader, full.Writer, advanced, stop.Token), CancellationToken.None);
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
    public static async Task<TableDigest> DigestAsync(IRowReader reader, Action<TableDigest> advanced, CancellationToken cancellationToken)
    {
        var (digest, batch) = (new TableDigest(), new RowBatch());
        while (await reader.ReadAsync(batch, cancellationToken).ConfigureAwait(false))
        {
            digest.Add(batch);
            batch.Clear();
            advanced(digest);
        }

        return digest;
    }

    private static async Task<TableDigest> ReadAsync(
        IRowReader reader,
        ChannelReader<RowBatch> empty,
        ChannelWriter<RowBatch> full,
        Action<TableDigest> advanced,
        CancellationToken cancellationToken
    )
    {
        var digest = new TableDigest();
        try
        {
            while (true)
            {
                var batch = await empty.ReadAsync(cancellationToken).ConfigureAwait(false);
                if (!await reader.ReadAsync(batch, cancellationToken).ConfigureAwait(false))
                    break;
                digest.Add(batch);
                advanced(digest);
                full.TryWrite(batch);
            }

            full.Complete();
            return digest;
        }
        catch (Exception e)
        {
            full.TryComplete(e);
            throw;
        }
    }
}
