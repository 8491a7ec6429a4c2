using System.Diagnostics;
using System.Globalization;
using Migrations.Databases;
using Migrations.Foreign;

namespace Migrations.Adoption;

/// <summary>
/// Keeps the tool whose history is taken over from migrating meanwhile: by its own lock where that is one of the engine's; a lock that is
/// a row is waited for, and read again, with the history, in the transaction that writes.
/// </summary>
/// <param name="tables">The database's tables.</param>
/// <param name="history">The tool and its table.</param>
/// <param name="database">The database as shown to people.</param>
internal sealed class OtherToolLock(IForeignTables tables, ForeignHistory history, string database)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <summary>Waits until the tool is not migrating, and keeps it from beginning where that is possible.</summary>
    /// <param name="name">The database's own name.</param>
    /// <param name="timeout">The longest to wait.</param>
    /// <param name="cancellationToken">Ends waiting.</param>
    /// <exception cref="LockException">It was migrating all the time, or was killed while it did.</exception>
    public async Task<IAsyncDisposable> TakeAsync(string name, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (await HolderAsync(cancellationToken).ConfigureAwait(false) is { } holder)
        {
            if (waited.Elapsed >= timeout)
                throw Held(holder, timeout);
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }

        return history.Tool.LockKey(history.Table, name) is { } key
            ? await tables.LockAsync(key, history.Title, cancellationToken).ConfigureAwait(false)
            : new NoLock();
    }

    /// <summary>Makes sure, within the transaction that writes, that the history is still what was looked at, and stays so.</summary>
    /// <param name="digest">A digest of the rows that were looked at.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException">The tool is migrating, or has.</exception>
    public async Task DemandUnchangedAsync(string digest, CancellationToken cancellationToken)
    {
        await tables.HoldAsync(history.Table, cancellationToken).ConfigureAwait(false);
        if (await HolderAsync(cancellationToken).ConfigureAwait(false) is { } holder)
            throw Held(holder, TimeSpan.Zero);
        var rows = await tables.ReadAsync(history.Table, cancellationToken).ConfigureAwait(false);
        if (!string.Equals(AdoptionSource.DigestOf(rows), digest, StringComparison.Ordinal))
        {
            throw new MigrationException(
                ErrorId.AdoptionUnproven,
                $"The history of {history} was changed while it was compared with the database: {history.Title} is in use. Nothing was "
                    + "taken over.",
                $"Wait until {history.Title} has ended, then run the command again."
            );
        }
    }

    private async Task<string?> HolderAsync(CancellationToken cancellationToken)
    {
        if (history.Tool.LockTable is not { } lockTable)
            return null;
        var found = await tables.FindAsync([lockTable.Name], cancellationToken).ConfigureAwait(false);
        return found.FirstOrDefault(t => string.Equals(t.Schema, history.Table.Schema, StringComparison.Ordinal)) is { } table
            ? lockTable.HeldBy(await tables.ReadAsync(table, cancellationToken).ConfigureAwait(false))
            : null;
    }

    private LockException Held(string holder, TimeSpan waited) =>
        new(
            ErrorId.LockTimedOut,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{history.Title} is migrating {database}, or was killed while it did: its table {history.Tool.LockTable!.Name} says so"
            )
                + (holder.Length == 0 ? "" : $" ({holder})")
                + (waited == TimeSpan.Zero ? "." : string.Create(CultureInfo.InvariantCulture, $" for {waited.TotalSeconds:0.#} s.")),
            $"Wait until {history.Title} has ended, or allow more time with {CallOption.LockTimeout}. If it no longer runs, "
                + $"{history.Tool.LockTable!.Release}.",
            holder: null
        );

    private sealed class NoLock : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
