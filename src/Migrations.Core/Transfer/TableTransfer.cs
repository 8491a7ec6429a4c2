using System.Diagnostics;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Tables;

namespace Migrations.Transfer;

/// <summary>Copies the rows of tables, and reads them back.</summary>
/// <param name="origin">Where they come from.</param>
/// <param name="request">What is copied.</param>
/// <param name="rejects">Takes the rows that do not fit.</param>
internal sealed class TableTransfer(ICopySource origin, CopyRequest request, RejectFile rejects)
{
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
        var progress = new RowProgress(request.Session.Events, moves.Sum(m => m.Source.Rows));
        var sent = new Dictionary<string, SentTable>(StringComparer.Ordinal);
        foreach (var move in moves)
        {
            var clock = Stopwatch.StartNew();
            var before = rejects.Rows;
            var rows = new RowRequest(move.Source.Name, move.ToSend) { Rejected = request.RejectFile is null ? null : rejects.Add };
            var reader = await origin.ReadAsync(rows, cancellationToken).ConfigureAwait(false);
            await using var _ = reader.ConfigureAwait(false);
            var writer = await open(move.Written, cancellationToken).ConfigureAwait(false);
            await using var __ = writer.ConfigureAwait(false);
            var activity = $"Copying {move.Source.Name} ({sent.Count + 1} of {moves.Count})";
            var digest = await RowPump
                .RunAsync(reader, writer.WriteAsync, d => progress.Report(activity, d.Rows), cancellationToken)
                .ConfigureAwait(false);
            await writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
            progress.Finish(move.Source.Rows);
            sent.Add(move.Source.Name, new SentTable(digest, rejects.Rows - before, clock.Elapsed));
        }

        return sent;
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
        var results = new List<(TableMove, SentTable, TableDigest)>();
        foreach (var move in moves)
        {
            var activity = $"Proving {move.Source.Name} ({results.Count + 1} of {moves.Count})";
            var own = sent[move.Source.Name];
            // What the target computes itself was not sent, and is read again.
            if (move.Sent.Count < move.Target.Columns.Count)
                own = own with { Digest = await DigestAsync(move, cancellationToken).ConfigureAwait(false) };
            var reader = await open(move.Target, move.AllOfTarget, cancellationToken).ConfigureAwait(false);
            await using var _ = reader.ConfigureAwait(false);
            var found = await RowPump.DigestAsync(reader, d => progress.Report(activity, d.Rows), cancellationToken).ConfigureAwait(false);
            progress.Finish(found.Rows);
            results.Add((move, own, found));
        }

        return results;
    }

    private async Task<TableDigest> DigestAsync(TableMove move, CancellationToken cancellationToken)
    {
        // The rows that were left out are in the file already.
        var rows = new RowRequest(move.Source.Name, move.AllOfSource) { Rejected = request.RejectFile is null ? null : static _ => { } };
        var reader = await origin.ReadAsync(rows, cancellationToken).ConfigureAwait(false);
        await using var _ = reader.ConfigureAwait(false);
        return await RowPump.DigestAsync(reader, _ => { }, cancellationToken).ConfigureAwait(false);
    }
}

/// <summary>What was sent of a table.</summary>
/// <param name="Digest">The digest of the rows as they were read.</param>
/// <param name="Rejected">How many rows were left out.</param>
/// <param name="Duration">How long it took.</param>
internal sealed record SentTable(TableDigest Digest, long Rejected, TimeSpan Duration);
