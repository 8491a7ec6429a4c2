using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// What reaches beyond the server cannot be called in a copy on which scripts run, whatever calls it: a view, a trigger, text that is put
/// together while it runs. The functions of extensions that reach there (<c>dblink</c>), those in languages that are not trusted, and the
/// handlers of foreign data wrappers are replaced by ones that refuse (<see
/// href="https://www.postgresql.org/docs/current/catalog-pg-proc.html"/>).
/// </summary>
internal static class Barrier
{
    private const string State = PostgreSqlConnection.StoppedState;

    // A handler cannot be written in PL/pgSQL: then that is the error, and its name is of no language.
    private const string Handler = "fdw_handler";

    // Handlers of languages stay: their functions are replaced. The warning is there for who catches the error.
    private const string Replace = $"""
        UPDATE pg_catalog.pg_proc p SET probin = NULL,
            prolang = (SELECT oid FROM pg_catalog.pg_language WHERE lanname = 'plpgsql'),
            prosrc = pg_catalog.format(
                'BEGIN RAISE WARNING %1$L USING ERRCODE = ''{State}'', DETAIL = %2$L;
                RAISE %1$L USING ERRCODE = ''{State}'', DETAIL = %2$L; END',
                'This reaches beyond the copy', pg_catalog.replace(p.proname::text, '%', '') || '()')
        WHERE p.prokind <> 'a' AND p.prorettype <> 'pg_catalog.language_handler'::pg_catalog.regtype AND (
            p.oid IN (SELECT fdwhandler FROM pg_catalog.pg_foreign_data_wrapper)
            OR p.prolang IN (SELECT oid FROM pg_catalog.pg_language WHERE NOT lanpltrusted AND lanname NOT IN ('internal', 'c', 'sql'))
            OR EXISTS (SELECT FROM pg_catalog.pg_depend d JOIN pg_catalog.pg_extension e ON e.oid = d.refobjid
                WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objid = p.oid AND d.deptype = 'e'
                AND d.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass
                AND e.extname = ANY (pg_catalog.string_to_array($1, '/'))))
        """;

    /// <summary>Puts it up.</summary>
    /// <param name="connection">A session on the copy, as the role that has filled it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>Whether nothing in the copy reaches further now: only a superuser may replace the functions.</returns>
    public static async Task<bool> RaiseAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        var reaching = new List<string>();
        await connection
            .QueryAsync("SELECT extname::text FROM pg_catalog.pg_extension", row => reaching.Add(row.GetString(0)), cancellationToken)
            .ConfigureAwait(false);
        // Functions of a language's extension belong to the language itself, and only a superuser writes others in it.
        reaching.RemoveAll(e => !StatementReach.IsWorldExtension(e) || StatementReach.IsLanguage(e));
        const string Any = """
            SELECT 1 WHERE $1 <> '' OR EXISTS (SELECT FROM pg_catalog.pg_foreign_data_wrapper)
                OR EXISTS (SELECT FROM pg_catalog.pg_language WHERE NOT lanpltrusted AND lanname NOT IN ('internal', 'c', 'sql'))
            """;
        var extensions = string.Join('/', reaching);
        if (!await connection.AnyAsync(Any, cancellationToken, extensions).ConfigureAwait(false))
            return true;
        try
        {
            await connection.QueryAsync(Replace, _ => { }, cancellationToken, extensions).ConfigureAwait(false);
            return true;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            return false;
        }
    }

    /// <summary>What a statement has called that refused, in words of SQL; null when it failed for another reason.</summary>
    public static string? Stopped(StatementException failure) =>
        failure switch
        {
            { Code: State, Detail: { } called } => called,
            { Code: PostgresErrorCodes.FeatureNotSupported } when failure.Message.Contains(Handler, StringComparison.Ordinal) =>
                "the use of a foreign table",
            _ => null,
        };
}
