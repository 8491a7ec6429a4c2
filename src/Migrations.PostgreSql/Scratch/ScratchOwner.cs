using System.Globalization;
using System.Security.Cryptography;
using Migrations.Events;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// The owner of a database that is there for a moment. As long as the process lives, a session of its own holds an advisory lock on the
/// database's name (<see href="https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS"/>), which anyone can see: a
/// database without that lock, and to which no one is connected, was left by a killed run, or by one whose server crashed.
/// </summary>
internal static class ScratchOwner
{
    /// <summary>How the names of scratch databases begin.</summary>
    public const string Prefix = "migrations_scratch_";

    /// <summary>What stands in the name of a database that is being restored, before the time.</summary>
    public const string ReplacementMark = "_restoring_";

    // Only names that are made here are taken for owned ones; those of older versions, which took no lock, have shorter ids.
    private const int IdLength = 16;
    private const string TimeFormat = "yyyyMMddHHmmss";

    private static readonly string[] Marks = [Prefix, ReplacementMark];

    /// <summary>The end of a new name: the time, and an id that no other has.</summary>
    public static string NewEnd() =>
        DateTime.UtcNow.ToString(TimeFormat, CultureInfo.InvariantCulture)
        + "_"
        + Convert.ToHexString(RandomNumberGenerator.GetBytes(IdLength / 2)).ToLowerInvariant();

    /// <summary>Takes the lock on a name, before the database is made. It lasts as long as the session.</summary>
    public static async Task HoldAsync(PostgreSqlConnection connection, string name, CancellationToken cancellationToken)
    {
        // Behind a pooler the server's session is another's too.
        if (connection.ServerVersion >= 14)
        {
            await connection
                .QueryAsync(
                    "SELECT pg_catalog.set_config('idle_session_timeout', '0', false) WHERE pg_catalog.pg_backend_pid() = $1::integer",
                    _ => { },
                    cancellationToken,
                    connection.ProcessId
                )
                .ConfigureAwait(false);
        }

        await connection
            .QueryAsync($"SELECT pg_catalog.pg_advisory_lock({Key("$1")})", _ => { }, cancellationToken, name)
            .ConfigureAwait(false);
    }

    /// <summary>The databases of a server whose owner is dead, and those older than a day of which that is not known.</summary>
    public static async Task<IReadOnlyList<string>> FindLeftoversAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        var dead = await FindDeadAsync(connection, mine: false, cancellationToken).ConfigureAwait(false);
        var all = new List<string>();
        await connection
            .QueryAsync("SELECT datname::text FROM pg_catalog.pg_database", row => all.Add(row.GetString(0)), cancellationToken)
            .ConfigureAwait(false);
        return
        [
            .. all.Where(n => dead.Contains(n) || (!HasOwner(n) && MadeAt(n) < DateTime.UtcNow.AddDays(-1))).Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Drops the databases whose owner is dead, as far as this role may.</summary>
    /// <param name="connection">A connection to any database of the server.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task RemoveLeftoversAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        foreach (var name in await FindDeadAsync(connection, mine: true, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                // Not by force: whoever is connected by now has a use for it.
                await Subscriptions
                    .DropDatabaseAsync(connection, name, $"DROP DATABASE IF EXISTS {PostgreSqlText.Name(name)}", cancellationToken)
                    .ConfigureAwait(false);
            }
            catch (Exception e) when (e is MigrationException || (e is PostgresException refused && !PostgreSqlErrors.IsBroken(refused)))
            {
                cancellationToken.ThrowIfCancellationRequested();
                connection.Options.Events.Publish(
                    new WarningRaised(
                        $"The database {name}, which a killed run has left behind, could not be dropped: "
                            + $"{(e is PostgresException words ? PostgreSqlErrors.Message(words) : e.Message)}"
                    )
                );
            }
        }
    }

    /// <summary>Drops a database with whoever is connected; when that cannot be done, reports what stays.</summary>
    /// <param name="connection">A connection to another database of the server; connects again when the server has crashed
    /// meanwhile.</param>
    /// <param name="name">The database.</param>
    public static async Task DropAsync(PostgreSqlConnection connection, string name)
    {
        try
        {
            await connection.ReconnectAsync(CancellationToken.None).ConfigureAwait(false);
            try
            {
                await Subscriptions.DropDatabaseForciblyAsync(connection, name).ConfigureAwait(false);
            }
            catch (NpgsqlException e) when (PostgreSqlErrors.IsBroken(e))
            {
                await connection.ReconnectAsync(CancellationToken.None).ConfigureAwait(false);
                await Subscriptions.DropDatabaseForciblyAsync(connection, name).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is NpgsqlException or MigrationException)
        {
            // Nothing that the caller waits for depends on it.
            connection.Options.Events.Publish(
                new WarningRaised(
                    $"The database {name} on the server of {connection.Target.Display} could not be dropped: "
                        + $"{(e is NpgsqlException refused ? PostgreSqlErrors.Message(refused) : e.Message)}"
                        + " The next command that makes a database there drops it; or drop it yourself: DROP DATABASE "
                        + $"{PostgreSqlText.Name(name)};"
                )
            );
        }
    }

    private static async Task<HashSet<string>> FindDeadAsync(
        PostgreSqlConnection connection,
        bool mine,
        CancellationToken cancellationToken
    )
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        await connection
            .QueryAsync(
                $"""
                SELECT d.datname::text FROM pg_catalog.pg_database d
                WHERE d.datname::text ~ $1 AND ($2::text IS NULL OR pg_catalog.pg_has_role(d.datdba, 'USAGE'))
                    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity a WHERE a.datid = d.oid)
                    AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_locks l WHERE l.locktype = 'advisory' AND l.objsubid = 1
                        AND ((l.classid::bigint << 32) | l.objid::bigint) = {Key("d.datname::text")})
                """,
                row => names.Add(row.GetString(0)),
                cancellationToken,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"(^{Prefix}|{ReplacementMark})[0-9]{{{TimeFormat.Length}}}_[0-9a-f]{{{IdLength}}}$"
                ),
                mine ? "mine" : null
            )
            .ConfigureAwait(false);
        return names;
    }

    // The first 64 bits of a hash: the same on every version of the server.
    private static string Key(string name) =>
        $"('x' || pg_catalog.substr(pg_catalog.md5('migrations:' || {name}), 1, 16))::bit(64)::bigint";

    private static bool HasOwner(string name) => MadeAt(name) < DateTime.MaxValue && name.Length - name.LastIndexOf('_') - 1 == IdLength;

    private static DateTime MadeAt(string name)
    {
        var at = Marks.Select(m => name.LastIndexOf(m, StringComparison.Ordinal) is var found and >= 0 ? found + m.Length : -1).Max();
        return
            at >= 0
            && name.Length > at + TimeFormat.Length
            && DateTime.TryParseExact(
                name.AsSpan(at, TimeFormat.Length),
                TimeFormat,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                out var made
            )
            ? made
            : DateTime.MaxValue;
    }
}
