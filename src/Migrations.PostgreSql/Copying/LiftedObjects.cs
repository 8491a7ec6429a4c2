using Migrations.Tables;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Triggers and foreign keys that are out of force in a transaction while rows come table by table, and return before its end: a key is
/// validated then, which costs one query and not one for each row.
/// </summary>
/// <param name="connection">The connection, in the transaction.</param>
internal sealed class LiftedObjects(PostgreSqlConnection connection)
{
    private readonly List<(string Table, string Name, string Definition, string? Comment)> _keys = [];
    private readonly List<(string Table, string Name, string Words)> _triggers = [];

    /// <summary>Lifts them.</summary>
    /// <param name="tables">The tables that get rows, as they are written into statements.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task LiftAsync(IReadOnlyList<string> tables, CancellationToken cancellationToken)
    {
        _keys.Clear();
        _triggers.Clear();
        var list = $"ARRAY[{string.Join(", ", tables.Select(t => PostgreSqlText.Literal(t) + "::regclass::oid"))}]::oid[]";
        await connection.QueryAsync(Keys(list), row => _keys.Add(Key(row)), cancellationToken).ConfigureAwait(false);
        await connection.QueryAsync(Triggers(list), row => _triggers.Add(Trigger(row)), cancellationToken).ConfigureAwait(false);
        foreach (var key in _keys)
            await connection.ExecuteAsync($"ALTER TABLE {key.Table} DROP CONSTRAINT {key.Name}", cancellationToken).ConfigureAwait(false);
        foreach (var trigger in _triggers)
            await connection
                .ExecuteAsync($"ALTER TABLE {trigger.Table} DISABLE TRIGGER {trigger.Name}", cancellationToken)
                .ConfigureAwait(false);
    }

    /// <summary>Restores them.</summary>
    /// <returns>The foreign keys that rows break.</returns>
    public async Task<IReadOnlyList<CopyObstacle>> RestoreAsync(CancellationToken cancellationToken)
    {
        // No check of the rows may be pending when a table is altered.
        await connection.ExecuteAsync("SET CONSTRAINTS ALL IMMEDIATE", cancellationToken).ConfigureAwait(false);
        var broken = new List<CopyObstacle>();
        foreach (var key in _keys)
        {
            if (await TryAsync(key, cancellationToken).ConfigureAwait(false) is { } refusal)
                broken.Add(new CopyObstacle(key.Table, Column: null, refusal, [], Rows: null));
        }

        foreach (var trigger in _triggers)
            await connection
                .ExecuteAsync($"ALTER TABLE {trigger.Table} {trigger.Words} TRIGGER {trigger.Name}", cancellationToken)
                .ConfigureAwait(false);
        return broken;
    }

    // https://www.postgresql.org/docs/current/catalog-pg-constraint.html; those of partitions follow their table's.
    private static string Keys(string tables) =>
        $"""
            SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname), quote_ident(k.conname), pg_get_constraintdef(k.oid),
                obj_description(k.oid, 'pg_constraint')
            FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE k.contype = 'f' AND k.conparentid = 0 AND (k.conrelid = ANY ({tables}) OR k.confrelid = ANY ({tables}))
            ORDER BY k.oid
            """;

    private static string Triggers(string tables) =>
        $"""
            SELECT quote_ident(n.nspname) || '.' || quote_ident(c.relname), quote_ident(t.tgname), t.tgenabled::text
            FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE NOT t.tgisinternal AND t.tgenabled <> 'D' AND t.tgrelid = ANY ({tables}) ORDER BY t.oid
            """;

    private static (string, string, string, string?) Key(NpgsqlDataReader row) =>
        (row.GetString(0), row.GetString(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3));

    private static (string, string, string) Trigger(NpgsqlDataReader row) =>
        (
            row.GetString(0),
            row.GetString(1),
            row.GetString(2) switch
            {
                "R" => "ENABLE REPLICA",
                "A" => "ENABLE ALWAYS",
                _ => "ENABLE",
            }
        );

    private async Task<string?> TryAsync(
        (string Table, string Name, string Definition, string? Comment) key,
        CancellationToken cancellationToken
    )
    {
        await connection.ExecuteAsync("SAVEPOINT migrations_part", cancellationToken).ConfigureAwait(false);
        try
        {
            await connection
                .ExecuteAsync($"ALTER TABLE {key.Table} ADD CONSTRAINT {key.Name} {key.Definition}", cancellationToken)
                .ConfigureAwait(false);
            if (key.Comment is { } comment)
                await connection
                    .ExecuteAsync(
                        $"COMMENT ON CONSTRAINT {key.Name} ON {key.Table} IS {PostgreSqlText.Literal(comment)}",
                        cancellationToken
                    )
                    .ConfigureAwait(false);
            await connection.ExecuteAsync("RELEASE SAVEPOINT migrations_part", cancellationToken).ConfigureAwait(false);
            return null;
        }
        catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e) && !cancellationToken.IsCancellationRequested)
        {
            await connection.ExecuteAsync("ROLLBACK TO SAVEPOINT migrations_part", cancellationToken).ConfigureAwait(false);
            return e.Detail is null ? e.MessageText : $"{e.MessageText}: {e.Detail}";
        }
    }
}
