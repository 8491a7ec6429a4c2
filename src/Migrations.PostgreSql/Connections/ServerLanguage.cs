using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// The language of a server's messages. The client programs hand these on without their codes, and a role that is no superuser cannot
/// choose the language (<see href="https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LC-MESSAGES"/>).
/// </summary>
internal static class ServerLanguage
{
    /// <summary>Whether the server's messages can be read here.</summary>
    public static async Task<bool> IsEnglishAsync(PostgreSqlConnection server, CancellationToken cancellationToken)
    {
        try
        {
            // Its settings are not enough: the environment that it was started in counts too.
            await server.ExecuteAsync("SELECT 1 OPERATOR(pg_catalog./) 0", cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.DivisionByZero)
        {
            return e.MessageText is "division by zero";
        }
    }
}
