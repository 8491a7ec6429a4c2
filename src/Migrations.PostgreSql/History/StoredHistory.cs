using Migrations.History;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>The history of a database that is backed up, or replaced, and may have none.</summary>
internal static class StoredHistory
{
    /// <summary>Reads it; no rows without a history.</summary>
    public static async Task<IReadOnlyList<JournalEntry>> ReadAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        // Looked up first: an error would end the transaction, and with it the snapshot.
        var table = HistoryTable.Of(connection.Options);
        if (
            !await connection
                .AnyAsync(
                    "SELECT 1 FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass($1) AND attname IN ('run_id', "
                        + "'event', 'tool_version') AND NOT attisdropped HAVING pg_catalog.count(*) = 3",
                    cancellationToken,
                    table
                )
                .ConfigureAwait(false)
        )
            return [];
        return await new PostgreSqlHistory(connection).ReadAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The stamp of the database, in whichever of its histories; null where none can be read.</summary>
    public static async Task<string?> TryReadStampAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            var found = await new HistorySearch(connection) { SkipsHidden = true }
                .RunAsync(cancellationToken)
                .ConfigureAwait(false);
            return found.Stamp;
        }
        catch (Exception e) when (e is MigrationException || (e is PostgresException refused && !PostgreSqlErrors.IsBroken(refused)))
        {
            return null;
        }
    }

    /// <summary>Reads it where that can be done, of a database that may be damaged; no rows otherwise.</summary>
    public static async Task<IReadOnlyList<JournalEntry>> TryReadAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(connection, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MigrationException || (e is PostgresException refused && !PostgreSqlErrors.IsBroken(refused)))
        {
            return [];
        }
    }
}
