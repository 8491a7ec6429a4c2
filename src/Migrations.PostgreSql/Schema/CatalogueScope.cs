using System.Globalization;
using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>
/// Which objects of the catalogue are the user's, as pieces of SQL. All queries that use it run with an empty <c>search_path</c>.
/// </summary>
/// <param name="options">Name the history table.</param>
/// <param name="serverVersion">The server's major version: some columns of the catalogue are younger than others.</param>
internal sealed class CatalogueScope(SessionOptions options, int serverVersion)
{
    /// <summary>The columns that every query gives: see <see cref="PostgreSqlSchemaReader"/>.</summary>
    public const string Columns = "type, name, \"table\", position, definition, create_sql, drop_sql, piece, after";

    /// <summary>The first number that the server gives to what users create; what is below came with it.</summary>
    public const string FirstOfUsers = "16384";

    private readonly string _schema = options.HistorySchema ?? "public";

    /// <summary>
    /// Whether only what <c>pg_dump</c> writes is wanted: it leaves out indexes that are INVALID, unless they wait for those of their
    /// partitions.
    /// </summary>
    public bool OfDump { get; init; }

    /// <summary>The condition that an index is wanted: <c>i</c> of pg_index, <c>c</c> of pg_class.</summary>
    public string IsWantedIndex => OfDump ? "(i.indisvalid OR c.relkind = 'I')" : "true";

    /// <summary>The server's major version.</summary>
    public int ServerVersion => serverVersion;

    /// <summary>A column that exists since a version, or what stands for it before.</summary>
    public string Since(int version, string column, string before) => serverVersion >= version ? column : before;

    /// <summary>Whether a schema may hold the user's objects; <c>pg_</c> is refused to users.</summary>
    public static string IsUsers(string schema) => $"{schema}.nspname !~ '^pg_' AND {schema}.nspname <> 'information_schema'";

    /// <summary>Whether a catalogue holds any of the users' that a condition, over <c>c</c>, picks.</summary>
    public static string IsAny(string catalogue, string condition) =>
        $"EXISTS (SELECT FROM {catalogue} c WHERE c.oid >= {FirstOfUsers} AND ({condition}))";

    /// <summary>Whether there is any of the <see cref="Relations"/> of the kinds that pg_class gives these letters.</summary>
    public static string IsAnyRelation(string kinds) => $"EXISTS (SELECT FROM rel r WHERE strpos('{kinds}', r.relkind::text) > 0)";

    /// <summary>Whether an object came with no extension.</summary>
    public static string HasNoExtension(string catalogue, string oid) =>
        $"NOT EXISTS (SELECT FROM pg_depend x WHERE x.classid = '{catalogue}'::regclass AND x.objid = {oid} AND "
        + "x.objsubid = 0 AND x.deptype = 'e')";

    /// <summary>A name with its schema, both quoted where needed.</summary>
    public static string Qualified(string schema, string name) => $"quote_ident({schema}.nspname) || '.' || quote_ident({name})";

    /// <summary>
    /// Options as <c>name='value'</c>, in the order of their names; NULL without any. Those named <c>pg_</c> are the server's notes
    /// to itself.
    /// </summary>
    public static string Options(string options, string prefix = "") =>
        $"(SELECT string_agg('{prefix}' || quote_ident(o.option_name) || '=' || quote_literal(o.option_value), ', ' ORDER "
        + $"BY o.option_name COLLATE \"C\") FROM pg_options_to_table({options}) o WHERE o.option_name !~ '^pg_')";

    /// <summary>A collation where it is not the type's own; NULL otherwise.</summary>
    public static string Collation(string collation, string ofType) =>
        "(SELECT 'COLLATE ' || quote_ident(cn.nspname) || '.' || quote_ident(co.collname) FROM pg_collation co JOIN "
        + $"pg_namespace cn ON cn.oid = co.collnamespace WHERE co.oid = {collation} AND {collation} <> {ofType})";

    /// <summary>
    /// The user's relations, with <c>oid</c>, <c>name</c> (qualified), and what queries need of them. The history's tables are known by
    /// their names and a column of theirs, so that a table of the user's own that is called the same is seen.
    /// </summary>
    public string Relations =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            rel AS (
                SELECT c.oid, c.relname, c.relnamespace, c.relkind, c.relpersistence, c.relispartition, c.relpartbound, c.reloptions,
                    c.reltoastrelid, c.reloftype, c.relam,
                    c.relowner,
                    c.relacl, c.relrowsecurity, c.relforcerowsecurity, c.relreplident, c.relhasrules, n.nspname,
                        {Qualified("n", "c.relname")} AS name
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE {IsUsers("n")} AND c.relpersistence <> 't' AND {HasNoExtension("pg_class", "c.oid")}
                AND (c.relkind <> 'i' OR EXISTS (SELECT FROM pg_index i WHERE i.indexrelid = c.oid AND {IsWantedIndex}))
                AND c.oid <> ALL (ARRAY(
                    SELECT h.oid FROM pg_class h JOIN pg_namespace hn ON hn.oid = h.relnamespace JOIN pg_attribute ha ON ha.attrelid = h.oid
                    WHERE hn.nspname = {PostgreSqlText.Literal(_schema)}
                    AND ((h.relname = {PostgreSqlText.Literal(options.HistoryTable)} AND ha.attname = 'run_id')
                        OR (h.relname = 'migration_lock' AND ha.attname = 'beat')))))
            """
        );
}
