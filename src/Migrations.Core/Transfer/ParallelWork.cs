namespace Migrations.Transfer;

/// <summary>Work on several things at once, each on a thread of its own.</summary>
internal static class ParallelWork
{
    /// <summary>Works on all of them. The first failure stops the others, and is thrown when all have ended.</summary>
    /// <param name="items">The things.</param>
    /// <param name="work">What is done with each.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The results, in the order of the things.</returns>
    public static async Task<T[]> RunAsync<TItem, T>(
        IReadOnlyList<TItem> items,
        Func<TItem, CancellationToken, Task<T>> work,
        CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<T>[] works = [.. items.Select(item => Task.Run(() => StoppingAsync(item), CancellationToken.None))];
        await ((Task)Task.WhenAll(works)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        if (Array.Find(works, w => w.IsFaulted) is { } failed)
            _ = await failed.ConfigureAwait(false);
        return await Task.WhenAll(works).ConfigureAwait(false);

        async Task<T> StoppingAsync(TItem item)
        {
            try
            {
                return await work(item, stop.Token).ConfigureAwait(false);
            }
            catch
            {
                await stop.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>Works on a few of them at a time, in their order.</summary>
    /// <param name="items">The things.</param>
    /// <param name="most">On how many at once.</param>
    /// <param name="work">What is done with each, and its place among them.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>The results, in the order of the things.</returns>
    public static async Task<T[]> RunAsync<TItem, T>(
        IReadOnlyList<TItem> items,
        int most,
        Func<TItem, int, CancellationToken, Task<T>> work,
        CancellationToken cancellationToken
    )
    {
        var (results, next) = (new T[items.Count], -1);
        _ = await RunAsync([.. Enumerable.Range(0, Math.Min(most, items.Count))], (_, token) => TakeAsync(token), cancellationToken)
            .ConfigureAwait(false);
        return results;

        async Task<bool> TakeAsync(CancellationToken token)
        {
            while (Interlocked.Increment(ref next) is var place && place < items.Count)
                results[place] = await work(items[place], place, token).ConfigureAwait(false);
            return true;
        }
    }
}
