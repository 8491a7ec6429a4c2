using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Makes the history table, and its schema, where they are missing.</summary>
/// <param name="connection">The connection.</param>
/// <param name="query">Queries the table.</param>
/// <param name="errors">What is said when that fails.</param>
internal sealed class HistoryCreation(PostgreSqlConnection connection, HistoryQuery query, HistoryErrors errors)
{
    /// <summary>The statement that makes the table.</summary>
    public static string Statement(string table) =>
        $"""
            CREATE TABLE IF NOT EXISTS {table} (
                id pg_catalog.int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                run_id pg_catalog.uuid NOT NULL,
                service pg_catalog.text,
                version pg_catalog.text,
                name pg_catalog.text NOT NULL,
                description pg_catalog.text,
                semantic_version pg_catalog.text,
                direction pg_catalog.text NOT NULL,
                event pg_catalog.text NOT NULL,
                checksum pg_catalog.text,
                applied_at pg_catalog.timestamptz NOT NULL,
                applied_by pg_catalog.text NOT NULL,
                host pg_catalog.text NOT NULL,
                execution_time_ms pg_catalog.int8,
                rows_affected pg_catalog.int8,
                success pg_catalog.bool NOT NULL,
                error_message pg_catalog.text,
                statement_index pg_catalog.int4,
                schema_fingerprint pg_catalog.text,
                tool_version pg_catalog.text NOT NULL,
                script pg_catalog.text)
            """;

    /// <summary>Makes it.</summary>
    /// <returns>Whether it was missing.</returns>
    public async Task<bool> RunAsync(CancellationToken cancellationToken)
    {
        for (var attempt = 1; !await ExistsAsync(cancellationToken).ConfigureAwait(false); attempt++)
        {
            try
            {
                // Asked only when it is missing: CREATE SCHEMA IF NOT EXISTS needs the right to create one even when it exists.
                if (
                    !await connection
                        .AnyAsync(
                            "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1",
                            cancellationToken,
                            HistoryTable.Schema(connection.Options)
                        )
                        .ConfigureAwait(false)
                )
                    await connection
                        .ExecuteAsync(
                            $"CREATE SCHEMA IF NOT EXISTS {PostgreSqlText.Name(HistoryTable.Schema(connection.Options))}",
                            cancellationToken
                        )
                        .ConfigureAwait(false);
                await connection.ExecuteAsync(Statement(HistoryTable.Of(connection.Options)), cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (PostgresException e) when (attempt < 5 && PostgreSqlErrors.IsRace(e))
            {
                // Another session created it at the same moment, which IF NOT EXISTS does not cover: look again.
            }
            catch (PostgresException e)
            {
                throw errors.Refused(e, "Creating");
            }
        }

        return false;
    }

    private async Task<bool> ExistsAsync(CancellationToken cancellationToken)
    {
        try
        {
            await query
                .RunAsync(
                    $"SELECT {HistoryInsert.Columns}, id, script FROM ONLY {HistoryTable.Of(connection.Options)} LIMIT 0",
                    _ => { },
                    cancellationToken
                )
                .ConfigureAwait(false);
            return true;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.InvalidSchemaName)
        {
            return false;
        }
        catch (PostgresException e)
        {
            throw errors.Refused(e, "Reading");
        }
    }
}
