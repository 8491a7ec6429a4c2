namespace Migrations.History;

/// <summary>What is said of a row of the history that could not be written as it should, or not alone.</summary>
/// <param name="entry">The row.</param>
/// <param name="isAlone">Whether it has a transaction of its own, so that what it records has happened before.</param>
internal readonly struct DisturbedHistory(JournalEntry entry, bool isAlone)
{
    private bool IsCommitted =>
        isAlone && entry.Event is JournalEvent.Progress or JournalEvent.Applied or JournalEvent.RolledBack && !entry.IsFailure;

    /// <summary>What is in the database.</summary>
    public string Outcome =>
        IsCommitted
            ? "The row was rolled back; what the script has run without a transaction is committed, with whatever it has "
                + "changed in the history."
            : "That transaction was rolled back.";

    /// <summary>What comes before the advice.</summary>
    public string Advice =>
        IsCommitted
            ? "Restore the rows of the history that the script has changed, for example from a backup, before anything else: "
                + "until then what is said of edited or missing migrations may be wrong. "
            : "";
}
