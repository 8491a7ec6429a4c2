using Migrations.History;
using Npgsql;
using NpgsqlTypes;

namespace Migrations.PostgreSql;

/// <summary>The statement that adds a row to the history.</summary>
internal static class HistoryInsert
{
    /// <summary>The columns in the order in which they are written and read, but for number and script.</summary>
    public const string Columns =
        "run_id, service, version, name, description, semantic_version, direction, event, checksum, applied_at, "
        + "applied_by, host, execution_time_ms, "
        + "rows_affected, success, error_message, statement_index, schema_fingerprint, tool_version";

    /// <summary>The column for the positions of batches, which is added when the first of them runs.</summary>
    public const string Position = "\"position\"";

    /// <summary>The statement.</summary>
    /// <param name="connection">The connection, whose encoding decides what can be stored.</param>
    /// <param name="entry">The row.</param>
    /// <param name="time">When it was applied, as an expression.</param>
    /// <param name="elapsed">How long it took, as an expression; a parameter takes it from the row.</param>
    /// <param name="rows">How many rows were changed, as an expression.</param>
    /// <param name="returning">What it returns; empty for nothing.</param>
    public static NpgsqlBatchCommand Of(
        PostgreSqlConnection connection,
        JournalEntry entry,
        string time,
        string elapsed,
        string rows,
        string returning
    )
    {
        // Behind what is there without it.
        var (column, value) = entry.Position is null ? ("", "") : ($", {Position}", elapsed.StartsWith('$') ? ", $20" : ", $18");
        var command = new NpgsqlBatchCommand(
            $"INSERT INTO {HistoryTable.Of(connection.Options)} ({Columns}, script{column}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
                + $"$9, {time}, $10, $11, {elapsed}, {rows}, $12, $13, $14, $15, $16, $17{value}){returning}"
        );
        var values = command.Parameters;
        entry = entry with
        {
            Description = ServerEncoding.Storable(connection.Npgsql, entry.Description),
            ErrorMessage = ServerEncoding.Storable(connection.Npgsql, entry.ErrorMessage),
            // One that would not come back as it is must not be compared with the file later.
            Script = entry.Script is { } script && ServerEncoding.CanStore(connection.Npgsql, script) ? script : null,
        };
        values.Add(PostgreSqlText.Parameter(entry.RunId, NpgsqlDbType.Uuid));
        foreach (
            var text in (string?[])
                [
                    entry.Service,
                    entry.Version,
                    entry.Name,
                    entry.Description,
                    entry.SemanticVersion,
                    JournalNames.Of(entry.Direction),
                    JournalNames.Of(entry.Event),
                    entry.Checksum,
                    entry.AppliedBy,
                    entry.Host,
                ]
        )
            values.Add(PostgreSqlText.Parameter(text));
        values.Add(PostgreSqlText.Parameter(entry.Success, NpgsqlDbType.Boolean));
        values.Add(PostgreSqlText.Parameter(entry.ErrorMessage));
        values.Add(PostgreSqlText.Parameter(entry.StatementIndex));
        foreach (var text in (string?[])[entry.SchemaFingerprint, entry.ToolVersion, entry.Script])
            values.Add(PostgreSqlText.Parameter(text));
        if (elapsed.StartsWith('$'))
        {
            values.Add(PostgreSqlText.Parameter(entry.ExecutionTimeMs));
            values.Add(PostgreSqlText.Parameter(entry.RowsAffected));
        }

        if (entry.Position is not null)
            values.Add(PostgreSqlText.Parameter(entry.Position));

        return command;
    }
}
