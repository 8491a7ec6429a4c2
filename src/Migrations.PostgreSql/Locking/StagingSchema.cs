using System.Globalization;
using System.Security.Cryptography;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// The schema in which a copy builds its tables. As long as the copy lives, its session holds an advisory lock on the schema's name
/// (<see href="https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS"/>): a schema without that lock was left by a
/// killed copy.
/// </summary>
internal static class StagingSchema
{
    private const string Prefix = "migrations_copy_";
    private const string Pattern = "^migrations_copy_[0-9]{14}_[0-9a-f]{16}$";

    /// <summary>A new name: the time, and an id that no other has.</summary>
    public static string NewName() =>
        Prefix
        + DateTime.UtcNow.ToString("yyyyMMddHHmmss", CultureInfo.InvariantCulture)
        + "_"
        + Convert.ToHexString(RandomNumberGenerator.GetBytes(8)).ToLowerInvariant();

    /// <summary>Takes the lock on a name, before the schema is made.</summary>
    public static Task HoldAsync(PostgreSqlConnection connection, string name, CancellationToken cancellationToken) =>
        connection.QueryAsync($"SELECT pg_advisory_lock({Key("$1")})", _ => { }, cancellationToken, name);

    /// <summary>The schemas of this database whose owner is dead.</summary>
    public static async Task<IReadOnlyList<string>> FindLeftoversAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        var names = new List<string>();
        await connection
            .QueryAsync(
                $"""
                SELECT n.nspname::text FROM pg_namespace n
                WHERE n.nspname ~ $1 AND NOT EXISTS (SELECT 1 FROM pg_locks l WHERE l.locktype = 'advisory' AND l.objsubid = 1
                    AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
                    AND ((l.classid::bigint << 32) | l.objid::bigint) = {Key("n.nspname::text")})
                ORDER BY 1
                """,
                row => names.Add(row.GetString(0)),
                cancellationToken,
                Pattern
            )
            .ConfigureAwait(false);
        return names;
    }

    /// <summary>Drops a schema of this kind with all that is in it.</summary>
    public static Task DropAsync(PostgreSqlConnection connection, string name, CancellationToken cancellationToken) =>
        connection.ExecuteAsync($"DROP SCHEMA IF EXISTS {PostgreSqlText.Name(name)} CASCADE", cancellationToken);

    /// <summary>Drops the schemas whose owner is dead, as far as this role may.</summary>
    public static async Task RemoveLeftoversAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        foreach (var name in await FindLeftoversAsync(connection, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await DropAsync(connection, name, cancellationToken).ConfigureAwait(false);
            }
            catch (PostgresException e) when (!PostgreSqlErrors.IsBroken(e))
            {
                connection.Options.Events.Publish(
                    new Events.WarningRaised(
                        $"The schema {name}, which a killed copy has left behind, could not be dropped: {e.MessageText}"
                    )
                );
            }
        }
    }

    // The first 64 bits of a hash: the same on every version of the server.
    private static string Key(string name) => $"('x' || substr(md5('migrations:' || {name}), 1, 16))::bit(64)::bigint";
}
