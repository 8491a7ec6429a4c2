using System.Diagnostics;
using Migrations.Databases;
using Migrations.Events;
using Migrations.Tables;

namespace Migrations.Transfer;

/// <summary>
/// Compares the rows of two databases, of one engine or of two, table by table: count and digest, and where they differ, the first rows by
/// their keys. Both are read as one moment has them, side by side; memory does not grow with the tables.
/// </summary>
/// <param name="left">The first database, and its driver.</param>
/// <param name="right">The second database, and its driver.</param>
/// <param name="request">What is compared.</param>
public sealed class DataComparison(
    (IDatabaseDriver Driver, DatabaseTarget Target) left,
    (IDatabaseDriver Driver, DatabaseTarget Target) right,
    CompareRequest request
)
{
    /// <summary>Compares them.</summary>
    /// <returns>One object for each table that either has.</returns>
    /// <exception cref="MigrationException">A database refuses or cannot be reached.</exception>
    public async Task<IReadOnlyList<TableComparison>> RunAsync(CancellationToken cancellationToken)
    {
        var one = await OpenAsync(left, cancellationToken).ConfigureAwait(false);
        await using var _ = one.ConfigureAwait(false);
        var other = await OpenAsync(right, cancellationToken).ConfigureAwait(false);
        await using var __ = other.ConfigureAwait(false);
        var tables = await one.ListAsync(request.Scope, cancellationToken).ConfigureAwait(false);
        var others = (await other.ListAsync(request.Scope, cancellationToken).ConfigureAwait(false)).ToList();
        var results = new List<TableComparison>();
        foreach (var table in tables)
        {
            var match =
                others.Find(o => string.Equals(o.Name, table.Name, StringComparison.Ordinal))
                ?? others.Find(o => string.Equals(o.Name, table.Name, StringComparison.OrdinalIgnoreCase));
            if (match is null)
            {
                results.Add(New(table.Name) with { LeftRows = await CountAsync(one, table, cancellationToken).ConfigureAwait(false) });
                continue;
            }

            others.Remove(match);
            results.Add(await CompareAsync(one, other, ComparedTable.Of(table, match), cancellationToken).ConfigureAwait(false));
        }

        foreach (var table in others)
            results.Add(New(table.Name) with { RightRows = await CountAsync(other, table, cancellationToken).ConfigureAwait(false) });
        return results;
    }

    private Task<ICopySource> OpenAsync((IDatabaseDriver Driver, DatabaseTarget Target) side, CancellationToken cancellationToken) =>
        ((ICopyProvider)side.Driver).OpenSourceAsync(side.Target, request.Session, CopyRequest.DefaultThrottleLimit, cancellationToken);

    private TableComparison New(string table) =>
        new()
        {
            Left = left.Target.Display,
            Right = right.Target.Display,
            Table = table,
            Equal = false,
        };

    private async Task<TableComparison> CompareAsync(
        ICopySource one,
        ICopySource other,
        ComparedTable table,
        CancellationToken cancellationToken
    )
    {
        var clock = Stopwatch.StartNew();
        var activity = $"Comparing {table.Left.Table}";
        var progress = new RowProgress(request.Session.Events, total: null);
        // Both to their ends, even when one fails: its connection is used again, or closed.
        var sides = await ParallelWork
            .RunAsync<Func<CancellationToken, Task<RowBuckets>>, RowBuckets>(
                [
                    token => DigestAsync(one, table, table.Left, rows => progress.Advance(activity, rows), token),
                    token => DigestAsync(other, table, table.Right, static _ => { }, token),
                ],
                static (read, token) => read(token),
                cancellationToken
            )
            .ConfigureAwait(false);
        var (first, second) = (sides[0], sides[1]);
        var (digest, otherDigest) = (first.Digest.ToString(), second.Digest.ToString());
        var hasSameRows = first.Digest.Rows == second.Digest.Rows && string.Equals(digest, otherDigest, StringComparison.Ordinal);
        var differences = hasSameRows ? [] : await FindAsync(one, other, table, first, second, cancellationToken).ConfigureAwait(false);
        return New(table.Left.Table) with
        {
            Equal = hasSameRows && table.LeftOnly.Count == 0 && table.RightOnly.Count == 0,
            LeftRows = first.Digest.Rows,
            RightRows = second.Digest.Rows,
            LeftDigest = digest,
            RightDigest = otherDigest,
            Key = table.KeyNames,
            LeftColumns = table.LeftOnly,
            RightColumns = table.RightOnly,
            Differences = [.. differences.Take(request.MostDifferences)],
            HasMore = differences.Count > request.MostDifferences,
            Duration = clock.Elapsed,
        };
    }

    // Only the rows of the buckets that differ are kept, and no more of these than are needed to name the first.
    private async Task<List<RowDifference>> FindAsync(
        ICopySource one,
        ICopySource other,
        ComparedTable table,
        RowBuckets first,
        RowBuckets second,
        CancellationToken cancellationToken
    )
    {
        var all = first.Differing(second);
        var wanted = all.Order().Take(request.MostDifferences + 1).ToHashSet();
        var rows = new RowDifferences(table);
        await ReadAsync(one, table.Left, batch => Keep(batch, first, isLeft: true), static _ => { }, cancellationToken)
            .ConfigureAwait(false);
        await ReadAsync(other, table.Right, batch => Keep(batch, second, isLeft: false), static _ => { }, cancellationToken)
            .ConfigureAwait(false);
        return [.. rows.Find().Take(request.MostDifferences + 1)];

        void Keep(RowBatch batch, RowBuckets buckets, bool isLeft)
        {
            Span<byte> room = stackalloc byte[256];
            for (var i = 0; i < batch.Rows; i++)
            {
                var row = batch[i];
                if (wanted.Contains(buckets.BucketOf(row)))
                    _ = rows.Keep(isLeft, buckets.KeyOf(row, room), row);
            }
        }
    }

    private static async Task<long> CountAsync(ICopySource source, CopyTable table, CancellationToken cancellationToken)
    {
        var rows = 0L;
        var request = new RowRequest(table.Name, [.. table.Columns.Select(c => new ReadColumn(c.Name, c.Type))]);
        await ReadAsync(source, request, batch => rows += batch.Rows, static _ => { }, cancellationToken).ConfigureAwait(false);
        return rows;
    }

    /// <summary>Reads a side to its end: several parts at once, where its engine has them.</summary>
    private static async Task<RowBuckets> DigestAsync(
        ICopySource source,
        ComparedTable table,
        RowRequest rows,
        Action<long> advanced,
        CancellationToken cancellationToken
    )
    {
        var readers = await source.ReadAsync(rows, CopyRequest.DefaultThrottleLimit, cancellationToken).ConfigureAwait(false);
        try
        {
            var parts = await ParallelWork.RunAsync(readers, ReadAsync, cancellationToken).ConfigureAwait(false);
            foreach (var part in parts[1..])
                parts[0].Add(part);
            return parts[0];
        }
        finally
        {
            foreach (var reader in readers)
                await reader.DisposeAsync().ConfigureAwait(false);
        }

        async Task<RowBuckets> ReadAsync(IRowReader reader, CancellationToken token)
        {
            var part = new RowBuckets(table);
            await ReadAllAsync(reader, part.Add, advanced, token).ConfigureAwait(false);
            return part;
        }
    }

    private static async Task ReadAsync(
        ICopySource source,
        RowRequest rows,
        Action<RowBatch> take,
        Action<long> advanced,
        CancellationToken cancellationToken
    )
    {
        var reader = (await source.ReadAsync(rows, most: 1, cancellationToken).ConfigureAwait(false))[0];
        await using var _ = reader.ConfigureAwait(false);
        await ReadAllAsync(reader, take, advanced, cancellationToken).ConfigureAwait(false);
    }

    private static async Task ReadAllAsync(
        IRowReader reader,
        Action<RowBatch> take,
        Action<long> advanced,
        CancellationToken cancellationToken
    )
    {
        var batch = new RowBatch();
        while (await reader.ReadAsync(batch, cancellationToken).ConfigureAwait(false))
        {
            take(batch);
            advanced(batch.Rows);
            batch.Clear();
        }
    }
}
