namespace Migrations.History;

/// <summary>The words that the journal table holds for directions and events, the same in every database.</summary>
public static class JournalNames
{
    /// <summary>The word for a direction.</summary>
    public static string Of(MigrationDirection direction) => direction == MigrationDirection.Up ? "up" : "down";

    /// <summary>The word for an event.</summary>
    public static string Of(JournalEvent item) =>
        item switch
        {
            JournalEvent.Applied => "applied",
            JournalEvent.RolledBack => "rolled_back",
            JournalEvent.Failed => "failed",
            JournalEvent.Started => "started",
            JournalEvent.Progress => "progress",
            JournalEvent.Baselined => "baselined",
            JournalEvent.Repaired => "repaired",
            JournalEvent.Adopted => "adopted",
            JournalEvent.Squashed => "squashed",
            JournalEvent.Snapshot => "snapshot",
            JournalEvent.Rehearsed => "rehearsed",
            JournalEvent.TakenOver => "taken_over",
            JournalEvent.Ran => "ran",
            JournalEvent.Stamped => "stamped",
            JournalEvent.Assigned => "assigned",
            _ => throw new ArgumentOutOfRangeException(nameof(item), item, "The event has no name."),
        };

    /// <summary>The word for what a script was run for.</summary>
    public static string Of(ScriptPurpose purpose) =>
        purpose switch
        {
            ScriptPurpose.Run => "run",
            ScriptPurpose.Init => "init",
            ScriptPurpose.Seed => "seed",
            _ => throw new ArgumentOutOfRangeException(nameof(purpose), purpose, "The purpose has no name."),
        };

    /// <summary>The direction that a word represents.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.HistoryTableConflict"/>: the word is unknown.</exception>
    public static MigrationDirection Direction(string? name) =>
        name switch
        {
            "up" => MigrationDirection.Up,
            "down" => MigrationDirection.Down,
            _ => throw Unknown(name),
        };

    /// <summary>The event that a word represents.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.HistoryTableConflict"/>: the word is unknown.</exception>
    public static JournalEvent Event(string? name) =>
        name switch
        {
            "applied" => JournalEvent.Applied,
            "rolled_back" => JournalEvent.RolledBack,
            "failed" => JournalEvent.Failed,
            "started" => JournalEvent.Started,
            "progress" => JournalEvent.Progress,
            "baselined" => JournalEvent.Baselined,
            "repaired" => JournalEvent.Repaired,
            "adopted" => JournalEvent.Adopted,
            "squashed" => JournalEvent.Squashed,
            "snapshot" => JournalEvent.Snapshot,
            "rehearsed" => JournalEvent.Rehearsed,
            "taken_over" => JournalEvent.TakenOver,
            "ran" => JournalEvent.Ran,
            "stamped" => JournalEvent.Stamped,
            "assigned" => JournalEvent.Assigned,
            _ => throw Unknown(name),
        };

    private static MigrationException Unknown(string? name) =>
        new(
            ErrorId.HistoryTableConflict,
            $"The history table has a row with the event '{name}', which is unknown to this version of the tool.",
            "Use the version of the tool that wrote the history, or a newer one."
        );
}
