namespace Migrations.PostgreSql;

/// <summary>
/// Teaches a reader what is in a database already and reaches further: functions, tables whose triggers, rules and values by default call
/// such functions, and foreign tables.
/// </summary>
internal static class KnownReach
{
    // Functions that have any word of what does, or are in a language that may do anything.
    private static readonly string Functions = $"""
        SELECT p.proname::text, CASE WHEN l.lanpltrusted OR l.lanname = 'sql' THEN p.prosrc ELSE NULL END FROM pg_catalog.pg_proc p
            JOIN pg_catalog.pg_language l ON l.oid = p.prolang
        WHERE p.oid >= {CatalogueScope.FirstOfUsers} AND {CatalogueScope.HasNoExtension("pg_catalog.pg_proc", "p.oid")}
        AND (EXISTS (SELECT FROM pg_catalog.pg_foreign_table f JOIN pg_catalog.pg_class c ON c.oid = f.ftrelid
                WHERE pg_catalog.strpos(p.prosrc, c.relname::text) > 0) OR NOT (l.lanpltrusted OR l.lanname = 'sql') OR p.prosrc ~*
            '(pg_|lo_|dblink|http_|program|copy|load|role|user|group|owned|database|tablespace|system|subscription|grant|revoke'
            '|execute|spi_)')
        """;

    // Parents take what is written to partitions, referenced tables change those that refer to them, and views read what they are made of.
    private const string Relations = """
        WITH RECURSIVE uses(relation, callee, is_read) AS (
            SELECT t.tgrelid, p.proname::text, false FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_proc p ON p.oid = t.tgfoid
                WHERE NOT t.tgisinternal
            UNION ALL
            SELECT COALESCE(d.adrelid, r.ev_class), p.proname::text, COALESCE(r.rulename = '_RETURN', false) FROM pg_catalog.pg_depend x
                JOIN pg_catalog.pg_proc p ON x.refclassid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND p.oid = x.refobjid
                LEFT JOIN pg_catalog.pg_attrdef d ON x.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass AND d.oid = x.objid
                LEFT JOIN pg_catalog.pg_rewrite r ON x.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND r.oid = x.objid
                WHERE x.refobjid >= 16384 AND COALESCE(d.oid, r.oid) IS NOT NULL
            UNION ALL
            SELECT f.ftrelid, NULL, true FROM pg_catalog.pg_foreign_table f
        ), reached(relation, callee, is_read) AS (
            SELECT u.relation, u.callee, u.is_read FROM uses u
            UNION
            SELECT n.relation, r.callee, n.is_view FROM reached r JOIN (
                SELECT i.inhrelid AS of, i.inhparent AS relation, false AS is_view FROM pg_catalog.pg_inherits i
                UNION ALL
                SELECT c.conrelid, c.confrelid, false FROM pg_catalog.pg_constraint c WHERE c.contype = 'f' AND (c.confdeltype <> 'a'
                    OR c.confupdtype <> 'a')
                UNION ALL
                SELECT x.refobjid, w.ev_class, true FROM pg_catalog.pg_depend x JOIN pg_catalog.pg_rewrite w
                    ON x.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND w.oid = x.objid
                    WHERE x.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND w.ev_class <> x.refobjid
                    AND w.rulename = '_RETURN'
            ) n ON n.of = r.relation AND (r.is_read OR NOT n.is_view)
        )
        SELECT c.relname::text, c.relkind IN ('v', 'm'), r.callee FROM reached r JOIN pg_catalog.pg_class c ON c.oid = r.relation
        """;

    /// <summary>Teaches it.</summary>
    public static async Task TeachAsync(ReachReader reader, PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        var functions = new List<(string Name, string? Body)>();
        await connection
            .QueryAsync(Functions, row => functions.Add((row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1))), cancellationToken)
            .ConfigureAwait(false);
        var relations = new List<(string Name, bool IsView, string? Callee)>();
        await connection
            .QueryAsync(
                Relations,
                row => relations.Add((row.GetString(0), row.GetBoolean(1), row.IsDBNull(2) ? null : row.GetString(2))),
                cancellationToken
            )
            .ConfigureAwait(false);
        // A function may write to a table whose trigger calls another.
        for (var round = 0; round < 3; round++)
        {
            functions.ForEach(f => reader.Know(f.Name, f.Body));
            relations.ForEach(r => reader.KnowRelation(r.Name, r.IsView, r.Callee));
        }
    }
}
