using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Looks for a table by its name as SQL writes it.</summary>
internal static class TableName
{
    /// <summary>
    /// Whether there is a table of that name, along the session's <c>search_path</c> where it has no schema; a view does not count
    /// (<see href="https://www.postgresql.org/docs/current/functions-info.html#FUNCTIONS-INFO-CATALOG-TABLE">to_regclass</see>).
    /// </summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: it is no name.</exception>
    public static async Task<bool> ExistsAsync(PostgreSqlConnection connection, string name, CancellationToken cancellationToken)
    {
        try
        {
            var found = await connection
                .QueryAsScriptAsync(
                    """
                    SELECT 1 FROM pg_catalog.pg_class WHERE oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)
                        AND relkind OPERATOR(pg_catalog.=) ANY ('{r,p,f}'::pg_catalog."char"[])
                    """,
                    _ => { },
                    cancellationToken,
                    name
                )
                .ConfigureAwait(false);
            return found > 0;
        }
        catch (PostgresException e)
            when (e.SqlState is PostgresErrorCodes.InvalidName or PostgresErrorCodes.SyntaxError or PostgresErrorCodes.FeatureNotSupported)
        {
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"'{name}' is not the name of a table: {e.MessageText}.",
                "Write the name as SQL does: users, app.users, or \"quoted name\".",
                e
            );
        }
    }
}
