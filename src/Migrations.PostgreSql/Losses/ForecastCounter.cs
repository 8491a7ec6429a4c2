using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Counts what would be lost, while there is time.</summary>
/// <param name="connection">The connection, in a transaction.</param>
/// <param name="limit">How long all counting may take.</param>
internal sealed class ForecastCounter(PostgreSqlConnection connection, TimeSpan limit)
{
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    /// <summary>Whether the last count was refused because a policy hides rows.</summary>
    public bool IsHidden { get; private set; }

    /// <summary>Counts the rows of a table, or the values of a column; where that is not possible, the server's estimate.</summary>
    public async Task<(long? Rows, bool IsEstimate)> CountAsync(Dependant item, CancellationToken cancellationToken) =>
        await CountAsync(() => CountAllAsync(item, cancellationToken), cancellationToken).ConfigureAwait(false) is { } rows
            ? (rows, false)
            : await EstimateAsync(item, cancellationToken).ConfigureAwait(false);

    private async Task<long?> CountAllAsync(Dependant item, CancellationToken cancellationToken)
    {
        long? rows = null;
        var condition = item.Column is null ? "" : $" WHERE {item.Column} IS NOT NULL";
        await connection
            .QueryTablesAsync(
                $"SELECT pg_catalog.count(*) FROM {(item.IsPartitioned ? "" : "ONLY ")}{item.Name}{condition}",
                row => rows = row.GetInt64(0),
                cancellationToken
            )
            .ConfigureAwait(false);
        return rows;
    }

    /// <summary>Counts while there is time; null when time is up, or the server refuses.</summary>
    public async Task<long?> CountAsync(Func<Task<long?>> count, CancellationToken cancellationToken)
    {
        var left = Math.Max(1, (long)(limit - _clock.Elapsed).TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        await connection
            .QueryAsync("SELECT pg_catalog.set_config('statement_timeout', $1, true)", _ => { }, cancellationToken, left)
            .ConfigureAwait(false);
        await connection.ExecuteAsync("SAVEPOINT migrations_count", cancellationToken).ConfigureAwait(false);
        IsHidden = false;
        try
        {
            return await count().ConfigureAwait(false);
        }
        catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e) && !cancellationToken.IsCancellationRequested)
        {
            IsHidden = PostgreSqlErrors.IsHidden(e);
            await connection.ExecuteAsync("ROLLBACK TO SAVEPOINT migrations_count", cancellationToken).ConfigureAwait(false);
            return null;
        }
    }

    private async Task<(long? Rows, bool IsEstimate)> EstimateAsync(Dependant item, CancellationToken cancellationToken)
    {
        await connection
            .QueryAsync("SELECT pg_catalog.set_config('statement_timeout', '0', true)", _ => { }, cancellationToken)
            .ConfigureAwait(false);
        var rows = await EstimatedRowsAsync(item, cancellationToken).ConfigureAwait(false);
        return (rows, rows is not null);
    }

    /// <summary>
    /// The server's estimate of the rows, from its last ANALYZE or from what it has counted since; null when it has none, or none that can
    /// be distinguished from never having looked.
    /// </summary>
    private async Task<long?> EstimatedRowsAsync(Dependant item, CancellationToken cancellationToken)
    {
        long? rows = null;
        await connection
            .QueryAsync(
                """
                WITH RECURSIVE parts(oid) AS (SELECT $1::bigint::oid UNION SELECT i.inhrelid FROM parts p
                    JOIN pg_catalog.pg_inherits i ON i.inhparent = p.oid WHERE $3 = 1)
                SELECT CASE WHEN sum(c.rows) > 0 THEN (sum(c.rows) * (1 - COALESCE(max(s.null_frac), 0)))::bigint END
                FROM parts p JOIN (SELECT oid, relkind, relname, relnamespace, GREATEST(reltuples, pg_stat_get_live_tuples(oid), 0) AS rows
                    FROM pg_class) c ON c.oid = p.oid AND c.relkind = 'r'
                JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = $1::bigint::oid AND a.attnum = $2
                LEFT JOIN pg_catalog.pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname
                """,
                row => rows = row.IsDBNull(0) ? null : row.GetInt64(0),
                cancellationToken,
                (long)item.Table,
                item.Number,
                item.IsPartitioned ? 1 : 0
            )
            .ConfigureAwait(false);
        return rows;
    }
}
