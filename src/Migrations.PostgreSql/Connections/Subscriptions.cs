using Migrations.Databases;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// The subscriptions of databases of our own. A dump makes them so that they do not connect
/// (<see href="https://www.postgresql.org/docs/current/logical-replication-subscription.html"/>); and the server drops no database that has
/// any.
/// </summary>
internal static class Subscriptions
{
    private const string Query = """
        SELECT subname::text FROM pg_catalog.pg_subscription
        WHERE subdbid = (SELECT oid FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) ORDER BY 1
        """;

    /// <summary>The names of those of the database that a session is connected to, quoted.</summary>
    public static async Task<IReadOnlyList<string>> ReadAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await connection
            .QueryAsync(Query, row => names.Add(PostgreSqlText.Name(row.GetString(0))), cancellationToken)
            .ConfigureAwait(false);
        return names;
    }

    /// <summary>
    /// Drops a database, after its subscriptions where it has any. Their slots are left alone: they belong to the database that this one is
    /// a copy of
    /// (<see href="https://www.postgresql.org/docs/current/sql-dropsubscription.html"/>).
    /// </summary>
    /// <param name="connection">A connection to another database of the server.</param>
    /// <param name="name">The database.</param>
    /// <param name="drop">The statement that drops it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task DropDatabaseAsync(
        PostgreSqlConnection connection,
        string name,
        string drop,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await connection.ExecuteAsync(drop, cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.ObjectInUse)
        {
            if (
                !await TryTakeOffAsync(PostgreSqlTarget.WithDatabase(connection.Target, name), connection.Options, cancellationToken)
                    .ConfigureAwait(false)
            )
                throw;
            await connection.ExecuteAsync(drop, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Drops a database with whoever is connected.</summary>
    public static async Task DropDatabaseForciblyAsync(PostgreSqlConnection connection, string name)
    {
        await LeavingSessions.AwaitAsync(connection, name).ConfigureAwait(false);
        await DropDatabaseAsync(
                connection,
                name,
                $"DROP DATABASE IF EXISTS {PostgreSqlText.Name(name)} WITH (FORCE)",
                CancellationToken.None
            )
            .ConfigureAwait(false);
    }

    private static async Task<bool> TryTakeOffAsync(DatabaseTarget database, SessionOptions options, CancellationToken cancellationToken)
    {
        var connection = await PostgreSqlConnection
            .OpenAsync(database, options, new PostgreSqlConnector(database, new PostgreSqlSources()), cancellationToken)
            .ConfigureAwait(false);
        await using var _ = connection.ConfigureAwait(false);
        var names = await ReadAsync(connection, cancellationToken).ConfigureAwait(false);
        foreach (var name in names)
        {
            foreach (
                var statement in (string[])
                    [$"ALTER SUBSCRIPTION {name} DISABLE", $"ALTER SUBSCRIPTION {name} SET (slot_name = NONE)", $"DROP SUBSCRIPTION {name}"]
            )
                await connection.ExecuteAsync(statement, cancellationToken).ConfigureAwait(false);
        }

        return names.Count > 0;
    }
}
