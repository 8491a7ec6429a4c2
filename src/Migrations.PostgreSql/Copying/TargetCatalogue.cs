using Migrations.Tables;

namespace Migrations.PostgreSql;

/// <summary>What the target has already, and what it makes of the tables that were built.</summary>
/// <param name="connection">The connection.</param>
internal sealed class TargetCatalogue(PostgreSqlConnection connection)
{
    /// <summary>The schema in which new tables are created; null when the search_path names none that exists.</summary>
    public async Task<string?> FindSchemaAsync(CancellationToken cancellationToken)
    {
        string? schema = null;
        await connection
            .QueryAsScriptAsync(
                "SELECT pg_catalog.current_schema()::pg_catalog.text",
                row => schema = row.IsDBNull(0) ? null : row.GetString(0),
                cancellationToken
            )
            .ConfigureAwait(false);
        return schema;
    }

    /// <summary>The relations of a schema: the letter of their kind, by name.</summary>
    public async Task<Dictionary<string, char>> RelationsAsync(string schema, CancellationToken cancellationToken)
    {
        var relations = new Dictionary<string, char>(StringComparer.Ordinal);
        await connection
            .QueryAsync(
                """
                SELECT c.relname::text, c.relkind::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1
                """,
                row => relations[row.GetString(0)] = row.GetString(1)[0],
                cancellationToken,
                schema
            )
            .ConfigureAwait(false);
        return relations;
    }

    /// <summary>Whether a table has a row.</summary>
    public Task<bool> HasRowsAsync(string qualified, CancellationToken cancellationToken) =>
        HasRowAsync($"SELECT 1 FROM {qualified} LIMIT 1", cancellationToken);

    private async Task<bool> HasRowAsync(string sql, CancellationToken cancellationToken) =>
        await connection.QueryTablesAsync(sql, _ => { }, cancellationToken).ConfigureAwait(false) > 0;

    /// <summary>Compares a table with its plan: NOT NULL, the primary key, keys that are not validated, the numbering.</summary>
    /// <param name="schema">Where it was built.</param>
    /// <param name="table">The plan.</param>
    /// <param name="refused">What the server has refused, which is reported already.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<IReadOnlyList<CopyObstacle>> VerifyAsync(
        string schema,
        CopyTable table,
        IReadOnlyList<LeftOutObject> refused,
        CancellationToken cancellationToken
    )
    {
        var found = new List<string>();
        int RefusedIndexes() => Refused("primary key") + Refused("unique") + Refused("index") + Refused("full-text index");
        int Refused(string kind) => refused.Count(r => Is(r.Kind, kind) && Is(r.Table, table.Name));
        await connection
            .QueryAsync(
                """
                SELECT (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0 AND a.attnotnull)::int,
                    (SELECT count(*) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p' AND k.convalidated)::int,
                    (SELECT count(*) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.convalidated)::int,
                    (SELECT count(*) FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'c' AND k.convalidated)::int,
                    (SELECT count(*) FROM pg_index i WHERE i.indrelid = c.oid AND i.indisvalid)::int
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2
                """,
                row =>
                {
                    var isKeyed = table.PrimaryKey.Count > 0 && Refused("primary key") == 0;
                    var notNull = table.Columns.Count(c =>
                        c.NotNull || (isKeyed && table.PrimaryKey.Contains(c.Name, StringComparer.Ordinal))
                    );
                    Compare(found, "columns NOT NULL", notNull, row.GetInt32(0));
                    Compare(found, "primary keys", isKeyed ? 1 : 0, row.GetInt32(1));
                    Compare(found, "validated foreign keys", table.ForeignKeys.Count - Refused("foreign key"), row.GetInt32(2));
                    Compare(found, "checks", table.Checks.Count - Refused("check"), row.GetInt32(3));
                    Compare(found, "keys and indexes", IndexesOf(table) - RefusedIndexes(), row.GetInt32(4));
                },
                cancellationToken,
                schema,
                TargetNames.Of(table.Name)
            )
            .ConfigureAwait(false);
        if (table.Columns.FirstOrDefault(c => c.IsIdentity) is { } identity)
            await CompareNumberingAsync(schema, table, identity, found, cancellationToken).ConfigureAwait(false);
        return [.. found.Select(f => new CopyObstacle(table.Name, Column: null, f, [], Rows: null))];
    }

    // A key without regard to case has an index of its own.
    private static int IndexesOf(CopyTable table) =>
        (table.PrimaryKey.Count > 0 ? 1 : 0)
        + table.Keys.Count
        + (table.PrimaryKey.Any(c => table.Column(c).IgnoresCase) ? 1 : 0)
        + table.Indexes.Count
        + table.FullTexts.Count;

    private async Task CompareNumberingAsync(
        string schema,
        CopyTable table,
        CopyColumn identity,
        List<string> found,
        CancellationToken cancellationToken
    )
    {
        string? sequence = null;
        await connection
            .QueryAsync(
                "SELECT pg_get_serial_sequence($1, $2)",
                row => sequence = row.IsDBNull(0) ? null : row.GetString(0),
                cancellationToken,
                TargetNames.Qualified(schema, table.Name),
                TargetNames.Of(identity.Name)
            )
            .ConfigureAwait(false);
        if (sequence is null)
        {
            found.Add($"{identity.Name} does not number the rows");
            return;
        }

        await connection
            .QueryAsync(
                $"SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM {sequence}",
                row => Compare(found, "the highest number given out", Math.Max(0, identity.HighestId), row.GetInt64(0)),
                cancellationToken
            )
            .ConfigureAwait(false);
    }

    private static bool Is(string? one, string other) => string.Equals(one, other, StringComparison.Ordinal);

    private static void Compare(List<string> found, string what, long wanted, long there)
    {
        if (wanted != there)
            found.Add(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{what}: {wanted} expected, {there} found"));
    }
}
