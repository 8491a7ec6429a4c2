namespace Migrations.PostgreSql;

/// <summary>
/// The queries that find what a database holds besides the server's own objects
/// (<see href="https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-OBJECT"/> writes the names). All run with an
/// empty
/// <c>search_path</c>.
/// </summary>
internal static class ClearedQueries
{
    /// <summary>
    /// The objects in the order in which they are dropped: what watches first, then extensions, then whole schemas; of the others, and of
    /// <c>public</c>, their objects one by one. A schema in which an administrator has put an extension is one of these: who drops it
    /// could not create the extension again.
    /// </summary>
    public static string Objects { get; } =
        $"""
            WITH emptied AS (
                SELECT n.oid FROM pg_namespace n WHERE {CatalogueScope.IsUsers("n")}
                AND (n.nspname = 'public' OR NOT pg_has_role(n.nspowner, 'USAGE') OR EXISTS (
                    SELECT FROM pg_extension e WHERE e.extnamespace = n.oid AND NOT pg_has_role(e.extowner, 'USAGE'))
                OR NOT {CatalogueScope.HasNoExtension("pg_namespace", "n.oid")})
            ), found (position, kind, name, owner) AS (
                SELECT 1, 'EVENT TRIGGER', quote_ident(o.evtname), o.evtowner FROM pg_event_trigger o
                    WHERE {CatalogueScope.HasNoExtension("pg_event_trigger", "o.oid")}
                UNION ALL SELECT 2, 'PUBLICATION', quote_ident(o.pubname), o.pubowner FROM pg_publication o
                UNION ALL SELECT 3, 'EXTENSION', quote_ident(o.extname), o.extowner FROM pg_extension o WHERE o.extname <> 'plpgsql'
                UNION ALL SELECT 4, 'SERVER', quote_ident(o.srvname), o.srvowner FROM pg_foreign_server o
                    WHERE {CatalogueScope.HasNoExtension("pg_foreign_server", "o.oid")}
                UNION ALL SELECT 5, 'FOREIGN DATA WRAPPER', quote_ident(o.fdwname), o.fdwowner FROM pg_foreign_data_wrapper o
                    WHERE {CatalogueScope.HasNoExtension("pg_foreign_data_wrapper", "o.oid")}
                UNION ALL SELECT 6, 'SCHEMA', quote_ident(n.nspname), n.nspowner FROM pg_namespace n
                    WHERE {CatalogueScope.IsUsers("n")} AND n.nspname <> 'public'
                    AND (n.oid NOT IN (SELECT oid FROM emptied) OR NOT pg_has_role(n.nspowner, 'USAGE'))
                    AND {CatalogueScope.HasNoExtension("pg_namespace", "n.oid")}
                UNION ALL SELECT 7, CASE o.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE'
                    WHEN 'c' THEN 'TYPE' ELSE 'TABLE' END, {In("o.relname")}, o.relowner
                    FROM pg_class o JOIN pg_namespace n ON n.oid = o.relnamespace
                    WHERE o.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND {IsEmptied("pg_class", "o.relnamespace")}
                UNION ALL SELECT 8, 'SEQUENCE', {In("o.relname")}, o.relowner FROM pg_class o JOIN pg_namespace n ON n.oid = o.relnamespace
                    WHERE o.relkind = 'S' AND {IsEmptied("pg_class", "o.relnamespace")}
                    AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = o.oid
                    AND d.deptype IN ('a', 'i'))
                UNION ALL SELECT 9, 'ROUTINE', (pg_identify_object('pg_proc'::regclass, o.oid, 0)).identity, o.proowner FROM pg_proc o
                    WHERE {IsEmptied("pg_proc", "o.pronamespace")} AND NOT EXISTS (
                    SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = o.oid AND d.deptype = 'i')
                UNION ALL SELECT 10, CASE o.typtype WHEN 'd' THEN 'DOMAIN' ELSE 'TYPE' END, {In("o.typname")}, o.typowner
                    FROM pg_type o JOIN pg_namespace n ON n.oid = o.typnamespace
                    WHERE o.typtype IN ('b', 'd', 'e', 'r') AND NOT (o.typelem <> 0 AND o.typcategory = 'A')
                    AND {IsEmptied("pg_type", "o.typnamespace")}
                {Others()}
                UNION ALL SELECT 12, 'LANGUAGE', quote_ident(o.lanname), o.lanowner FROM pg_language o
                    WHERE o.oid >= {CatalogueScope.FirstOfUsers} AND {CatalogueScope.HasNoExtension("pg_language", "o.oid")}
            )
            SELECT f.kind, f.name, pg_get_userbyid(f.owner)::text, pg_has_role(f.owner, 'USAGE') FROM found f ORDER BY f.position, f.name
            """;

    /// <summary>What is never dropped: a subscription reaches another server, and default privileges are of roles.</summary>
    public static string NeverDropped { get; } =
        """
            SELECT 'SUBSCRIPTION ' || quote_ident(s.subname) FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid
                WHERE d.datname = current_database()
            UNION ALL SELECT DISTINCT 'default privileges of the role ' || pg_get_userbyid(a.defaclrole) FROM pg_default_acl a
            UNION ALL SELECT count(*) || ' large objects of other roles' FROM pg_largeobject_metadata HAVING count(*) > 0
            """;

    /// <summary>Kinds that are rare, and whose objects write their names themselves.</summary>
    private static string Others() =>
        string.Concat(
            new[]
            {
                ("OPERATOR", "pg_operator", "opr"),
                ("OPERATOR CLASS", "pg_opclass", "opc"),
                ("OPERATOR FAMILY", "pg_opfamily", "opf"),
                ("COLLATION", "pg_collation", "coll"),
                ("CONVERSION", "pg_conversion", "con"),
                ("TEXT SEARCH CONFIGURATION", "pg_ts_config", "cfg"),
                ("TEXT SEARCH DICTIONARY", "pg_ts_dict", "dict"),
            }.Select(k =>
                $"UNION ALL SELECT 11, '{k.Item1}', (pg_identify_object('{k.Item2}'::regclass, o.oid, 0)).identity, o.{k.Item3}owner "
                + $"FROM {k.Item2} o WHERE {IsEmptied(k.Item2, $"o.{k.Item3}namespace")}\n"
            )
        );

    private static string In(string name) => CatalogueScope.Qualified("n", name);

    private static string IsEmptied(string catalogue, string schema) =>
        $"{schema} IN (SELECT oid FROM emptied) AND {CatalogueScope.HasNoExtension(catalogue, "o.oid")}";
}
