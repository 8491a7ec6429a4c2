using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>What a database has beside its content, and a dump of it does not: owner, settings, rights, comment.</summary>
/// <param name="Shape">Encoding and sorting.</param>
/// <param name="Clauses">Further clauses of CREATE DATABASE.</param>
/// <param name="Statements">What sets the rest: what stands before the database's name, and behind it.</param>
/// <param name="Last">The same for what would hinder us: no template can be dropped, and few connections may be too few.</param>
internal sealed record DatabaseSettings(
    DatabaseShape Shape,
    string Clauses,
    IReadOnlyList<(string Before, string Behind)> Statements,
    IReadOnlyList<(string Before, string Behind)> Last
)
{
    // Settings that are lists are kept by the server as they are written, quotes included.
    private const string Query = $"""
        WITH d AS (SELECT * FROM pg_database WHERE datname = current_database())
        SELECT 0, format(' OWNER %I', pg_get_userbyid(d.datdba)) || CASE WHEN t.spcname <> 'pg_default' THEN format(' TABLESPACE %I',
            t.spcname) ELSE '' END, '' FROM d JOIN pg_tablespace t ON t.oid = d.dattablespace
        UNION ALL
        SELECT 1, 'REVOKE ALL ON DATABASE ', ' FROM PUBLIC' FROM d WHERE d.datacl IS NOT NULL
        UNION ALL
        SELECT 2, format('GRANT %s ON DATABASE ', a.privilege_type), format(' TO %s%s', CASE a.grantee WHEN 0 THEN 'PUBLIC'
            ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
            CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) FROM d, aclexplode(d.datacl) a
        UNION ALL
        SELECT 3, CASE s.setrole WHEN 0 THEN 'ALTER DATABASE ' ELSE format('ALTER ROLE %I IN DATABASE ', pg_get_userbyid(s.setrole)) END,
            format(' SET %s TO %s', split_part(c, '=', 1),
            CASE WHEN split_part(c, '=', 1) IN ('search_path', 'temp_tablespaces', 'local_preload_libraries', 'session_preload_libraries')
                AND substr(c, strpos(c,
                '=') + 1) NOT IN ('', '""')
                THEN substr(c, strpos(c, '=') + 1) WHEN substr(c, strpos(c, '=') + 1) = '""' THEN ''''''
                    ELSE quote_literal(substr(c, strpos(c, '=') + 1)) END)
        FROM d JOIN pg_db_role_setting s ON s.setdatabase = d.oid, unnest(s.setconfig) c
        UNION ALL
        SELECT 4, 'COMMENT ON DATABASE ', ' IS '
            || quote_literal(regexp_replace(shobj_description(d.oid, 'pg_database'), '{KeptMark.Pattern}', '')) FROM d
            WHERE shobj_description(d.oid,
            'pg_database') IS NOT NULL
        UNION ALL
        SELECT 9, 'ALTER DATABASE ', format(' WITH IS_TEMPLATE %s CONNECTION LIMIT %s', d.datistemplate::text, d.datconnlimit) FROM d
            WHERE d.datistemplate OR d.datconnlimit >= 0
        ORDER BY 1
        """;

    /// <summary>Reads those of the database that a session is connected to.</summary>
    public static async Task<DatabaseSettings> ReadAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        const int IsLast = 9;
        var found = new List<(string Before, string Behind)>();
        var last = new List<(string Before, string Behind)>();
        await connection
            .QueryAsync(
                Query,
                row => (row.GetInt32(0) == IsLast ? last : found).Add((row.GetString(1), row.GetString(2))),
                cancellationToken
            )
            .ConfigureAwait(false);
        return new DatabaseSettings(
            await DatabaseShape.ReadAsync(connection, cancellationToken).ConfigureAwait(false),
            found[0].Before,
            found[1..],
            last
        );
    }

    /// <summary>Sets some of them for another database.</summary>
    /// <returns>The statements that the server refused, for lack of rights or of what they name.</returns>
    public static async Task<IReadOnlyList<string>> ApplyAsync(
        PostgreSqlConnection server,
        string name,
        IEnumerable<(string Before, string Behind)> statements,
        CancellationToken cancellationToken
    )
    {
        var refused = new List<string>();
        foreach (var (before, behind) in statements)
        {
            try
            {
                await server.ExecuteAsync(before + PostgreSqlText.Name(name) + behind, cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException e)
                when (e.SqlState
                        is PostgresErrorCodes.InsufficientPrivilege
                            or PostgresErrorCodes.UndefinedObject
                            or PostgresErrorCodes.InvalidParameterValue
                            or PostgresErrorCodes.InvalidName
                )
            {
                refused.Add(before + "the database" + behind);
            }
        }

        return refused;
    }
}
