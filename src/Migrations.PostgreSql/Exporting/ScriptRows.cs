using System.Globalization;
using Migrations.Databases;
using Migrations.History;

namespace Migrations.PostgreSql;

/// <summary>The statements of a script that write and read the history.</summary>
/// <param name="place">What the script is for.</param>
/// <param name="serverVersion">The server's major version.</param>
internal sealed class ScriptRows(ClientScriptPlace place, int serverVersion)
{
    // Of the session that runs the script.
    private const string User = "session_user::pg_catalog.text";
    private const string Host = "COALESCE(pg_catalog.host(pg_catalog.inet_client_addr()), 'local')";

    /// <summary>The table, with its schema.</summary>
    public string Table { get; } = HistoryTable.Of(place.Options);

    /// <summary>The rows of the service's history that are about migrations, as a condition.</summary>
    public string IsOwn { get; } =
        $"(service IS NULL{(place.Service is { } service ? $" OR service OPERATOR(pg_catalog.=) {PostgreSqlText.Literal(service)}" : "")}) "
        + "AND event OPERATOR(pg_catalog.<>) ALL (ARRAY['ran', 'stamped', 'assigned', 'rehearsed'])";

    /// <summary>The statement that appends a row.</summary>
    public string Insert(JournalEntry entry, bool inTransaction)
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
        // A run that finds a statement begun looks whether its backend is still there.
        var message =
            entry.Event == JournalEvent.Started
                ? $"(SELECT {ServerFacts.BackendOf} FROM pg_catalog.pg_stat_get_activity(pg_catalog.pg_backend_pid()) a)"
                : Value(entry.ErrorMessage);
        var elapsed = inTransaction ? new StepFigures(Table, serverVersion, sharesTransaction: false).Elapsed : "NULL";
        return $"INSERT INTO {Table} ({HistoryInsert.Columns}, script)\n"
            + $"VALUES ({string.Join(", ", values.Select(Value))}, pg_catalog.clock_timestamp(), {User}, {Host}, {elapsed}, NULL, "
            + $"{(entry.Success ? "true" : "false")}, {message}, "
            + $"{entry.StatementIndex?.ToString(CultureInfo.InvariantCulture) ?? "NULL"}, NULL, {Value(entry.ToolVersion)}, "
            + $"{Value(entry.Script)});";
    }

    /// <summary>Whether a migration is applied, as an expression: what the last row says that decides it.</summary>
    public string IsApplied(Migration migration) =>
        migration.IsSquashRecord
            ? $"EXISTS (SELECT FROM {Table} h WHERE {IsOwn} AND h.event OPERATOR(pg_catalog.=) 'squashed' "
                + $"AND h.name OPERATOR(pg_catalog.=) {PostgreSqlText.Literal(migration.FullName)})"
            : $"""
                COALESCE((SELECT h.event OPERATOR(pg_catalog.=) ANY (ARRAY['applied', 'baselined', 'adopted'])
                    OR h.event OPERATOR(pg_catalog.=) 'repaired' AND h.direction OPERATOR(pg_catalog.=) 'up'
                    FROM {Table} h WHERE {IsOwn} AND {IsOf(migration)}
                    AND (h.event OPERATOR(pg_catalog.=) ANY (ARRAY['applied', 'baselined', 'adopted', 'rolled_back'])
                        OR h.event OPERATOR(pg_catalog.=) 'repaired' AND h.statement_index IS NULL)
                    ORDER BY h.id DESC LIMIT 1), false)
                """;

    private static string IsOf(Migration migration) =>
        migration.Version is { } version
            ? $"(h.version OPERATOR(pg_catalog.=) {PostgreSqlText.Literal(version.Text)} "
                + $"OR h.name OPERATOR(pg_catalog.=) {PostgreSqlText.Literal(migration.FullName)})"
            : $"h.name OPERATOR(pg_catalog.=) {PostgreSqlText.Literal(migration.FullName)}";

    private static string Value(string? text) =>
        text is null ? "NULL" : PostgreSqlText.Literal(text.Replace("\0", "", StringComparison.Ordinal));
}
