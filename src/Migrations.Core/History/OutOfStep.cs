namespace Migrations.History;

/// <summary>The error about another tool's table that cannot be kept in step.</summary>
internal static class OutOfStep
{
    /// <summary>The error.</summary>
    /// <param name="entry">The row of the step.</param>
    /// <param name="answer">The database's words.</param>
    /// <param name="inner">The driver's exception.</param>
    public static MigrationException Error(JournalEntry entry, string answer, Exception inner) =>
        new(
            ErrorId.HistoryTableConflict,
            $"{entry.Name} could not be recorded in the table of the other tool that is kept in step ({string.Join("; ", entry.Beside)}): "
                + $"{answer.TrimEnd('.')}. That step was rolled back.",
            $"Correct that table; or stop keeping it in step: {Call.Adopt.With(CallOption.Undo)}, then {Call.Adopt}.",
            inner
        );
}
