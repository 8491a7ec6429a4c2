using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Keeps code from committing the transaction that it was given: a cursor WITH HOLD is read when its transaction commits
/// (<see href="https://www.postgresql.org/docs/current/sql-declare.html"/>), and the query of this one fails then. It takes no privilege
/// and no object, nothing that code says of constraints reaches it, and a transaction with it cannot be prepared either.
/// </summary>
internal static class CommitGuard
{
    /// <summary>Lets the transaction be committed; also where code has closed all cursors itself.</summary>
    public const string Release = "CLOSE ALL";

    private const string Name = "migrations_commits_this_transaction";

    /// <summary>Keeps the transaction from being committed. Its query must not be computed when it is planned.</summary>
    public const string Declaration =
        $"DECLARE {Name} NO SCROLL CURSOR WITH HOLD FOR SELECT pg_catalog.int4in(pg_catalog.textout(pg_catalog.concat('{Name} ', "
        + "pg_catalog.pg_backend_pid())))";

    /// <summary>Whether a commit was refused.</summary>
    public static bool HasRefused(Exception failure)
    {
        for (var e = failure; e is not null; e = e.InnerException)
        {
            if (e is PostgresException refused && refused.MessageText.Contains(Name, StringComparison.Ordinal))
                return true;
        }

        return false;
    }
}
