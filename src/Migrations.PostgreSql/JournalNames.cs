using Migrations.History;

namespace Migrations.PostgreSql;

/// <summary>How the journal writes its enumerations.</summary>
internal static class JournalNames
{
    public static string Of(MigrationDirection direction) => direction == MigrationDirection.Up ? "up" : "down";

    public static string Of(JournalEvent item) => item switch
    {
        JournalEvent.Applied => "applied",
        JournalEvent.RolledBack => "rolled_back",
        JournalEvent.Failed => "failed",
        JournalEvent.Started => "started",
        JournalEvent.Progress => "progress",
        JournalEvent.Baselined => "baselined",
        JournalEvent.Repaired => "repaired",
        JournalEvent.Adopted => "adopted",
        _ => throw new ArgumentOutOfRangeException(nameof(item), item, "The event has no name."),
    };

    public static MigrationDirection Direction(string name) => name switch
    {
        "up" => MigrationDirection.Up,
        "down" => MigrationDirection.Down,
        _ => throw Unknown(name),
    };

    public static JournalEvent Event(string name) => name switch
    {
        "applied" => JournalEvent.Applied,
        "rolled_back" => JournalEvent.RolledBack,
        "failed" => JournalEvent.Failed,
        "started" => JournalEvent.Started,
        "progress" => JournalEvent.Progress,
        "baselined" => JournalEvent.Baselined,
        "repaired" => JournalEvent.Repaired,
        "adopted" => JournalEvent.Adopted,
        _ => throw Unknown(name),
    };

    private static MigrationException Unknown(string name) => new(
        ErrorId.HistoryTableConflict,
        $"The history table has a row that says '{name}', which this version of the tool does not know.",
        "Use the version of the tool that wrote the history, or a newer one.");
}
