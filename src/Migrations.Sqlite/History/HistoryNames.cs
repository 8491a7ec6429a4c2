using Migrations.Databases;

namespace Migrations.Sqlite;

/// <summary>
/// Refuses what cannot name the history table: SQLite keeps names that begin with <c>sqlite_</c> for itself
/// (<see href="https://www.sqlite.org/fileformat2.html#intschema"/>), and has no schemas.
/// </summary>
internal static class HistoryNames
{
    /// <summary>Checks the names before anything is opened.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>.</exception>
    public static void Check(SessionOptions options)
    {
        if (options.HistorySchema is { } schema)
            throw Wrong(
                $"SQLite has no schemas, so the history table cannot be put into the schema '{schema}'.",
                $"Leave out the history schema; '{CallOption.HistoryTable}' names the table."
            );
        var table = options.HistoryTable;
        if (string.IsNullOrWhiteSpace(table))
            throw Wrong("The name of the history table is empty.", $"Give a name with {CallOption.HistoryTable}, or leave the option out.");
        if (table.Contains('\0', StringComparison.Ordinal))
            throw Wrong("The name of the history table holds a NUL character.", $"Give another name with {CallOption.HistoryTable}.");
        if (table.StartsWith("sqlite_", StringComparison.OrdinalIgnoreCase))
            throw Wrong(
                $"The history table '{table}' has a name that SQLite keeps for itself: it begins with 'sqlite_'.",
                $"Give another name with {CallOption.HistoryTable}."
            );
    }

    private static MigrationException Wrong(string message, Advice nextStep) => new(ErrorId.UsageInvalid, message, nextStep);
}
