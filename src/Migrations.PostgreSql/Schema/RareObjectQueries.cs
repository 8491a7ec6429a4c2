using static Migrations.PostgreSql.CatalogueScope;

namespace Migrations.PostgreSql;

/// <summary>Queries for objects that most databases have none of: extended statistics, event triggers, publications, casts, operators and
/// others.</summary>
internal static class RareObjectQueries
{
    /// <summary>All of them.</summary>
    public static IEnumerable<CatalogueQuery> Of(CatalogueScope scope) => [new(Others(scope), IsAnyOther)];

    // The catalogues that Others looks into: most databases have nothing of their own in any of them.
    private static readonly string IsAnyOther = string.Join(
        " OR ",
        new[]
        {
            "pg_statistic_ext",
            "pg_event_trigger",
            "pg_collation",
            "pg_publication",
            "pg_foreign_server",
            "pg_cast",
            "pg_operator",
            "pg_ts_config",
        }.Select(c => IsAny(c, "true"))
    );

    private static string Others(CatalogueScope scope) =>
        $"""
            SELECT 'Other' AS type, i.type || ' ' || i.identity AS name, NULL AS "table", 0 AS position, o.definition, o.create_sql,
                'DROP ' || upper(replace(i.type, 'statistics object', 'statistics')) || ' ' || i.identity AS drop_sql, NULL AS piece,
                    NULL AS after
            FROM (
                SELECT 'pg_statistic_ext'::regclass AS class, s.oid, replace(t.sql, 'CREATE STATISTICS ', '')
                    || COALESCE(' ' || t.target, '') AS definition,
                    concat_ws(E';\n', t.sql, 'ALTER STATISTICS ' || t.name || ' ' || t.target) AS create_sql
                FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace, LATERAL (
                    SELECT pg_get_statisticsobjdef(s.oid) AS sql, quote_ident(n.nspname) || '.' || quote_ident(s.stxname) AS name,
                        CASE WHEN s.stxstattarget >= 0 THEN 'SET STATISTICS ' || s.stxstattarget END AS target) t
                UNION ALL
                SELECT 'pg_event_trigger'::regclass, e.oid, t.body || CASE e.evtenabled WHEN 'D' THEN ' DISABLED'
                    WHEN 'R' THEN ' ENABLE REPLICA' WHEN 'A'
                    THEN ' ENABLE ALWAYS' ELSE '' END,
                    'CREATE EVENT TRIGGER ' || quote_ident(e.evtname) || ' ' || t.body
                FROM pg_event_trigger e, LATERAL (SELECT 'ON ' || e.evtevent || COALESCE(' WHEN TAG IN (' || (SELECT
                    string_agg(quote_literal(g), ', ' ORDER BY g)
                    FROM unnest(e.evttags) g) || ')', '')
                    || ' EXECUTE FUNCTION ' || e.evtfoid::regproc::text || '()' AS body) t
                UNION ALL
                SELECT 'pg_collation'::regclass, c.oid, concat_ws(' ', c.collprovider::text, c.collcollate, c.collctype,
                    {scope.Since(17, "c.colllocale", scope.Since(15, "c.colliculocale", "''"))},
                        {scope.Since(16, "'RULES ' || quote_literal(c.collicurules)", "NULL")},
                    CASE WHEN NOT c.collisdeterministic THEN 'nondeterministic' END), NULL
                FROM pg_collation c
                UNION ALL
                {Publications(scope)}
                UNION ALL
                SELECT 'pg_foreign_server'::regclass, s.oid,
                    'FOREIGN DATA WRAPPER ' || quote_ident(w.fdwname) || COALESCE(' ' || array_to_string(ARRAY(SELECT o
                    FROM unnest(s.srvoptions) o
                    WHERE o !~* 'password' ORDER BY o COLLATE "C"), ', '), ''), NULL
                FROM pg_foreign_server s JOIN pg_foreign_data_wrapper w ON w.oid = s.srvfdw
                UNION ALL
                SELECT 'pg_cast'::regclass, c.oid, concat_ws(' ', c.castcontext::text, c.castmethod::text,
                    NULLIF(c.castfunc::regprocedure::text, '-')), NULL FROM pg_cast c
                UNION ALL
                SELECT 'pg_operator'::regclass, o.oid, concat_ws(' ', o.oprcode::text, o.oprresult::regtype::text, NULLIF(o.oprrest::text,
                    '-'), NULLIF(o.oprjoin::text, '-'),
                    CASE WHEN o.oprcom <> 0 THEN 'COMMUTATOR ' || o.oprcom::regoperator::text END,
                    CASE WHEN o.oprnegate <> 0 THEN 'NEGATOR ' || o.oprnegate::regoperator::text END,
                    CASE WHEN o.oprcanmerge THEN 'MERGES' END, CASE WHEN o.oprcanhash THEN 'HASHES' END), NULL
                FROM pg_operator o
                UNION ALL
                SELECT 'pg_ts_config'::regclass, c.oid, (SELECT string_agg(m.maptokentype || ':' || m.mapdict::regdictionary::text,
                    ' ' ORDER BY m.maptokentype, m.mapseqno)
                    FROM pg_ts_config_map m WHERE m.mapcfg = c.oid), NULL
                FROM pg_ts_config c) o, LATERAL pg_identify_object(o.class, o.oid, 0) i
            WHERE o.oid >= {FirstOfUsers} AND
                {HasNoExtension("o.class", "o.oid").Replace("'o.class'::regclass", "o.class", StringComparison.Ordinal)}
            """;

    // What is not said is as ever: a publication of an older server has the definition that it has on a newer one.
    private static string Publications(CatalogueScope scope) =>
        $"""
                SELECT 'pg_publication'::regclass, p.oid, concat_ws(' ', CASE WHEN p.puballtables THEN 'FOR ALL TABLES' END,
                    (SELECT 'FOR TABLE ' || string_agg({scope.Since(15, PublishedTable, "r.prrelid::regclass::text")},
                        ', ' ORDER BY r.prrelid::regclass::text COLLATE "C")
                        FROM pg_publication_rel r WHERE r.prpubid = p.oid),
                    {scope.Since(15, PublishedSchemas, "NULL")},
                    concat_ws(', ', CASE WHEN p.pubinsert THEN 'insert' END, CASE WHEN p.pubupdate THEN 'update' END, CASE
                        WHEN p.pubdelete THEN 'delete' END, CASE
                        WHEN p.pubtruncate THEN 'truncate' END),
                    CASE WHEN p.pubviaroot THEN 'via root' END,
                    {scope.Since(18, "CASE p.pubgencols WHEN 's' THEN 'generated columns stored' END", "NULL")}), NULL
                FROM pg_publication p
            """;

    private const string PublishedSchemas = """
        (SELECT 'FOR TABLES IN SCHEMA ' || string_agg(ps.pnnspid::regnamespace::text,
            ', ' ORDER BY ps.pnnspid::regnamespace::text COLLATE "C")
            FROM pg_publication_namespace ps WHERE ps.pnpubid = p.oid)
        """;

    private const string PublishedTable = """
        concat_ws(' ', r.prrelid::regclass::text, (SELECT '(' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) || ')'
            FROM pg_attribute a
            WHERE a.attrelid = r.prrelid AND a.attnum = ANY (r.prattrs)), 'WHERE (' || pg_get_expr(r.prqual, r.prrelid) || ')')
        """;
}
