using Migrations.History;

namespace Migrations.Running;

/// <summary>What a repair records about itself in the history.</summary>
internal static class RepairText
{
    /// <summary>That a migration is recorded under its new version or name.</summary>
    public static string Renamed(Migration migration, HistoryRecord record, ScriptChange change) =>
        $"Recorded as {migration}: applied {At(record.FirstApplied!)} as {record.Name}; "
        + (
            change == ScriptChange.None
                ? $"the script is the same (SHA-256 {migration.Up.Checksum})."
                : "the script differs in comments or white space only."
        );

    /// <summary>That an edited script is accepted.</summary>
    public static string Accepted(
        Migration migration,
        HistoryRecord record,
        ScriptChange change,
        IReadOnlyList<StatementDifference>? differences
    ) =>
        $"Accepted the edited script: SHA-256 {record.Applied!.Checksum} was applied, {migration.Up.Checksum} is in the folder; "
        + (change, differences) switch
        {
            (ScriptChange.Cosmetic, _) => "only comments or white space differ.",
            (_, null) => "the applied text is not stored, so the differences are unknown; the schema was not compared.",
            (_, []) => "the statements are the same, and a directive or a secret differs; the schema was not compared.",
            (_, [_]) => "1 statement differs; the schema was not compared.",
            _ => $"{differences.Count} statements differ; the schema was not compared.",
        };

    /// <summary>When a row was written.</summary>
    public static string At(JournalEntry entry) => $"{entry.AppliedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z";
}
