using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>
/// Reads the foreign keys that act when rows of their parent are deleted or get another key (<see
/// href="https://www.postgresql.org/docs/current/catalog-pg-constraint.html">pg_constraint.confdeltype, confupdtype</see>). Those of
/// partitions repeat their table's.
/// </summary>
internal static class ActingKeys
{
    private const string All = """
        SELECT pg_catalog.quote_ident(pn.nspname) || '.' || pg_catalog.quote_ident(p.relname),
            pg_catalog.quote_ident(cn.nspname) || '.' || pg_catalog.quote_ident(c.relname),
            (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), pg_catalog.chr(10) ORDER BY u.n)
                FROM pg_catalog.unnest(k.conkey) WITH ORDINALITY u (col, n)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.col),
            (SELECT pg_catalog.string_agg(pg_catalog.quote_ident(a.attname), pg_catalog.chr(10) ORDER BY u.n)
                FROM pg_catalog.unnest(k.confkey) WITH ORDINALITY u (col, n)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.col),
            k.confdeltype = 'c', k.confdeltype IN ('n', 'd'), k.confupdtype IN ('c', 'n', 'd')
        FROM pg_catalog.pg_constraint k JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
            JOIN pg_catalog.pg_namespace cn ON cn.oid = c.relnamespace
            JOIN pg_catalog.pg_class p ON p.oid = k.confrelid JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
        WHERE k.contype = 'f' AND (k.confdeltype IN ('c', 'n', 'd') OR k.confupdtype IN ('c', 'n', 'd')) AND k.conparentid = 0
        ORDER BY 2, k.conname
        """;

    /// <summary>Reads all of the database.</summary>
    public static async Task<IReadOnlyList<ActingKey>> ReadAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        var keys = new List<ActingKey>();
        await connection
            .QueryAsync(
                All,
                row =>
                    keys.Add(
                        new ActingKey(
                            row.GetString(0),
                            row.GetString(1),
                            row.GetString(2).Split('\n'),
                            row.GetString(3).Split('\n'),
                            row.GetBoolean(4) ? KeyAction.Cascade
                                : row.GetBoolean(5) ? KeyAction.Overwrite
                                : KeyAction.None,
                            row.GetBoolean(6)
                        )
                    ),
                cancellationToken
            )
            .ConfigureAwait(false);
        return keys;
    }
}
