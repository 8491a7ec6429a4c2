using System.Diagnostics;
using System.Globalization;
using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>The tables of other migration tools in a PostgreSQL database.</summary>
/// <param name="connection">The connection.</param>
internal sealed class PostgreSqlForeignTables(PostgreSqlConnection connection) : IForeignTables
{
    private const string Search = """
        SELECT n.nspname::text, c.relname::text, a.attname::text
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.relkind IN ('r', 'p') AND lower(c.relname) = ANY (string_to_array($1, ','))
            AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
        ORDER BY n.nspname <> $2, n.nspname, c.relname, a.attnum
        """;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    /// <inheritdoc/>
    public string DropHistory => $"DROP TABLE {HistoryTable.Of(connection.Options)}";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ForeignTable>> FindAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        var found = new List<(string Schema, string Name, string Column)>();
        await PostgreSqlErrors
            .TranslateAsync(
                connection.QueryAsync(
                    Search,
                    row => found.Add((row.GetString(0), row.GetString(1), row.GetString(2))),
                    cancellationToken,
                    string.Join(',', names.Select(n => n.ToLowerInvariant())),
                    HistoryTable.Schema(connection.Options)
                ),
                "Looking for the history of another tool"
            )
            .ConfigureAwait(false);
        return
        [
            .. found
                .GroupBy(c => (c.Schema, c.Name))
                .Select(g => new ForeignTable
                {
                    Schema = g.Key.Schema,
                    Name = g.Key.Name,
                    Sql = $"{PostgreSqlText.Name(g.Key.Schema)}.{PostgreSqlText.Name(g.Key.Name)}",
                    Columns = [.. g.Select(c => c.Column)],
                }),
        ];
    }

    /// <inheritdoc/>
    /// <remarks>As JSON every type has a text (<see href="https://www.postgresql.org/docs/current/functions-json.html"/>): arrays stay
    /// readable, and moments do not depend on <c>DateStyle</c>.</remarks>
    public async Task<IReadOnlyList<ForeignRow>> ReadAsync(ForeignTable table, CancellationToken cancellationToken)
    {
        var rows = new List<ForeignRow>();
        var columns = string.Join(", ", table.Columns.Select(c => $"pg_catalog.to_json({PostgreSqlText.Name(c)}) #>> '{{}}'"));
        await PostgreSqlErrors
            .TranslateAsync(
                connection.QueryWithinLimitsAsync(
                    $"SELECT {columns} FROM {table.Sql}",
                    row =>
                    {
                        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
                        for (var i = 0; i < table.Columns.Count; i++)
                            values[table.Columns[i]] = row.IsDBNull(i) ? null : row.GetString(i);
                        rows.Add(new ForeignRow(values));
                    },
                    cancellationToken
                ),
                $"Reading {table.Display}"
            )
            .ConfigureAwait(false);
        return rows;
    }

    /// <inheritdoc/>
    /// <remarks>Behind a pooler in transaction mode a session has no backend on which it would stay, so it is not taken.</remarks>
    public async Task<IAsyncDisposable> LockAsync(long key, string holder, CancellationToken cancellationToken)
    {
        var taken = new AdvisoryLock(connection, key);
        if (connection.IsPooled)
            return taken;
        var waited = Stopwatch.StartNew();
        while (!await taken.TryTakeAsync(cancellationToken).ConfigureAwait(false))
        {
            if (waited.Elapsed >= connection.Options.LockTimeout)
            {
                throw new LockException(
                    ErrorId.LockTimedOut,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{holder} is migrating {connection.Target.Display}: its lock was not free within "
                            + $"{connection.Options.LockTimeout.TotalSeconds:0.#} s."
                    ),
                    $"Wait until {holder} has ended, or allow more time with {CallOption.LockTimeout}.",
                    holder: null
                );
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }

        return taken;
    }

    /// <inheritdoc/>
    /// <remarks>See <see href="https://www.postgresql.org/docs/current/explicit-locking.html"/>. Who may only read the table cannot lock
    /// it.</remarks>
    public Task HoldAsync(ForeignTable table, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(LockTableAsync(table, cancellationToken), $"Locking {table.Display}");

    private async Task LockTableAsync(ForeignTable table, CancellationToken cancellationToken)
    {
        if (
            await connection
                .AnyAsync(
                    $"SELECT 1 WHERE pg_catalog.has_table_privilege({PostgreSqlText.Literal(table.Sql)}, 'UPDATE')",
                    cancellationToken
                )
                .ConfigureAwait(false)
        )
            await connection
                .QueryWithinLimitsAsync($"LOCK TABLE {table.Sql} IN SHARE ROW EXCLUSIVE MODE", _ => { }, cancellationToken)
                .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task ExecuteAsync(IReadOnlyList<string> statements, CancellationToken cancellationToken) =>
        PostgreSqlErrors.TranslateAsync(RunAsync(statements, cancellationToken), "Writing the history of another tool");

    private async Task RunAsync(IReadOnlyList<string> statements, CancellationToken cancellationToken)
    {
        foreach (var statement in statements)
            await connection.ExecuteAsync(statement, cancellationToken).ConfigureAwait(false);
    }

    private sealed class AdvisoryLock(PostgreSqlConnection connection, long key) : IAsyncDisposable
    {
        private bool _isHeld;

        public async Task<bool> TryTakeAsync(CancellationToken cancellationToken)
        {
            await PostgreSqlErrors
                .TranslateAsync(
                    connection.QueryAsync(
                        "SELECT pg_catalog.pg_try_advisory_lock($1)",
                        row => _isHeld = row.GetBoolean(0),
                        cancellationToken,
                        key
                    ),
                    "Taking the lock of another tool"
                )
                .ConfigureAwait(false);
            return _isHeld;
        }

        // A closed connection has given it back already.
        public async ValueTask DisposeAsync()
        {
            if (_isHeld && connection.IsOpen)
                await connection
                    .QueryAsync("SELECT pg_catalog.pg_advisory_unlock($1)", _ => { }, CancellationToken.None, key)
                    .ConfigureAwait(false);
        }
    }
}
