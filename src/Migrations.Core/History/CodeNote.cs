namespace Migrations.History;

/// <summary>What the row of a migration in code says about what it was written in.</summary>
internal static class CodeNote
{
    private const string PowerShell = "Written in PowerShell.";
    private const string Code = "Written in code.";

    /// <summary>The note of a row that applies or undoes a migration; null where it is SQL.</summary>
    public static string? For(MigrationScript script) =>
        script.Code?.Kind switch
        {
            MigrationKind.PowerShell => PowerShell,
            MigrationKind.Code => Code,
            _ => null,
        };

    /// <summary>What a row says; null for rows that say nothing of it.</summary>
    public static MigrationKind? Of(JournalEntry entry) =>
        entry.Event is not (JournalEvent.Applied or JournalEvent.RolledBack) ? null
        : entry.ErrorMessage?.StartsWith(PowerShell, StringComparison.Ordinal) == true ? MigrationKind.PowerShell
        : entry.ErrorMessage?.StartsWith(Code, StringComparison.Ordinal) == true ? MigrationKind.Code
        : MigrationKind.Sql;
}
