using System.Globalization;
using Migrations.Databases;
using Migrations.History;

namespace Migrations.Sqlite;

/// <summary>The statements of a script that write and read the history.</summary>
/// <param name="place">What the script is for.</param>
internal sealed class ScriptRows(ClientScriptPlace place)
{
    /// <summary>The table, in quotes.</summary>
    public string Table { get; } = SqliteNames.Quote(place.Options.HistoryTable);

    /// <summary>The rows of the service's history that are about migrations, as a condition.</summary>
    public string IsOwn { get; } =
        $"(service IS NULL{(place.Service is { } service ? $" OR service = {SqlText(service)}" : "")}) "
        + "AND event NOT IN ('ran', 'stamped', 'assigned', 'rehearsed')";

    /// <summary>Whether a row counts as one of those.</summary>
    public static bool IsCounted(JournalEntry entry) => entry.IsOfMigration && entry.Event != JournalEvent.Rehearsed;

    /// <summary>The statement that creates the table where it is missing.</summary>
    public string Create => $"CREATE TABLE IF NOT EXISTS {Table} {HistoryTable.Definition};";

    /// <summary>The statement that appends a row.</summary>
    public string Insert(JournalEntry entry)
    {
        string?[] values =
        [
            entry.RunId.ToString(),
            entry.Service,
            entry.Version,
            entry.Name,
            entry.Description,
            entry.SemanticVersion,
            JournalNames.Of(entry.Direction),
            JournalNames.Of(entry.Event),
            entry.Checksum,
        ];
        var texts = string.Join(", ", values.Select(Value));
        return $"INSERT INTO {Table} ({HistoryTable.Columns[4..]}, script)\n"
            + $"VALUES ({texts}, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), {SqlText(place.Client.Word())}, 'script', NULL, NULL, "
            + $"{(entry.Success ? 1 : 0)}, {Value(entry.ErrorMessage)}, "
            + $"{entry.StatementIndex?.ToString(CultureInfo.InvariantCulture) ?? "NULL"}, NULL, {Value(entry.ToolVersion)}, "
            + $"{Value(entry.Script)});";
    }

    private string Value(string? text) =>
        text is null ? "NULL"
        : place.Client == ScriptClient.Sqlite3 ? ShellText.Literal(text)
        : SqlText(text);

    /// <summary>A literal.</summary>
    public static string SqlText(string text) => "'" + text.Replace("'", "''", StringComparison.Ordinal) + "'";
}
