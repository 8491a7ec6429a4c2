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
        try
        {
            _had = HistoryView.StampIn(await history.ReadAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (MigrationException)
        {
            _had = null;
        }

        expected.Demand(_had, target.Display);
    }

    /// <summary>The row that gives restored content its stamp; null when it has the right one.</summary>
    /// <param name="restored">The rows of the history that was restored.</param>
    public JournalEntry? RowFor(IReadOnlyList<JournalEntry> restored)
    {
        var there = HistoryView.StampIn(restored);
        if (string.Equals(there, Wanted, StringComparison.Ordinal))
            return null;
        Removed = Wanted is null ? there : null;
        return recorder.Stamped(Wanted ?? there!, isRemoved: Wanted is null);
    }
}
