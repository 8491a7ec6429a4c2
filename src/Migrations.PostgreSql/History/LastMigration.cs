using Migrations.History;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>The last migration that is applied to a database, of whichever service.</summary>
internal static class LastMigration
{
    /// <summary>Reads it; null without a history.</summary>
    public static async Task<HistoryRecord?> ReadAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
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
            return null;
        var entries = await new PostgreSqlHistory(connection).ReadAsync(cancellationToken).ConfigureAwait(false);
        return entries
            .Select(e => e.Service)
            .Distinct(StringComparer.Ordinal)
            .SelectMany(service => HistoryView.From(entries, service, identityByName: false).Applied)
            .MaxBy(r => r.FirstApplied!.Id);
    }

    /// <summary>Reads it where that can be done, of a database that may be damaged; null otherwise.</summary>
    public static async Task<HistoryRecord?> TryReadAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(connection, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is MigrationException || (e is PostgresException refused && !PostgreSqlErrors.IsBroken(refused)))
        {
            return null;
        }
    }
}
