using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Why a dump did not get its tables: <c>pg_dump</c> hands the server's words on, in the server's language and without their code, and
/// beside them its own LOCK TABLE, in ours. So the same lock is asked for once more.
/// </summary>
internal static class RefusedLock
{
    private const string Beginning = "LOCK TABLE ";
    private const string End = " IN ACCESS SHARE MODE";

    /// <summary>The code of the error.</summary>
    /// <param name="connection">A connection to the database, for another one of its kind.</param>
    /// <param name="failure">How <c>pg_dump</c> failed.</param>
    /// <param name="mayHaveWaited">Whether it ran as long as it may wait for a lock.</param>
    /// <returns>
    /// <see cref="PostgresErrorCodes.LockNotAvailable"/> where another session has the table, or had it until now; null where the failure
    /// is
    /// not one of a lock.
    /// </returns>
    public static async Task<string?> CodeAsync(PostgreSqlConnection connection, MigrationException failure, bool mayHaveWaited)
    {
        if (failure.Id is not (ErrorId.ClientToolFailed or ErrorId.PermissionDenied) || Statement(failure.Message) is not { } statement)
            return null;
        try
        {
            var second = await connection.Connector.OpenSecondAsync(CancellationToken.None).ConfigureAwait(false);
            await using var _ = second.ConfigureAwait(false);
            await SqlBatch.ExecuteAsync(second, "BEGIN", [], CancellationToken.None).ConfigureAwait(false);
            await SqlBatch.ExecuteAsync(second, statement, [], CancellationToken.None).ConfigureAwait(false);
            return mayHaveWaited ? PostgresErrorCodes.LockNotAvailable : null;
        }
        catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e))
        {
            return e.SqlState;
        }
        catch (Exception e) when (e is NpgsqlException or TimeoutException)
        {
            return null;
        }
    }

    private static string? Statement(string message)
    {
        var from = message.IndexOf(Beginning, StringComparison.Ordinal);
        if (from < 0)
            return null;
        // A list of many tables is cut off in the message: its first one says as much.
        var to = message.IndexOf(End, from, StringComparison.Ordinal);
        var tables = to < 0 ? message[from..].Split(',')[0] : message[from..to];
        return tables + End + " NOWAIT";
    }
}
