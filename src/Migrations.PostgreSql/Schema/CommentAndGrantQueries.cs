using static Migrations.PostgreSql.CatalogueScope;

namespace Migrations.PostgreSql;

/// <summary>Queries for comments, owners, grants and default privileges.</summary>
internal static class CommentAndGrantQueries
{
    /// <summary>All of them.</summary>
    public static IEnumerable<CatalogueQuery> Of(CatalogueScope scope) =>
        [new(Comments(scope), IsAnyComment), new($"WITH {scope.Relations}\n{Grants}", CatalogueQuery.Always) { IsInFingerprint = false }];

    private const string IsAnyComment = $"""
        EXISTS (SELECT FROM pg_description d WHERE d.objoid >= {FirstOfUsers})
        OR EXISTS (SELECT FROM pg_namespace n WHERE n.nspname = 'public'
            AND obj_description(n.oid, 'pg_namespace') <> 'standard public schema')
        """;

    // A comment that every new database has, and those that an extension brings, belong to no one. The server's own, thousands of them, are
    // left out before any is looked up.
    private static string Comments(CatalogueScope scope) =>
        $"""
            WITH {scope.Relations}
            SELECT 'Comment' AS type, t.name, NULL AS "table", 0 AS position, quote_literal(d.description) AS definition,
                'COMMENT ON ' || t.target || ' IS ' || quote_literal(d.description) AS create_sql,
                    'COMMENT ON ' || t.target || ' IS NULL' AS drop_sql, NULL AS piece,
                    NULL AS after
            FROM pg_description d, LATERAL pg_identify_object(d.classoid, d.objoid, d.objsubid) i,
                LATERAL (SELECT i.type || ' ' || i.identity AS name,
                CASE WHEN i.type LIKE '% column' THEN 'COLUMN' WHEN i.type = 'table constraint' THEN 'CONSTRAINT'
                    WHEN i.type = 'domain constraint' THEN 'CONSTRAINT'
                    WHEN i.type = 'statistics object' THEN 'STATISTICS' ELSE upper(i.type) END || ' '
                || CASE WHEN i.type = 'domain constraint' THEN (SELECT quote_ident(k.conname) || ' ON DOMAIN ' || format_type(k.contypid,
                    NULL) FROM pg_constraint k
                    WHERE k.oid = d.objoid) ELSE i.identity END AS target) t
            WHERE (d.objoid >= {FirstOfUsers} OR (d.classoid = 'pg_namespace'::regclass AND d.description <> 'standard public schema'))
            AND (d.objoid >= {FirstOfUsers} OR i.identity = 'public')
            AND d.classoid NOT IN ('pg_extension'::regclass, 'pg_largeobject'::regclass) AND i.identity IS NOT NULL
            AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = d.classoid AND x.objid = d.objoid AND x.objsubid = 0
                AND x.deptype = 'e')
            AND (d.classoid <> 'pg_class'::regclass OR d.objoid IN (SELECT r.oid FROM rel r))
            """;

    private static readonly string Grants = $"""
        SELECT 'Grant' AS type, g.name, NULL AS "table", 0 AS position, concat_ws(E'\n', 'OWNER ' || quote_ident(pg_get_userbyid(g.owner)),
            (
            SELECT string_agg(a::text, E'\n' ORDER BY a::text COLLATE "C") FROM unnest(g.acl) a
                WHERE NOT (g.acl @> acldefault(g.kind, g.owner)
                AND g.acl <@ acldefault(g.kind, g.owner)))) AS definition,
            CASE WHEN g.acl IS NULL THEN 'ALTER ' || g.name || ' OWNER TO ' || quote_ident(pg_get_userbyid(g.owner)) END AS create_sql,
                NULL AS drop_sql, NULL AS piece,
                NULL AS after
        FROM (
            SELECT 'SCHEMA ' || quote_ident(n.nspname) AS name, n.nspowner AS owner, n.nspacl AS acl, 'n'::"char" AS kind
            FROM pg_namespace n WHERE {IsUsers("n")} AND {HasNoExtension("pg_namespace", "n.oid")}
            UNION ALL
            SELECT CASE r.relkind WHEN 'S' THEN 'SEQUENCE ' WHEN 'v' THEN 'VIEW ' WHEN 'm' THEN 'MATERIALIZED VIEW '
                WHEN 'f' THEN 'FOREIGN TABLE '
                ELSE 'TABLE ' END || r.name, r.relowner, r.relacl,
                CASE r.relkind WHEN 'S' THEN 's' ELSE 'r' END::"char"
            FROM rel r WHERE r.relkind IN ('r', 'p', 'f', 'v', 'm', 'S')
                AND (r.relkind <> 'S' OR NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid
                    AND d.deptype = 'i'))
            UNION ALL
            SELECT CASE p.prokind WHEN 'p' THEN 'PROCEDURE ' WHEN 'a' THEN 'AGGREGATE '
                ELSE 'FUNCTION ' END || {Qualified("n", "p.proname")} || '(' || oidvectortypes(p.proargtypes) || ')', p.proowner, p.proacl,
                    'f'::"char"
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {IsUsers("n")} AND {HasNoExtension("pg_proc", "p.oid")}
            UNION ALL
            SELECT 'TYPE ' || {Qualified("n", "y.typname")}, y.typowner, y.typacl, 'T'::"char"
            FROM pg_type y JOIN pg_namespace n ON n.oid = y.typnamespace LEFT JOIN pg_class c ON c.oid = y.typrelid
            WHERE y.typtype IN ('e', 'c', 'r', 'd') AND COALESCE(c.relkind = 'c', true) AND {IsUsers("n")}
                AND {HasNoExtension("pg_type", "y.oid")}) g
        UNION ALL
        SELECT 'Grant', 'COLUMN ' || r.name || '.' || quote_ident(a.attname), NULL, 0,
            (SELECT string_agg(i::text, E'\n' ORDER BY i::text COLLATE "C")
            FROM unnest(a.attacl) i), NULL, NULL, NULL, NULL
        FROM rel r JOIN pg_attribute a ON a.attrelid = r.oid AND a.attacl IS NOT NULL AND a.attnum > 0
        UNION ALL
        SELECT 'Grant', 'DEFAULT PRIVILEGES FOR ROLE ' || quote_ident(pg_get_userbyid(d.defaclrole))
                || COALESCE(' IN SCHEMA ' || quote_ident(n.nspname), '') || ' ON ' || CASE d.defaclobjtype WHEN 'r' THEN 'TABLES'
                WHEN 'S' THEN 'SEQUENCES' WHEN 'f' THEN 'FUNCTIONS' WHEN 'T' THEN 'TYPES' ELSE 'SCHEMAS' END, NULL, 0,
            (SELECT string_agg(i::text, E'\n' ORDER BY i::text COLLATE "C") FROM unnest(d.defaclacl) i), NULL, NULL, NULL, NULL
        FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace
        """;
}
