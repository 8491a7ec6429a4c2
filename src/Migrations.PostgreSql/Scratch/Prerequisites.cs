using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// What migrations find in a database, and none of them makes: settings of the database and its role, and the schemas and extensions that
/// an administrator made beforehand.
/// </summary>
/// <param name="Settings">The settings, as statements about a database: what stands before its name, and behind it.</param>
/// <param name="Schemas">The schemas.</param>
/// <param name="Extensions">The extensions, with their schemas and versions.</param>
internal sealed record Prerequisites(
    IReadOnlyList<(string Before, string Behind)> Settings,
    IReadOnlyList<string> Schemas,
    IReadOnlyList<(string Name, string Schema, string Version)> Extensions
)
{
    /// <summary>Reads those of the database that a session is connected to.</summary>
    /// <param name="origin">The session.</param>
    /// <param name="scripts">
    /// The scripts that will run; their schemas and extensions are theirs to make. Null: only the settings are wanted.
    /// </param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<Prerequisites> ReadAsync(
        PostgreSqlConnection origin,
        ScriptNames? scripts,
        CancellationToken cancellationToken
    )
    {
        var settings = new List<(string, string)>();
        await origin
            .QueryAsync(SettingsQuery, row => settings.Add((row.GetString(0), row.GetString(1))), cancellationToken)
            .ConfigureAwait(false);
        if (scripts is null)
            return new Prerequisites(settings, [], []);
        var extensions = new List<(string Name, string Schema, string Version)>();
        await origin
            .QueryAsync(ExtensionsQuery, row => extensions.Add((row.GetString(0), row.GetString(1), row.GetString(2))), cancellationToken)
            .ConfigureAwait(false);
        extensions.RemoveAll(e => scripts.Extensions.Contains(e.Name));
        var schemas = new List<(string Name, bool IsOnPath)>();
        await origin
            .QueryAsync(SchemasQuery, row => schemas.Add((row.GetString(0), row.GetBoolean(1))), cancellationToken)
            .ConfigureAwait(false);
        var needed = schemas.Where(s =>
            !scripts.Schemas.Contains(s.Name)
            && (
                s.IsOnPath
                || scripts.Names.Contains(s.Name)
                || extensions.Exists(e => string.Equals(e.Schema, s.Name, StringComparison.Ordinal))
            )
        );
        return new Prerequisites(settings, [.. needed.Select(s => s.Name)], extensions);
    }

    /// <summary>Makes the schemas and extensions, and sets the settings.</summary>
    /// <param name="server">A session on another database of the scratch database's server.</param>
    /// <param name="scratch">The scratch database.</param>
    /// <param name="open">Opens a session on it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="PostgresException">An extension may be made by a superuser only.</exception>
    public async Task MakeAsync(
        PostgreSqlConnection server,
        DatabaseTarget scratch,
        Func<Task<PostgreSqlConnection>> open,
        CancellationToken cancellationToken
    )
    {
        if (Schemas.Count + Extensions.Count > 0)
        {
            var connection = await open().ConfigureAwait(false);
            await using var _ = connection.ConfigureAwait(false);
            await FillAsync(connection, scratch, cancellationToken).ConfigureAwait(false);
        }

        foreach (var (before, behind) in Settings)
            await SetAsync(server, before + PostgreSqlText.Name(scratch.Database) + behind, cancellationToken).ConfigureAwait(false);
    }

    private async Task FillAsync(PostgreSqlConnection connection, DatabaseTarget scratch, CancellationToken cancellationToken)
    {
        foreach (var schema in Schemas)
            await connection
                .ExecuteAsync($"CREATE SCHEMA IF NOT EXISTS {PostgreSqlText.Name(schema)}", cancellationToken)
                .ConfigureAwait(false);
        var missing = new List<string>();
        foreach (var (name, schema, version) in Extensions)
        {
            if (
                StatementReach.IsWorldExtension(name)
                || !await TryMakeAsync(connection, name, schema, version, cancellationToken).ConfigureAwait(false)
            )
                missing.Add("the extension " + name);
        }

        if (missing.Count > 0)
            ScratchRegister.Lacks(scratch, missing);
    }

    private static async Task<bool> TryMakeAsync(
        PostgreSqlConnection connection,
        string name,
        string schema,
        string version,
        CancellationToken cancellationToken
    )
    {
        var create = $"CREATE EXTENSION IF NOT EXISTS {PostgreSqlText.Name(name)} SCHEMA {PostgreSqlText.Name(schema)}";
        foreach (var more in (string[])[$" VERSION {PostgreSqlText.Literal(version)} CASCADE", " CASCADE"])
        {
            try
            {
                await connection.ExecuteAsync(create + more, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e) && e.SqlState is not PostgresErrorCodes.InsufficientPrivilege)
            {
                // Not this version, or not at all: the server of the copy has other programs.
            }
        }

        return false;
    }

    /// <summary>
    /// A setting that only a superuser may make, or that the server does not know, is left: nothing of the schema hangs on it.
    /// </summary>
    private static async Task SetAsync(PostgreSqlConnection server, string sql, CancellationToken cancellationToken)
    {
        try
        {
            await server.ExecuteAsync(sql, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e)) { }
    }

    // Libraries that sessions load, and what would keep a copy from being written, are not what a schema is made of. Lists are kept by the
    // server as they are written.
    private const string SettingsQuery = """
        SELECT CASE WHEN s.setrole = 0 THEN 'ALTER DATABASE ' ELSE 'ALTER ROLE CURRENT_USER IN DATABASE ' END,
            pg_catalog.format(' SET %I TO %s', pg_catalog.split_part(c, '=', 1), CASE
                WHEN pg_catalog.split_part(c, '=', 1) IN ('search_path', 'temp_tablespaces')
                AND v.value NOT IN ('', '""') THEN v.value WHEN v.value = '""' THEN '''''' ELSE pg_catalog.quote_literal(v.value) END)
        FROM pg_catalog.pg_db_role_setting s, pg_catalog.unnest(s.setconfig) c,
            LATERAL (SELECT pg_catalog.substr(c, pg_catalog.strpos(c, '=') + 1) AS value) v
        WHERE s.setdatabase IN (0, (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()))
        AND s.setrole IN (0, (SELECT oid FROM pg_catalog.pg_roles WHERE rolname = session_user)) AND (s.setdatabase <> 0 OR s.setrole <> 0)
        AND pg_catalog.split_part(c, '=', 1) NOT IN ('local_preload_libraries', 'session_preload_libraries',
            'default_transaction_read_only', 'synchronous_commit', 'role')
        ORDER BY s.setdatabase, s.setrole
        """;

    private static readonly string SchemasQuery = $"""
        SELECT n.nspname::text, n.nspname = ANY (SELECT pg_catalog.btrim(pg_catalog.replace(p, '$user', session_user), ' "')
            FROM pg_catalog.pg_settings s, pg_catalog.unnest(pg_catalog.string_to_array(s.reset_val, ',')) p WHERE s.name = 'search_path')
        FROM pg_catalog.pg_namespace n WHERE {CatalogueScope.IsUsers("n")} AND n.nspname <> 'public'
            AND {CatalogueScope.HasNoExtension("pg_catalog.pg_namespace", "n.oid")} ORDER BY 1
        """;

    private const string ExtensionsQuery =
        "SELECT e.extname::text, n.nspname::text, e.extversion::text FROM pg_catalog.pg_extension e JOIN "
        + $"pg_catalog.pg_namespace n ON n.oid = e.extnamespace WHERE e.oid >= {CatalogueScope.FirstOfUsers} ORDER BY e.oid";
}
