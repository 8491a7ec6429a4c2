namespace Migrations.History;

/// <summary>
/// Reads renumbered migrations out of the journal. One repair lets go of each under what it was known by (down), and then records each
/// under what it is known by now (up), in the same order: the place in the order of application, and the text that ran, go over from the
/// one to the other.
/// </summary>
internal sealed class Renumbering
{
    private readonly Queue<HistoryRecord> _released = new();
    private Guid _run;

    /// <summary>What a row leaves, with what the rows before it have let go.</summary>
    /// <param name="before">The record before the row.</param>
    /// <param name="entry">The row.</param>
    /// <param name="after">The record after it, taken by itself.</param>
    public HistoryRecord After(HistoryRecord before, JournalEntry entry, HistoryRecord after)
    {
        if (entry.RunId != _run)
            _released.Clear();
        _run = entry.RunId;
        if (entry.Event != JournalEvent.Repaired || entry.StatementIndex is not null)
            return after;
        if (entry.Direction == MigrationDirection.Down && before.IsApplied)
            _released.Enqueue(before);
        if (entry.Direction == MigrationDirection.Down || before.IsApplied || !_released.TryDequeue(out var released))
            return after;
        var isSameScript = string.Equals(released.Applied!.Checksum, entry.Checksum, StringComparison.Ordinal);
        return after with { Applied = isSameScript ? released.Applied : entry, FirstApplied = released.FirstApplied };
    }
}
