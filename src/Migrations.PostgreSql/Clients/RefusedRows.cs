using System.Text.RegularExpressions;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Whether a dump failed for a table of which a policy hides rows (<see
/// href="https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-ROW-SECURITY"/>): <c>pg_dump</c> hands the server's words
/// on, in the server's language and without their code, and beside them its own COPY, in ours. So the table is asked for once more.
/// </summary>
internal static partial class RefusedRows
{
    private const int MatchMilliseconds = 1000;

    /// <summary>The table, as it stands in statements; null when the failure is another one.</summary>
    /// <param name="connection">A connection to the database, for another one of its kind.</param>
    /// <param name="failure">How <c>pg_dump</c> failed.</param>
    public static async Task<string?> TableAsync(PostgreSqlConnection connection, MigrationException failure)
    {
        if (failure.Id != ErrorId.ClientToolFailed || Copy().Match(failure.Message) is not { Success: true } copy)
            return null;
        var table = copy.Groups["table"].Value;
        try
        {
            var second = await connection.Connector.OpenSecondAsync(CancellationToken.None).ConfigureAwait(false);
            await using var _ = second.ConfigureAwait(false);
            await SqlBatch.ExecuteAsync(second, "SET row_security = off", [], CancellationToken.None).ConfigureAwait(false);
            await SqlBatch.ExecuteAsync(second, $"SELECT FROM {table} LIMIT 0", [], CancellationToken.None).ConfigureAwait(false);
            return null;
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            return table;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return null;
        }
    }

    [GeneratedRegex("""Query was: COPY (?<table>\S.{0,200}?) \(""", RegexOptions.None, MatchMilliseconds)]
    private static partial Regex Copy();
}
