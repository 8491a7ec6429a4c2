using System.Globalization;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>What uses a database or holds a lock in it, and how it can be ended.</summary>
/// <param name="Description">What it is, for a sentence.</param>
/// <param name="WayOut">What to do about it, as a sentence.</param>
internal sealed record DatabaseUser(string Description, string WayOut)
{
    /// <summary>How all sessions of a database are ended.</summary>
    public static string EndSessions(string database) =>
        "Stop what is connected, or end it: SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = "
        + $"{PostgreSqlText.Literal(database)};";

    /// <summary>A session, from a row of pg_stat_activity.</summary>
    public static DatabaseUser OfSession(NpgsqlDataReader row, string database)
    {
        var (process, user, application) = (row.GetInt32(0), row.GetString(1), row.GetString(2));
        if (!row.IsDBNull(6))
        {
            return new DatabaseUser(
                string.Create(CultureInfo.InvariantCulture, $"backend {process}, which works for the subscription {row.GetString(6)}"),
                $"In the database: ALTER SUBSCRIPTION {row.GetString(6)} DISABLE;"
            );
        }

        if (!row.IsDBNull(7))
        {
            return new DatabaseUser(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"backend {process} of user {user}, which reads the replication slot '{row.GetString(7)}'"
                ),
                $"Stop the subscriber that reads '{row.GetString(7)}'; the slot stays with the database that is replaced."
            );
        }

        var kind = row.GetString(5) is "client backend" ? "" : row.GetString(5) + ", ";
        return new DatabaseUser(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{kind}backend {process} of user {user}{(application.Length == 0 ? "" : $" ({application})")} from "
                    + $"{row.GetString(3)}{(row.GetString(4).Length == 0 ? "" : ", " + row.GetString(4))}"
            ),
            EndSessions(database)
        );
    }

    /// <summary>A prepared transaction: no session holds it any more.</summary>
    public static DatabaseUser OfPrepared(string id, string owner, TimeSpan age) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"the prepared transaction {PostgreSqlText.Literal(id)} of user {owner}, prepared {age:c} ago"
            ),
            $"In the database: ROLLBACK PREPARED {PostgreSqlText.Literal(id)}; or COMMIT PREPARED {PostgreSqlText.Literal(id)};"
        );
}
