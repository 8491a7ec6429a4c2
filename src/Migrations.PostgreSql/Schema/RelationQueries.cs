using static Migrations.PostgreSql.CatalogueScope;

namespace Migrations.PostgreSql;

/// <summary>Queries for tables and what belongs to them (<see href="https://www.postgresql.org/docs/current/catalogs.html"/>).</summary>
internal static class RelationQueries
{
    /// <summary>All of them.</summary>
    public static IEnumerable<CatalogueQuery> Of(CatalogueScope scope) =>
        new (string Query, string Probe)[]
        {
            (Tables, IsAnyRelation("rpf")),
            (Columns(scope), IsAnyRelation("rpf")),
            (Constraints, IsAnyRelation("rpf")),
            (Indexes(scope), IsAnyRelation("rpm")),
            (Views, IsAnyRelation("vm")),
            (Triggers, IsAny("pg_trigger", "NOT c.tgisinternal")),
            (Rules, IsAny("pg_rewrite", "c.rulename <> '_RETURN'")),
            (Policies, IsAny("pg_policy", "true")),
        }.Select(q => new CatalogueQuery($"WITH {scope.Relations}\n{q.Query}", q.Probe));

    private static readonly string Tables = $"""
        SELECT 'Table' AS type, t.name, NULL AS "table", 0 AS position,
            concat_ws(' ', t.prefix, t.of_type, t.bound, t.parents, t.partitioned, t.method, t.options, t.server, t.security, t.replica,
                t.clustered) AS definition,
            'CREATE ' || concat_ws(' ', t.prefix, 'TABLE', t.name) AS create_sql,
            'DROP ' || CASE t.relkind WHEN 'f' THEN 'FOREIGN ' ELSE '' END || 'TABLE ' || t.name AS drop_sql,
            concat_ws(' ', COALESCE(t.of_type, t.bound, t.parents), t.partitioned, t.method, t.options, t.server) AS piece,
            concat_ws(E';\n', t.owned, t.enabled, t.forced,
                CASE WHEN t.relreplident IN ('f', 'n') THEN 'ALTER TABLE ' || t.name || ' ' || t.replica END) AS after
        FROM (
            SELECT r.name, r.relkind, r.relreplident,
                CASE WHEN r.relkind = 'f' THEN 'FOREIGN' WHEN r.relpersistence = 'u' THEN 'UNLOGGED' END AS prefix,
                CASE WHEN r.reloftype <> 0 THEN 'OF ' || format_type(r.reloftype, NULL) END AS of_type,
                CASE WHEN r.relispartition THEN 'PARTITION OF ' || p.names || ' ' || pg_get_expr(r.relpartbound, r.oid) END AS bound,
                CASE WHEN NOT r.relispartition THEN 'INHERITS (' || p.names || ')' END AS parents,
                CASE WHEN r.relkind = 'p' THEN 'PARTITION BY ' || pg_get_partkeydef(r.oid) END AS partitioned,
                (SELECT 'USING ' || quote_ident(am.amname) FROM pg_am am WHERE am.oid = r.relam AND am.amname <> 'heap') AS method,
                'WITH (' || NULLIF(concat_ws(', ', o.options, o.toast), '') || ')' AS options,
                (SELECT concat_ws(' ', 'SERVER ' || quote_ident(s.srvname), 'OPTIONS (' || (
                    SELECT string_agg(quote_ident(f.option_name) || ' ' || quote_literal(f.option_value),
                        ', ' ORDER BY f.option_name COLLATE "C")
                        FROM pg_options_to_table(ft.ftoptions) f) || ')')
                    FROM pg_foreign_table ft JOIN pg_foreign_server s ON s.oid = ft.ftserver WHERE ft.ftrelid = r.oid) AS server,
                CASE WHEN r.relrowsecurity THEN 'ENABLE ROW LEVEL SECURITY' || CASE WHEN r.relforcerowsecurity THEN ' FORCE' ELSE '' END
                    WHEN r.relforcerowsecurity THEN 'FORCE ROW LEVEL SECURITY' END AS security,
                CASE WHEN r.relrowsecurity THEN 'ALTER TABLE ' || r.name || ' ENABLE ROW LEVEL SECURITY' END AS enabled,
                CASE WHEN r.relforcerowsecurity THEN 'ALTER TABLE ' || r.name || ' FORCE ROW LEVEL SECURITY' END AS forced,
                'REPLICA IDENTITY ' || CASE r.relreplident WHEN 'f' THEN 'FULL' WHEN 'n' THEN 'NOTHING' WHEN 'i' THEN 'USING INDEX ' || (
                    SELECT quote_ident(ic.relname) FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid WHERE i.indrelid = r.oid
                        AND i.indisreplident) END AS replica,
                (SELECT 'CLUSTER ON ' || quote_ident(ic.relname) FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid
                    WHERE i.indrelid = r.oid
                    AND i.indisclustered) AS clustered,
                (SELECT string_agg('ALTER SEQUENCE ' || {Qualified("sn", "sc.relname")} || ' OWNED BY ' || r.name || '.' ||
                    quote_ident(a.attname), E';\n'
                    ORDER BY sc.relname)
                    FROM pg_depend d JOIN pg_class sc ON sc.oid = d.objid AND sc.relkind = 'S'
                        JOIN pg_namespace sn ON sn.oid = sc.relnamespace
                    JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum = d.refobjsubid
                    WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = r.oid AND d.classid = 'pg_class'::regclass
                        AND d.deptype = 'a') AS owned
            FROM rel r
            LEFT JOIN LATERAL (SELECT string_agg({Qualified("pn", "pc.relname")}, ', ' ORDER BY i.inhseqno) AS names
                FROM pg_inherits i JOIN pg_class pc ON pc.oid = i.inhparent JOIN pg_namespace pn ON pn.oid = pc.relnamespace
                    WHERE i.inhrelid = r.oid) p ON true
            LEFT JOIN LATERAL (SELECT {Options("r.reloptions")} AS options,
                (SELECT {Options("tc.reloptions", "toast.")} FROM pg_class tc WHERE tc.oid = r.reltoastrelid) AS toast) o ON true
            WHERE r.relkind IN ('r', 'p', 'f')) t
        """;

    private static string Columns(CatalogueScope scope) =>
        $"""
            SELECT 'Column' AS type, r.name || '.' || quote_ident(a.attname) AS name, r.name AS "table",
                (row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum))::int AS position,
                concat_ws(' ', t.body, n.later, 'STORAGE ' || t.storage, 'STATISTICS ' || t.target, t.options) AS definition,
                'ALTER TABLE ' || r.name || ' ADD COLUMN ' || quote_ident(a.attname) || ' ' || t.body AS create_sql,
                'ALTER TABLE ' || r.name || ' DROP COLUMN ' || quote_ident(a.attname) AS drop_sql,
                CASE WHEN (a.attislocal OR r.relispartition) AND r.reloftype = 0 THEN quote_ident(a.attname) || ' ' || t.body END AS piece,
                concat_ws(E';\n', 'ALTER TABLE ' || r.name || ' ADD ' || n.later, t.alter || 'SET STORAGE ' || t.storage,
                    t.alter || 'SET STATISTICS ' || t.target, t.alter || 'SET ' || t.options) AS after
            FROM rel r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
                JOIN pg_type y ON y.oid = a.atttypid
            LEFT JOIN pg_attrdef e ON e.adrelid = a.attrelid AND e.adnum = a.attnum
            LEFT JOIN (
                SELECT d.refobjid, d.refobjsubid, format('START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s',
                    s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END) AS options
                FROM pg_depend d JOIN pg_sequence s ON s.seqrelid = d.objid
                WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
                    AND d.deptype = 'i') s ON s.refobjid = a.attrelid AND s.refobjsubid = a.attnum
            LEFT JOIN LATERAL ({NotNull(scope)}) n ON true,
            LATERAL (SELECT concat_ws(' ',
                    format_type(a.atttypid, a.atttypmod),
                    (SELECT 'OPTIONS (' || string_agg(quote_ident(f.option_name) || ' ' || quote_literal(f.option_value),
                        ', ' ORDER BY f.option_name COLLATE "C") || ')'
                        FROM pg_options_to_table(a.attfdwoptions) f),
                    'COMPRESSION ' || CASE {scope.Since(14, "a.attcompression", "''")} WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END,
                    {Collation("a.attcollation", "y.typcollation")},
                    CASE a.attidentity WHEN 'a' THEN 'GENERATED ALWAYS AS IDENTITY' WHEN 'd' THEN 'GENERATED BY DEFAULT AS IDENTITY' END
                        || COALESCE(' (' || NULLIF(s.options, {UsualSequence}) || ')', ''),
                    CASE a.attgenerated WHEN 's' THEN 'GENERATED ALWAYS AS (' || pg_get_expr(e.adbin, e.adrelid) || ') STORED'
                        WHEN 'v' THEN 'GENERATED ALWAYS AS (' || pg_get_expr(e.adbin, e.adrelid) || ') VIRTUAL'
                        ELSE 'DEFAULT ' || {Default} END,
                    n.now) AS body,
                CASE WHEN a.attstorage <> y.typstorage THEN CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL'
                    WHEN 'm' THEN 'MAIN'
                    ELSE 'EXTENDED' END END AS storage,
                CASE WHEN a.attstattarget >= 0 THEN a.attstattarget::text END AS target,
                '(' || {Options("a.attoptions")} || ')' AS options,
                'ALTER TABLE ' || r.name || ' ALTER COLUMN ' || quote_ident(a.attname) || ' ' AS alter) t
            WHERE r.relkind IN ('r', 'p', 'f')
            """;

    // Since version 18 NOT NULL is a constraint with a name, which a dump writes when it is not the usual one, and one that is not valid is
    // added afterwards.
    private static string NotNull(CatalogueScope scope) =>
        scope.Since(
            18,
            """
            SELECT CASE WHEN k.convalidated THEN concat_ws(' ', k.called, 'NOT NULL', k.alone) END AS now,
                CASE WHEN NOT k.convalidated THEN concat_ws(' ', COALESCE(k.called, 'CONSTRAINT ' || quote_ident(k.conname)), 'NOT NULL',
                    quote_ident(a.attname), k.alone, 'NOT VALID') END AS later
            FROM (
                SELECT c.convalidated, c.conname, CASE WHEN c.connoinherit THEN 'NO INHERIT' END AS alone,
                    CASE WHEN c.conislocal AND NOT r.relispartition
                        AND c.conname <> r.relname || '_' || a.attname || '_not_null'
                        THEN 'CONSTRAINT ' || quote_ident(c.conname) END AS called
                FROM pg_constraint c WHERE c.conrelid = a.attrelid AND c.contype = 'n' AND c.conkey[1] = a.attnum) k
            """,
            "SELECT CASE WHEN a.attnotnull THEN 'NOT NULL' END AS now, NULL::text AS later"
        );

    // DEFAULT NULL is no default, but where it stands against that of a domain. A dump writes it for a partition whose parent has a
    // default.
    private const string Default =
        "(SELECT x.sql FROM (SELECT pg_get_expr(e.adbin, e.adrelid) AS sql) x WHERE x.sql NOT LIKE 'NULL::%' OR y.typtype = 'd')";

    // What the server writes for a sequence that was made without options.
    private const string UsualSequence = """
        format('START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE %s CACHE 1',
            CASE a.atttypid WHEN 'int2'::regtype THEN '32767' WHEN 'int4'::regtype THEN '2147483647' ELSE '9223372036854775807' END)
        """;

    // Those of a partition that come from its parent's are left out: they follow from it, and may get another name by a reload.
    private static readonly string Constraints = $"""
        SELECT 'Constraint' AS type, r.name || '.' || quote_ident(k.conname) AS name, r.name AS "table", 0 AS position, t.definition,
            'ALTER TABLE ' || r.name || ' ADD CONSTRAINT ' || quote_ident(k.conname) || ' ' || t.definition AS create_sql,
            'ALTER TABLE ' || r.name || ' DROP CONSTRAINT ' || quote_ident(k.conname) AS drop_sql,
            CASE WHEN k.contype <> 'f' AND k.convalidated THEN 'CONSTRAINT ' || quote_ident(k.conname) || ' ' || t.definition END AS piece,
            (SELECT concat_ws(E';\n', CASE WHEN i.indisreplident THEN 'ALTER TABLE ' || r.name || ' REPLICA IDENTITY USING INDEX ' ||
                quote_ident(k.conname) END,
                    CASE WHEN i.indisclustered THEN 'ALTER TABLE ' || r.name || ' CLUSTER ON ' || quote_ident(k.conname) END)
                FROM pg_index i WHERE i.indexrelid = k.conindid AND k.contype IN ('p', 'u')) AS after
        FROM rel r JOIN pg_constraint k ON k.conrelid = r.oid AND k.contype IN ('c', 'f', 'p', 'u', 'x'),
        LATERAL (SELECT COALESCE((SELECT regexp_replace(pg_get_constraintdef(k.oid), '( DEFERRABLE.*)?$',
            ' WITH (' || {Options("ic.reloptions")} || ')\1')
            FROM pg_class ic WHERE ic.oid = k.conindid AND k.contype IN ('p', 'u')
                AND ic.reloptions IS NOT NULL), pg_get_constraintdef(k.oid)) AS definition) t
        WHERE r.relkind IN ('r', 'p', 'f') AND k.conparentid = 0 AND (k.contype <> 'c' OR k.conislocal)
        """;

    private static string Indexes(CatalogueScope scope) =>
        $"""
            SELECT 'Index' AS type, t.name, r.name AS "table", 0 AS position,
                t.uniqueness || substr(t.sql, length(t.head) + 1) || CASE WHEN t.indisvalid THEN '' ELSE ' INVALID' END
                    || COALESCE(' ' || t.targets, '') AS definition,
                'CREATE ' || t.uniqueness || 'INDEX ' || t.plain || ' ON ' || r.name || ' ' || substr(t.sql,
                    length(t.head) + 1) AS create_sql,
                'DROP INDEX ' || t.name AS drop_sql, NULL AS piece,
                concat_ws(E';\n',
                    CASE WHEN t.indisreplident THEN 'ALTER TABLE ' || r.name || ' REPLICA IDENTITY USING INDEX ' || t.plain END,
                    CASE WHEN t.indisclustered THEN 'ALTER TABLE ' || r.name || ' CLUSTER ON ' || t.plain END,
                    'ALTER INDEX ' || t.name || ' ' || t.targets) AS after
            FROM rel r, LATERAL (
                SELECT quote_ident(r.nspname) || '.' || quote_ident(c.relname) AS name, quote_ident(c.relname) AS plain,
                    pg_get_indexdef(c.oid) AS sql, i.indisreplident,
                    i.indisclustered, i.indisvalid,
                    (SELECT string_agg('ALTER COLUMN ' || a.attnum || ' SET STATISTICS ' || a.attstattarget, ', ' ORDER BY a.attnum)
                        FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attstattarget >= 0) AS targets,
                    CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END AS uniqueness,
                    'CREATE ' || CASE WHEN i.indisunique THEN 'UNIQUE ' ELSE '' END || 'INDEX ' || quote_ident(c.relname) || ' ON ' || CASE
                        WHEN r.relkind = 'p' THEN 'ONLY '
                        ELSE '' END
                        || r.name || ' ' AS head
                FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
                WHERE i.indrelid = r.oid AND NOT c.relispartition AND {scope.IsWantedIndex}
                AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.conrelid = r.oid
                    AND k.contype IN ('p', 'u', 'x'))) t
            WHERE r.relkind IN ('r', 'p', 'm')
            """;

    // CREATE OR REPLACE keeps the columns and may add some behind them (https://www.postgresql.org/docs/current/sql-createview.html); it
    // takes no default away. Whether a materialised view is filled is no part of the schema: a copy of the schema alone leaves it empty.
    private static readonly string Views = $"""
        SELECT CASE r.relkind WHEN 'm' THEN 'MaterializedView' ELSE 'View' END AS type, r.name, NULL AS "table", 0 AS position,
            concat_ws(' ', t.options, t.method, 'AS ' || t.body, t.defaults) AS definition,
            concat_ws(' ', 'CREATE ' || CASE r.relkind WHEN 'm' THEN 'MATERIALIZED VIEW'
                ELSE 'VIEW' END, r.name, t.method, t.options, 'AS ' || t.body) AS create_sql,
            'DROP ' || CASE r.relkind WHEN 'm' THEN 'MATERIALIZED VIEW ' ELSE 'VIEW ' END || r.name AS drop_sql,
            CASE WHEN r.relkind = 'v' AND t.defaults IS NULL THEN (
                SELECT string_agg(concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), NULLIF(a.attcollation,
                    0)::regcollation) || E'\n', ''
                    ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped) END AS piece,
            t.defaults AS after
        FROM rel r, LATERAL (
            SELECT btrim(pg_get_viewdef(r.oid), E' \n;') AS body, 'WITH (' || {Options("r.reloptions")} || ')' AS options,
                (SELECT 'USING ' || quote_ident(am.amname) FROM pg_am am WHERE am.oid = r.relam AND am.amname <> 'heap') AS method,
                (SELECT string_agg('ALTER VIEW ' || r.name || ' ALTER COLUMN ' || quote_ident(a.attname) || ' SET DEFAULT ' ||
                    pg_get_expr(e.adbin, e.adrelid), E';\n'
                    ORDER BY a.attnum)
                    FROM pg_attrdef e JOIN pg_attribute a ON a.attrelid = e.adrelid AND a.attnum = e.adnum
                        WHERE e.adrelid = r.oid) AS defaults) t
        WHERE r.relkind IN ('v', 'm')
        """;

    // Copies that a partition has of its parent's triggers show only where they are switched otherwise.
    private const string Triggers = """
        SELECT 'Trigger' AS type, r.name || '.' || quote_ident(g.tgname) AS name, r.name AS "table", 0 AS position,
            concat_ws(' ', CASE WHEN g.tgconstraint <> 0 THEN 'CONSTRAINT' END, substr(t.sql, strpos(t.sql,
                ' TRIGGER ' || quote_ident(g.tgname) || ' ') + length(' TRIGGER ' || quote_ident(g.tgname) || ' ')),
                CASE t.state WHEN 'DISABLE' THEN 'DISABLED' ELSE t.state END) AS definition,
            t.sql AS create_sql, 'DROP TRIGGER ' || quote_ident(g.tgname) || ' ON ' || r.name AS drop_sql, NULL AS piece,
            'ALTER TABLE ' || r.name || ' ' || t.state || ' TRIGGER ' || quote_ident(g.tgname) AS after
        FROM rel r JOIN pg_trigger g ON g.tgrelid = r.oid, LATERAL (
            SELECT pg_get_triggerdef(g.oid) AS sql, CASE g.tgenabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA'
                WHEN 'A' THEN 'ENABLE ALWAYS' END AS state) t
        WHERE NOT g.tgisinternal
            AND (g.tgparentid = 0 OR g.tgenabled <> (SELECT pg.tgenabled FROM pg_trigger pg WHERE pg.oid = g.tgparentid))
        """;

    private const string Rules = """
        SELECT 'Rule' AS type, r.name || '.' || quote_ident(w.rulename) AS name, r.name AS "table", 0 AS position,
            concat_ws(' ', substr(t.sql, strpos(t.sql, ' AS') + 1), CASE t.state WHEN 'DISABLE' THEN 'DISABLED'
                ELSE t.state END) AS definition,
            t.sql AS create_sql, 'DROP RULE ' || quote_ident(w.rulename) || ' ON ' || r.name AS drop_sql, NULL AS piece,
            'ALTER TABLE ' || r.name || ' ' || t.state || ' RULE ' || quote_ident(w.rulename) AS after
        FROM rel r JOIN pg_rewrite w ON w.ev_class = r.oid AND w.rulename <> '_RETURN', LATERAL (
            SELECT btrim(pg_get_ruledef(w.oid), E' \n;') AS sql, CASE w.ev_enabled WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA'
                WHEN 'A'
                THEN 'ENABLE ALWAYS' END AS state) t
        """;

    private const string Policies = """
        SELECT 'Policy' AS type, r.name || '.' || quote_ident(p.polname) AS name, r.name AS "table", 0 AS position, t.body AS definition,
            'CREATE POLICY ' || quote_ident(p.polname) || ' ON ' || r.name || ' ' || t.body AS create_sql,
            'DROP POLICY ' || quote_ident(p.polname) || ' ON ' || r.name AS drop_sql, NULL AS piece, NULL AS after
        FROM rel r JOIN pg_policy p ON p.polrelid = r.oid, LATERAL (
            SELECT concat_ws(' ', 'AS ' || CASE WHEN p.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END,
                'FOR ' || CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE'
                    ELSE 'ALL' END,
                'TO ' || (SELECT string_agg(CASE WHEN o = 0 THEN 'PUBLIC'
                    ELSE quote_ident(pg_get_userbyid(o)) END, ', ' ORDER BY pg_get_userbyid(o))
                    FROM unnest(p.polroles) o),
                'USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', 'WITH CHECK (' || pg_get_expr(p.polwithcheck,
                    p.polrelid) || ')') AS body) t
        """;
}
