using static Migrations.PostgreSql.CatalogueScope;

namespace Migrations.PostgreSql;

/// <summary>Queries for what stands alone: schemas, extensions, types, sequences, functions.</summary>
internal static class ObjectQueries
{
    /// <summary>All of them.</summary>
    public static IEnumerable<CatalogueQuery> Of(CatalogueScope scope) =>
        [
            new(Schemas, IsAny("pg_namespace", IsUsers("c"))),
            new(Extensions, IsAny("pg_extension", "true")),
            new(
                Types(scope),
                $"{IsAny("pg_type", "c.typtype IN ('e', 'r') OR (c.typtype = 'b' AND c.typinput <> 'array_in'::regproc)")} OR "
                    + $"{IsAnyRelation("c")}"
            ),
            new(Domains, IsAny("pg_type", "c.typtype = 'd'")),
            new($"WITH {scope.Relations}\n{Sequences}", $"EXISTS (SELECT FROM rel r WHERE r.relkind = 'S' AND {IsNoIdentity})"),
            new(Functions, IsAny("pg_proc", "c.prokind <> 'a'")),
            new(Aggregates, IsAny("pg_proc", "c.prokind = 'a'")),
        ];

    // Every new database has the schema public, and a dump of one without it does not say so.
    private static readonly string Schemas = $"""
        SELECT 'Schema' AS type, quote_ident(n.nspname) AS name, NULL AS "table", 0 AS position, '' AS definition,
            'CREATE SCHEMA ' || quote_ident(n.nspname) AS create_sql,
            'DROP SCHEMA ' || quote_ident(n.nspname) AS drop_sql, NULL AS piece, NULL AS after
        FROM pg_namespace n WHERE {IsUsers("n")} AND n.nspname <> 'public' AND {HasNoExtension("pg_namespace", "n.oid")}
        """;

    // Without the version: a dump does not name it either, and a reload takes the server's.
    private const string Extensions = $"""
        SELECT 'Extension' AS type, quote_ident(e.extname) AS name, NULL AS "table", 0 AS position,
            'SCHEMA ' || quote_ident(n.nspname) AS definition,
            'CREATE EXTENSION IF NOT EXISTS ' || quote_ident(e.extname) || ' WITH SCHEMA ' || quote_ident(n.nspname) AS create_sql,
            'DROP EXTENSION ' || quote_ident(e.extname) AS drop_sql, NULL AS piece, NULL AS after
        FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.oid >= {FirstOfUsers}
        """;

    // Array types, row types of tables and multiranges come with others.
    private static string Types(CatalogueScope scope) =>
        $"""
            SELECT 'Type' AS type, t.name, NULL AS "table", 0 AS position, t.body AS definition,
                'CREATE TYPE ' || t.name || t.creation AS create_sql,
                'DROP TYPE ' || t.name AS drop_sql,
                NULL AS piece, NULL AS after
            FROM (
                SELECT y.typtype, {Qualified("n", "y.typname")} AS name, b.body, CASE WHEN y.typtype <> 'b' THEN ' AS ' || b.body
                    ELSE ' ' || b.body END AS creation
                FROM pg_type y JOIN pg_namespace n ON n.oid = y.typnamespace, LATERAL (SELECT CASE y.typtype
                    WHEN 'e' THEN (SELECT 'ENUM (' || COALESCE(string_agg(quote_literal(l.enumlabel), ', ' ORDER BY l.enumsortorder),
                        '') || ')' FROM pg_enum l
                        WHERE l.enumtypid = y.oid)
                    WHEN 'c' THEN (SELECT '(' || COALESCE(string_agg(concat_ws(' ', quote_ident(a.attname), format_type(a.atttypid,
                        a.atttypmod),
                        {Collation("a.attcollation", "ay.typcollation")}), ', ' ORDER BY a.attnum), '') || ')'
                        FROM pg_attribute a JOIN pg_type ay ON ay.oid = a.atttypid WHERE a.attrelid = y.typrelid AND a.attnum > 0
                            AND NOT a.attisdropped)
                    WHEN 'r' THEN (SELECT 'RANGE (' || concat_ws(', ', 'subtype = ' || format_type(r.rngsubtype, NULL),
                            (SELECT 'subtype_opclass = ' || quote_ident(cn.nspname) || '.' || quote_ident(oc.opcname) FROM pg_opclass oc
                                JOIN pg_namespace cn ON cn.oid = oc.opcnamespace WHERE oc.oid = r.rngsubopc AND NOT oc.opcdefault),
                            (SELECT 'collation = ' || quote_ident(cn.nspname) || '.' || quote_ident(co.collname) FROM pg_collation co
                                JOIN pg_namespace cn ON cn.oid = co.collnamespace JOIN pg_type st ON st.oid = r.rngsubtype
                                WHERE co.oid = r.rngcollation AND co.oid <> st.typcollation),
                            'canonical = ' || NULLIF(r.rngcanonical::text, '-'), 'subtype_diff = ' || NULLIF(r.rngsubdiff::text, '-'),
                            'multirange_type_name = ' || {scope.Since(14, "format_type(NULLIF(r.rngmultitypid, 0), NULL)", "NULL")}) || ')'
                                FROM pg_range r
                                WHERE r.rngtypid = y.oid)
                    ELSE '(' || concat_ws(', ', 'INPUT = ' || y.typinput::text, 'OUTPUT = ' || y.typoutput::text,
                        'RECEIVE = ' || NULLIF(y.typreceive::text, '-'),
                        'SEND = ' || NULLIF(y.typsend::text, '-'),
                        'INTERNALLENGTH = ' || CASE WHEN y.typlen < 0 THEN 'VARIABLE'
                            ELSE y.typlen::text END, 'STORAGE = ' || y.typstorage::text) || ')' END AS body) b
                WHERE {IsUsers("n")} AND {HasNoExtension("pg_type", "y.oid")} AND y.typtype IN ('e', 'c', 'r', 'b')
                AND (y.typtype <> 'c' OR EXISTS (SELECT FROM pg_class c WHERE c.oid = y.typrelid AND c.relkind = 'c'))
                AND NOT EXISTS (SELECT FROM pg_type el WHERE el.typarray = y.oid)) t
            """;

    private static readonly string Domains = $"""
        SELECT 'Domain' AS type, {Qualified("n", "y.typname")} AS name, NULL AS "table", 0 AS position, t.body AS definition,
            'CREATE DOMAIN ' || {Qualified("n", "y.typname")} || ' ' || t.body AS create_sql,
                'DROP DOMAIN ' || {Qualified("n", "y.typname")} AS drop_sql, NULL AS piece,
                NULL AS after
        FROM pg_type y JOIN pg_namespace n ON n.oid = y.typnamespace JOIN pg_type base ON base.oid = y.typbasetype,
            LATERAL (SELECT concat_ws(' ',
            'AS ' || format_type(y.typbasetype, y.typtypmod), {Collation("y.typcollation", "base.typcollation")},
            'DEFAULT ' || pg_get_expr(y.typdefaultbin, 0), CASE WHEN y.typnotnull THEN 'NOT NULL' END,
            (SELECT string_agg('CONSTRAINT ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid), ' ' ORDER BY k.conname)
                FROM pg_constraint k WHERE k.contypid = y.oid AND k.contype = 'c')) AS body) t
        WHERE y.typtype = 'd' AND {IsUsers("n")} AND {HasNoExtension("pg_type", "y.oid")}
        """;

    // An identity column's sequence is part of the column.
    private const string IsNoIdentity =
        "NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.deptype = 'i')";

    // Which column owns a sequence is said by the table, because it comes later.
    private const string Sequences = $"""
        SELECT 'Sequence' AS type, r.name, NULL AS "table", 0 AS position, concat_ws(' ', t.unlogged, t.options, t.owner) AS definition,
            concat_ws(' ', 'CREATE', t.unlogged, 'SEQUENCE', r.name, t.options) AS create_sql, 'DROP SEQUENCE ' || r.name AS drop_sql,
                NULL AS piece, NULL AS after
        FROM rel r JOIN pg_sequence s ON s.seqrelid = r.oid, LATERAL (
            SELECT format('AS %s START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s', format_type(s.seqtypid, NULL), s.seqstart,
                s.seqincrement, s.seqmin,
                s.seqmax, s.seqcache)
                    || CASE WHEN s.seqcycle THEN ' CYCLE' ELSE '' END AS options,
                CASE WHEN r.relpersistence = 'u' THEN 'UNLOGGED' END AS unlogged,
                (SELECT 'OWNED BY ' || quote_ident(n.nspname) || '.' || quote_ident(c.relname) || '.' || quote_ident(a.attname)
                    FROM pg_depend d JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace n ON n.oid = c.relnamespace
                        JOIN pg_attribute a ON a.attrelid = c.oid
                        AND a.attnum = d.refobjsubid
                    WHERE d.classid = 'pg_class'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_class'::regclass
                        AND d.deptype = 'a') AS owner) t
        WHERE {IsNoIdentity}
        """;

    // CREATE OR REPLACE keeps kind, arguments and result, and takes no default away
    // (https://www.postgresql.org/docs/current/sql-createfunction.html).
    // A body with the line ends of Windows is the same function. Those that make a range of a type come with the type.
    private static readonly string Functions = $"""
        SELECT 'Function' AS type, t.name || '(' || oidvectortypes(p.proargtypes) || ')' AS name, NULL AS "table", 0 AS position,
            t.word || replace(substr(t.sql, length('CREATE OR REPLACE ' || t.word || t.name) + 1), E'\r\n', E'\n') AS definition,
                t.sql AS create_sql,
            'DROP ' || t.word || t.name || '(' || oidvectortypes(p.proargtypes) || ')' AS drop_sql,
            concat_ws(' ', p.prokind, '(' || pg_get_function_identity_arguments(p.oid) || ')', pg_get_function_result(p.oid)) || E'\n'
                || repeat('DEFAULT ', p.pronargdefaults) AS piece, NULL AS after
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace, LATERAL (
            SELECT {Qualified("n", "p.proname")} AS name, CASE p.prokind WHEN 'p' THEN 'PROCEDURE '
                ELSE 'FUNCTION ' END AS word, btrim(pg_get_functiondef(p.oid),
                E' \n') AS sql) t
        WHERE p.prokind <> 'a' AND {IsUsers("n")} AND NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = 'pg_proc'::regclass
            AND x.objid = p.oid AND x.deptype IN ('e',
            'i'))
        """;

    private static readonly string Aggregates = $"""
        SELECT 'Function' AS type, t.name, NULL AS "table", 0 AS position, 'AGGREGATE ' || t.body AS definition,
            'CREATE AGGREGATE ' || {Qualified("n", "p.proname")} || '(' || pg_get_function_arguments(p.oid) || ') ' || t.body AS create_sql,
            'DROP AGGREGATE ' || {Qualified("n", "p.proname")} || '(' || pg_get_function_identity_arguments(p.oid) || ')' AS drop_sql,
                NULL AS piece, NULL AS after
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_aggregate a ON a.aggfnoid = p.oid, LATERAL (
            SELECT {Qualified("n", "p.proname")} || '(' || oidvectortypes(p.proargtypes) || ')' AS name,
                '(' || concat_ws(', ', 'SFUNC = ' || a.aggtransfn::text, 'STYPE = ' || format_type(a.aggtranstype, NULL),
                    'SSPACE = ' || NULLIF(a.aggtransspace, 0),
                    'FINALFUNC = ' || NULLIF(a.aggfinalfn::text, '-'), CASE WHEN a.aggfinalextra THEN 'FINALFUNC_EXTRA' END,
                        'COMBINEFUNC = ' || NULLIF(a.aggcombinefn::text, '-'),
                    'SERIALFUNC = ' || NULLIF(a.aggserialfn::text, '-'), 'DESERIALFUNC = ' || NULLIF(a.aggdeserialfn::text, '-'),
                        'INITCOND = ' || quote_literal(a.agginitval),
                    'MSFUNC = ' || NULLIF(a.aggmtransfn::text, '-'), 'MINVFUNC = ' || NULLIF(a.aggminvtransfn::text, '-'),
                        'MSTYPE = ' || format_type(NULLIF(a.aggmtranstype, 0), NULL),
                    'MFINALFUNC = ' || NULLIF(a.aggmfinalfn::text, '-'), 'MINITCOND = ' || quote_literal(a.aggminitval),
                    (SELECT 'SORTOP = OPERATOR(' || quote_ident(opn.nspname) || '.' || op.oprname || ')' FROM pg_operator op
                        JOIN pg_namespace opn ON opn.oid = op.oprnamespace WHERE op.oid = a.aggsortop),
                    CASE p.proparallel WHEN 's' THEN 'PARALLEL = SAFE' WHEN 'r' THEN 'PARALLEL = RESTRICTED' END, CASE a.aggkind WHEN 'h'
                        THEN 'HYPOTHETICAL' END) || ')' AS body) t
        WHERE {IsUsers("n")} AND {HasNoExtension("pg_proc", "p.oid")}
        """;
}
