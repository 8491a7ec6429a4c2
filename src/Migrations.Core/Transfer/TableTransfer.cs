using System.Diagnostics;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Tables;

namespace Migrations.Transfer;

/// <summary>Copies the rows of tables, and reads them back: several tables at once, where the target takes them.</summary>
/// <param name="origin">Where they come from.</param>
/// <param name="request">What is copied.</param>
/// <param name="rejects">Takes the rows that do not fit.</param>
internal sealed class TableTransfer(ICopySource origin, CopyRequest request, RejectFile rejects)
{
    // A table of fewer rows is read faster than it is divided.
    private const long RowsPerReader = 50_000;

    /// <summary>How many tables are written, and read back, at once.</summary>
    public int Tables { get; init; } = 1;

    /// <summary>Copies the rows of all tables.</summary>
    /// <param name="moves">The tables.</param>
    /// <param name="open">Opens a table of the target to write it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What was sent, by the table's name in the source.</returns>
    public async Task<Dictionary<string, SentTable>> CopyAsync(
        IReadOnlyList<TableMove> moves,
        Func<CopyTable, CancellationToken, Task<IRowWriter>> open,
        CancellationToken cancellationToken
    )
    {
        var total = moves.Sum(m => m.Source.Rows);
        var progress = new RowProgress(request.Session.Events, total);
        // The longest first: at the end, none is left alone with one reader.
        IReadOnlyList<TableMove> ordered = Tables == 1 ? moves : [.. moves.OrderByDescending(m => m.Source.Rows)];
        var sent = await ParallelWork.RunAsync(ordered, Tables, CopyAsync, cancellationToken).ConfigureAwait(false);
        return ordered.Zip(sent).ToDictionary(t => t.First.Source.Name, t => t.Second, StringComparer.Ordinal);

        Task<SentTable> CopyAsync(TableMove move, int place, CancellationToken token)
        {
            var activity = $"Copying {move.Source.Name} ({place + 1} of {moves.Count})";
            return this.CopyAsync(move, ReadersOf(move.Source.Rows, total), open, rows => progress.Advance(activity, rows), token);
        }
    }

    /// <summary>Reads back the rows of all tables.</summary>
    /// <param name="moves">The tables.</param>
    /// <param name="sent">What was sent.</param>
    /// <param name="open">Opens a table of the target to read it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Of each table what the source has given, and what the target returns.</returns>
    public async Task<IReadOnlyList<(TableMove Move, SentTable Sent, TableDigest Found)>> ReadBackAsync(
        IReadOnlyList<TableMove> moves,
        Dictionary<string, SentTable> sent,
        Func<CopyTable, IReadOnlyList<ReadColumn>, CancellationToken, Task<IRowReader>> open,
        CancellationToken cancellationToken
    )
    {
        var progress = new RowProgress(request.Session.Events, sent.Values.Sum(c => c.Digest.Rows));
        return await ParallelWork.RunAsync(moves, Tables, ReadBackAsync, cancellationToken).ConfigureAwait(false);

        async Task<(TableMove, SentTable, TableDigest)> ReadBackAsync(TableMove move, int place, CancellationToken token)
        {
            var activity = $"Proving {move.Source.Name} ({place + 1} of {moves.Count})";
            var own = sent[move.Source.Name];
            // What the target computes itself was not sent, and is read again.
            if (move.Sent.Count < move.Target.Columns.Count)
                own = own with { Digest = await DigestAsync(move, token).ConfigureAwait(false) };
            var reader = await open(move.Target, move.AllOfTarget, token).ConfigureAwait(false);
            await using var _ = reader.ConfigureAwait(false);
            return (move, own, await RowPump.DigestAsync(reader, rows => progress.Advance(activity, rows), token).ConfigureAwait(false));
        }
    }

    // As many as its share of all rows is.
    private int ReadersOf(long rows, long total) =>
        (int)Math.Clamp(request.ThrottleLimit * rows / Math.Max(1, total), 1, 1 + (rows / RowsPerReader));

    private async Task<SentTable> CopyAsync(
        TableMove move,
        int readers,
        Func<CopyTable, CancellationToken, Task<IRowWriter>> open,
        Action<long> advanced,
        CancellationToken cancellationToken
    )
    {
        var rejected = 0L;
        var rows = new RowRequest(move.Source.Name, move.ToSend) { Rejected = request.RejectFile is null ? null : Reject };
        var parts = await origin.ReadAsync(rows, readers, cancellationToken).ConfigureAwait(false);
        try
        {
            var clock = Stopwatch.StartNew();
            var writer = await open(move.Written, cancellationToken).ConfigureAwait(false);
            await using var _ = writer.ConfigureAwait(false);
            var digest = await RowPump.RunAsync(parts, writer.WriteAsync, advanced, cancellationToken).ConfigureAwait(false);
            await writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
            return new SentTable(digest, rejected, clock.Elapsed);
        }
        finally
        {
            foreach (var part in parts)
                await part.DisposeAsync().ConfigureAwait(false);
        }

        void Reject(RejectedRow row)
        {
            rejects.Add(row);
            _ = Interlocked.Increment(ref rejected);
        }
    }

    private async Task<TableDigest> DigestAsync(TableMove move, CancellationToken cancellationToken)
    {
        // The rows that were left out are in the file already.
        var rows = new RowRequest(move.Source.Name, move.AllOfSource) { Rejected = request.RejectFile is null ? null : static _ => { } };
        var reader = (await origin.ReadAsync(rows, most: 1, cancellationToken).ConfigureAwait(false))[0];
        await using var _ = reader.ConfigureAwait(false);
        return await RowPump.DigestAsync(reader, static _ => { }, cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>What was sent of a table.</summary>
/// <param name="Digest">The digest of the rows as they were read.</param>
/// <param name="Rejected">How many rows were left out.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record SentTable(TableDigest Digest, long Rejected, TimeSpan Duration);
