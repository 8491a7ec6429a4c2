using Migrations.Configuration;
using Migrations.History;

namespace Migrations.Databases;

/// <summary>
/// The stamp that a restored database gets: the one that the database had which is replaced, whatever the backup has; without one that of
/// the environment that the call names. So a copy of production does not go on as production.
/// </summary>
/// <param name="expected">Which stamp the replaced database may have.</param>
/// <param name="recorder">Makes the row.</param>
public sealed class RestoreStamp(ExpectedStamp expected, JournalRecorder recorder)
{
    private string? _had;

    /// <summary>The stamp that the database has after the restore; null without one.</summary>
    public string? Wanted => _had ?? expected.Own;

    /// <summary>The stamp of the backup that was removed; null when none was.</summary>
    public string? Removed { get; private set; }

    /// <summary>Reads the stamp of the database that is to be replaced. One that cannot be read any more counts as not there.</summary>
    /// <param name="history">Its history.</param>
    /// <param name="target">The database.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.StampDiffers"/></exception>
    public async Task DemandAsync(IHistoryStore history, DatabaseTarget target, CancellationToken cancellationToken)
    {
        FoundHistories? found;
        try
        {
            found = await history.FindAllAsync(cancellationToken).ConfigureAwait(false);
        }
        // A table that another session has locked can be read when that has ended.
        catch (MigrationException e) when (e.Id is not (ErrorId.TableLockTimedOut or ErrorId.LockTimedOut))
        {
            found = null;
        }

        _had = found?.Stamp;
        found?.Demand(expected, target);
    }

    /// <summary>The rows that give restored content its stamp, with the histories that get them; none when it has the right one.</summary>
    /// <param name="restored">The histories of what was restored.</param>
    /// <param name="own">The history that gets the stamp where none has one.</param>
    public IReadOnlyList<(FoundHistory History, JournalEntry Row)> RowsFor(FoundHistories restored, FoundHistory own)
    {
        ArgumentNullException.ThrowIfNull(restored);
        Removed = Wanted is null ? restored.Stamp : null;
        var rows = restored.Others(Wanted).Select(h => (h, recorder.Stamped(Wanted ?? h.Stamp!, isRemoved: Wanted is null))).ToList();
        if (Wanted is { } wanted && restored.All.FirstOrDefault(h => h.IsOwn)?.Stamp is null)
            rows.Add((restored.All.FirstOrDefault(h => h.IsOwn) ?? own, recorder.Stamped(wanted)));
        return rows;
    }
}
