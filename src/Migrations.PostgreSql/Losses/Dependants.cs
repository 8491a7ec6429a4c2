namespace Migrations.PostgreSql;

/// <summary>A table or a column with data, that goes.</summary>
/// <param name="Table">The table's number.</param>
/// <param name="Number">The column's; 0 for the table.</param>
/// <param name="Name">The table's name, qualified and quoted.</param>
/// <param name="Column">The column's name, quoted; null for the table.</param>
/// <param name="IsPartitioned">Whether its rows lie in partitions.</param>
/// <param name="IsInside">Whether it is a partition of a table that goes too, and is counted there.</param>
internal sealed record Dependant(uint Table, int Number, string Name, string? Column, bool IsPartitioned, bool IsInside);

/// <summary>
/// What goes with an object, by <see href="https://www.postgresql.org/docs/current/catalog-pg-depend.html">pg_depend</see>: parts of it
/// always, what merely uses it with CASCADE.
/// </summary>
internal static class Dependants
{
    /// <summary>
    /// What CASCADE would take beyond what is named and its parts: constraints, views, functions, defaults, whatever they are. A view is
    /// reached by way of its rule.
    /// </summary>
    public static async Task<IReadOnlyList<LostObject>> CascadedAsync(
        PostgreSqlConnection connection,
        string kind,
        string name,
        string? column,
        CancellationToken cancellationToken
    )
    {
        var found = new List<LostObject>();
        if (await ResolveAsync(connection, kind, name, cancellationToken).ConfigureAwait(false) is not { } root)
            return found;
        await connection
            .QueryAsync(
                $"""
                WITH RECURSIVE going(class, oid, number, counts) AS (
                    SELECT r.*, false FROM ({Root(kind, column is not null)}) r
                    UNION SELECT x.* FROM going g, LATERAL (
                        SELECT d.classid, d.objid, d.objsubid, d.deptype = 'n' FROM pg_catalog.pg_depend d
                            WHERE d.refclassid = g.class AND d.refobjid = g.oid AND (g.number = 0 OR d.refobjsubid = g.number)
                                AND d.deptype IN ('a', 'i', 'e', 'P', 'S', 'n')
                        UNION ALL SELECT 'pg_catalog.pg_class'::regclass::oid, w.ev_class, 0, true FROM pg_catalog.pg_rewrite w
                            WHERE g.class = 'pg_catalog.pg_rewrite'::regclass AND w.oid = g.oid) x)
                SELECT DISTINCT i.type, i.identity FROM going g, LATERAL pg_catalog.pg_identify_object(g.class, g.oid, g.number) i
                WHERE g.counts AND g.class <> 'pg_catalog.pg_rewrite'::regclass
                    AND NOT EXISTS (SELECT FROM ({Root(kind, column is not null)}) r(class, oid, number) WHERE r.class = g.class
                        AND r.oid = g.oid AND r.number IN (0, g.number))
                ORDER BY 1, 2
                """,
                row => found.Add(new LostObject(row.GetString(0), row.GetString(1), Table: null, Sql: null, LostObjectWeight.Listed)),
                cancellationToken,
                column is null ? [root] : [root, column]
            )
            .ConfigureAwait(false);
        return found;
    }

    private static string Root(string kind, bool isColumn) =>
        kind switch
        {
            "TABLE" or "VIEW" when isColumn =>
                "SELECT 'pg_catalog.pg_class'::regclass::oid, a.attrelid, a.attnum::int FROM pg_catalog.pg_attribute a WHERE "
                    + "a.attrelid = $1::bigint::oid AND a.attname = (pg_catalog.parse_ident($2))[1]",
            "TABLE" or "VIEW" => "SELECT 'pg_catalog.pg_class'::regclass::oid, $1::bigint::oid, 0",
            _ => RootOf(kind),
        };

    /// <summary>What goes with a relation.</summary>
    public static Task<IReadOnlyList<Dependant>> OfRelationAsync(
        PostgreSqlConnection connection,
        uint relation,
        bool cascades,
        CancellationToken cancellationToken
    ) =>
        FindAsync(
            connection,
            "SELECT 'pg_catalog.pg_class'::regclass::oid, $1::bigint::oid, 0",
            cascades,
            cancellationToken,
            "",
            (long)relation
        );

    /// <summary>What goes with a column.</summary>
    public static Task<IReadOnlyList<Dependant>> OfColumnAsync(
        PostgreSqlConnection connection,
        uint table,
        string column,
        bool cascades,
        CancellationToken cancellationToken
    ) =>
        FindAsync(
            connection,
            "SELECT 'pg_catalog.pg_class'::regclass::oid, a.attrelid, a.attnum::int FROM pg_catalog.pg_attribute a WHERE "
                + "a.attrelid = $1::bigint::oid AND a.attname = (pg_catalog.parse_ident($2))[1] AND NOT a.attisdropped AND "
                + "a.attnum > 0",
            cascades,
            cancellationToken,
            "",
            (long)table,
            column
        );

    /// <summary>The columns of a table whose values are stored, and not computed.</summary>
    public static async Task<IReadOnlyList<Dependant>> ColumnsAsync(
        PostgreSqlConnection connection,
        Dependant table,
        CancellationToken cancellationToken
    )
    {
        var found = new List<Dependant>();
        await connection
            .QueryAsync(
                "SELECT a.attnum::int, pg_catalog.quote_ident(a.attname) FROM pg_catalog.pg_attribute a WHERE a.attrelid = "
                    + "$1::bigint::oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '' ORDER BY a.attnum",
                row => found.Add(table with { Number = row.GetInt32(0), Column = row.GetString(1) }),
                cancellationToken,
                (long)table.Table
            )
            .ConfigureAwait(false);
        return found;
    }

    /// <summary>A table or view of which rows go.</summary>
    public static async Task<Dependant> OfRowsAsync(PostgreSqlConnection connection, uint relation, CancellationToken cancellationToken)
    {
        Dependant? found = null;
        await connection
            .QueryAsync(
                """
                SELECT c.oid::bigint, 0, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname), NULL::text,
                    c.relkind = 'p', false
                FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1::bigint::oid
                """,
                row => found = Read(row),
                cancellationToken,
                (long)relation
            )
            .ConfigureAwait(false);
        return found!;
    }

    /// <summary>What goes with a schema, a type or an extension; null when a type is not there.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="kind">What it is.</param>
    /// <param name="name">Its name in the database.</param>
    /// <param name="cascades">Whether what uses it goes too.</param>
    /// <param name="movedOut">The tables that are no longer in the schema.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<IReadOnlyList<Dependant>?> OfAsync(
        PostgreSqlConnection connection,
        string kind,
        string name,
        bool cascades,
        IReadOnlyList<uint> movedOut,
        CancellationToken cancellationToken
    )
    {
        if (await ResolveAsync(connection, kind, name, cancellationToken).ConfigureAwait(false) is not { } root)
            return null;
        var without =
            movedOut.Count == 0
                ? ""
                : $" AND (d.refclassid <> 'pg_catalog.pg_namespace'::regclass OR d.objid NOT IN ({string.Join(", ", movedOut)}))";
        return await FindAsync(connection, RootOf(kind), cascades, cancellationToken, without, root).ConfigureAwait(false);
    }

    /// <summary>
    /// What a name stands for where the script would say it: the number of a relation or a type; a schema or an extension keeps its name.
    /// Null when it is not there.
    /// </summary>
    private static async Task<object?> ResolveAsync(
        PostgreSqlConnection connection,
        string kind,
        string name,
        CancellationToken cancellationToken
    )
    {
        if (kind is "SCHEMA" or "EXTENSION")
            return name;
        var function = kind is "TABLE" or "VIEW" ? "to_regclass" : "to_regtype";
        long? found = null;
        await connection
            .QueryAsScriptAsync(
                $"SELECT pg_catalog.{function}($1)::pg_catalog.oid::pg_catalog.int8",
                row => found = row.IsDBNull(0) ? null : row.GetInt64(0),
                cancellationToken,
                name
            )
            .ConfigureAwait(false);
        return found;
    }

    private static string RootOf(string kind) =>
        kind switch
        {
            "SCHEMA" => "SELECT 'pg_catalog.pg_namespace'::regclass::oid, n.oid, 0 FROM pg_catalog.pg_namespace n WHERE n.nspname = "
                + "(pg_catalog.parse_ident($1))[1]",
            "EXTENSION" => "SELECT 'pg_catalog.pg_extension'::regclass::oid, e.oid, 0 FROM pg_catalog.pg_extension e WHERE e.extname = "
                + "(pg_catalog.parse_ident($1))[1]",
            _ => "SELECT 'pg_catalog.pg_type'::regclass::oid, $1::bigint::oid, 0",
        };

    /// <summary>The tables that are emptied with one: those that inherit from it, with CASCADE those that refer to it.</summary>
    public static async Task<IReadOnlyList<Dependant>> EmptiedWithAsync(
        PostgreSqlConnection connection,
        uint table,
        bool cascades,
        CancellationToken cancellationToken
    )
    {
        var found = new List<Dependant>();
        await connection
            .QueryAsync(
                $"""
                WITH RECURSIVE emptied(oid) AS (
                    SELECT $1::bigint::oid
                    UNION SELECT x.* FROM emptied e, LATERAL (
                        SELECT i.inhrelid FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_class p ON p.oid = i.inhrelid
                            WHERE i.inhparent = e.oid AND NOT p.relispartition
                        UNION ALL SELECT k.conrelid FROM pg_catalog.pg_constraint k WHERE k.confrelid = e.oid AND k.contype = 'f'
                            AND k.conparentid = 0 AND {(cascades ? "true" : "false")}) x)
                SELECT c.oid::bigint, 0, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname), NULL::text,
                    c.relkind = 'p', false
                FROM emptied e JOIN pg_catalog.pg_class c ON c.oid = e.oid AND c.relkind IN ('r', 'p')
                    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                    ORDER BY c.oid <> $1::bigint::oid, 3
                """,
                row => found.Add(Read(row)),
                cancellationToken,
                (long)table
            )
            .ConfigureAwait(false);
        return found;
    }

    // Parts: automatic (a), internal (i), of an extension (e), of a partitioned object (P, S). Users of it: normal (n).
    private static async Task<IReadOnlyList<Dependant>> FindAsync(
        PostgreSqlConnection connection,
        string root,
        bool cascades,
        CancellationToken cancellationToken,
        string without,
        params object?[] values
    )
    {
        var found = new List<Dependant>();
        await connection
            .QueryAsync(
                $"""
                WITH RECURSIVE going(class, oid, number) AS (
                    {root}
                    UNION SELECT d.classid, d.objid, d.objsubid FROM going g JOIN pg_catalog.pg_depend d ON d.refclassid = g.class
                        AND d.refobjid = g.oid AND (g.number = 0
                        OR d.refobjsubid = g.number)
                    WHERE d.deptype IN ('a', 'i', 'e', 'P', 'S'{(cascades ? ", 'n'" : "")}){without})
                SELECT DISTINCT c.oid::bigint, g.number, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname),
                    pg_catalog.quote_ident(a.attname),
                    c.relkind = 'p',
                    c.relispartition AND EXISTS (SELECT FROM pg_catalog.pg_inherits i JOIN going p ON p.oid = i.inhparent
                        AND p.number = g.number AND p.class = g.class
                        WHERE i.inhrelid = c.oid)
                FROM going g JOIN pg_catalog.pg_class c ON c.oid = g.oid AND c.relkind IN ('r', 'p')
                    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = g.number AND g.number > 0
                WHERE g.class = 'pg_catalog.pg_class'::regclass AND COALESCE(a.attgenerated, '') = '' AND (g.number = 0
                    OR NOT EXISTS (SELECT FROM going w WHERE w.class = g.class AND w.oid = g.oid
                    AND w.number = 0)) ORDER BY 3, 2
                """,
                row => found.Add(Read(row)),
                cancellationToken,
                values
            )
            .ConfigureAwait(false);
        return found;
    }

    private static Dependant Read(Npgsql.NpgsqlDataReader row) =>
        new(
            (uint)row.GetInt64(0),
            row.GetInt32(1),
            row.GetString(2),
            row.IsDBNull(3) ? null : row.GetString(3),
            row.GetBoolean(4),
            row.GetBoolean(5)
        );
}
