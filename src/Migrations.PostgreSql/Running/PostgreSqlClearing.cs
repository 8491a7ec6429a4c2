using System.Globalization;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Takes everything out of a database that its role may drop, in one transaction. What belongs to the database itself stays: its owner,
/// settings, privileges and comment, and the schema <c>public</c>, which is only emptied.
/// </summary>
/// <param name="connection">The connection, which holds the migration lock.</param>
internal sealed class PostgreSqlClearing(PostgreSqlConnection connection)
{
    // As many as fit one message comfortably; each drops what depends on it too.
    private const int StatementsAtOnce = 500;

    /// <summary>Empties it.</summary>
    /// <returns>What stayed, one line each.</returns>
    public Task<IReadOnlyList<string>> RunAsync(CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(RunInTransactionAsync(cancellationToken), "Clearing the database");

    private async Task<IReadOnlyList<string>> RunInTransactionAsync(CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync("BEGIN", cancellationToken).ConfigureAwait(false);
        try
        {
            await connection.ExecuteAsync(Settings, cancellationToken).ConfigureAwait(false);
            await DropAsync(await FindAsync(cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            await connection.ExecuteAsync(UnlinkLargeObjects, cancellationToken).ConfigureAwait(false);
            var left = await FindAsync(cancellationToken).ConfigureAwait(false);
            List<string> stayed = [.. left.Where(o => !IsOfLock(o)).Select(o => $"{o.Kind} {o.Name} (owned by {o.Owner})")];
            await connection
                .QueryAsync(ClearedQueries.NeverDropped, row => stayed.Add(row.GetString(0)), cancellationToken)
                .ConfigureAwait(false);
            await connection.ExecuteAsync("COMMIT", cancellationToken).ConfigureAwait(false);
            return stayed;
        }
        catch
        {
            await connection.RollBackAsync().ConfigureAwait(false);
            throw;
        }
    }

    private static string UnlinkLargeObjects =>
        """
            SELECT pg_catalog.lo_unlink(o.oid) FROM pg_catalog.pg_largeobject_metadata o
            WHERE pg_catalog.pg_has_role(o.lomowner, 'USAGE')
            """;

    // The lock is demanded in the transaction; nothing waits longer than a step of a migration would; what a CASCADE takes is meant.
    private string Settings =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            SELECT pg_catalog.set_config('search_path', '{OwnSettings.SearchPath}', true),
                pg_catalog.set_config('client_min_messages', 'warning', true),
                pg_catalog.set_config('lock_timeout', '{Math.Max(1, (long)connection.Options.TableLockTimeout.TotalMilliseconds)}', true),
                pg_catalog.set_config('statement_timeout', '0', true), {connection.Guard ?? "1"}
            """
        );

    private async Task<List<ClearedObject>> FindAsync(CancellationToken cancellationToken)
    {
        var found = new List<ClearedObject>();
        await connection
            .QueryAsync(
                ClearedQueries.Objects,
                row => found.Add(new ClearedObject(row.GetString(0), row.GetString(1), row.GetString(2), row.GetBoolean(3))),
                cancellationToken
            )
            .ConfigureAwait(false);
        return found;
    }

    private async Task DropAsync(List<ClearedObject> objects, CancellationToken cancellationToken)
    {
        foreach (var some in objects.Where(o => o.MayDrop && !IsOfLock(o)).Chunk(StatementsAtOnce))
        {
            var batch = connection.CreateBatch();
            await using var _ = batch.ConfigureAwait(false);
            foreach (var one in some)
                batch.BatchCommands.Add(new NpgsqlBatchCommand($"DROP {one.Kind} IF EXISTS {one.Name} CASCADE"));
            await batch.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Behind a pooler the lock is a row of a table, which the run still holds.</summary>
    private bool IsOfLock(ClearedObject one)
    {
        if (!connection.IsPooled)
            return false;
        var schema = connection.Options.HistorySchema ?? "public";
        return one.Kind switch
        {
            "SCHEMA" => string.Equals(one.Name.Trim('"'), schema, StringComparison.Ordinal),
            "TABLE" => one.Name.EndsWith(".migration_lock", StringComparison.Ordinal),
            _ => false,
        };
    }
}
