using System.Net.Sockets;
using System.Security.Authentication;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Turns Npgsql's exceptions into the engine's. Codes: <see href="https://www.postgresql.org/docs/current/errcodes-appendix.html"/>.
/// </summary>
internal static class PostgreSqlErrors
{
    private const string IdleInTransactionTimeout = "25P03";
    private const string IdleSessionTimeout = "57P05";

    /// <summary>Whether a failed connection may succeed a little later: the server is unreachable, starting, or full.</summary>
    public static bool MayPass(Exception e) =>
        e switch
        {
            PostgresException p => p.SqlState is PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections
                || p.SqlState.StartsWith("08", StringComparison.Ordinal),
            NpgsqlException { InnerException: AuthenticationException } => false,
            NpgsqlException n when IsWithoutHost(n) => true, // A standby that is about to take over.
            NpgsqlException n => n.InnerException is SocketException or TimeoutException or IOException,
            SocketException or TimeoutException or IOException => true,
            _ => false,
        };

    /// <summary>
    /// Whether a policy would have hidden rows from a query of our own, which runs without
    /// <see href="https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-ROW-SECURITY">row_security</see>. The code alone
    /// also stands for a missing GRANT.
    /// </summary>
    public static bool IsHidden(PostgresException e) =>
        e.SqlState is PostgresErrorCodes.InsufficientPrivilege && string.Equals(e.Routine, "check_enable_rls", StringComparison.Ordinal);

    /// <summary>Whether another session made the same object at the same moment, which IF NOT EXISTS does not cover.</summary>
    public static bool IsRace(PostgresException e) =>
        e.SqlState
            is PostgresErrorCodes.UniqueViolation
                or PostgresErrorCodes.DuplicateTable
                or PostgresErrorCodes.DuplicateSchema
                or PostgresErrorCodes.DuplicateObject;

    /// <summary>Whether the connection is gone, so that it is not known how the last statement ended.</summary>
    public static bool IsBroken(Exception e) =>
        e switch
        {
            // What ends the connection is more than an ERROR; one that a statement raises with such a code (for a foreign server, say) is
            // an
            // answer.
            PostgresException p => p.InvariantSeverity is not "ERROR"
                && (IsOfConnection(p.SqlState) || p.SqlState is TransactionTimeout.Code),
            NpgsqlException => true,
            OperationCanceledException { InnerException: { } inner } => inner is not PostgresException && IsBroken(inner),
            _ => false,
        };

    /// <summary>
    /// Whether an error is about the rows that are there or not there: a constraint, an exception that a function raises, a query that
    /// should have found one row (<see href="https://www.postgresql.org/docs/current/errcodes-appendix.html"/>).
    /// </summary>
    public static bool IsOfRows(PostgresException e) =>
        e.SqlState.StartsWith("23", StringComparison.Ordinal)
        || e.SqlState is PostgresErrorCodes.RaiseException or PostgresErrorCodes.NoDataFound or PostgresErrorCodes.CardinalityViolation;

    /// <summary>
    /// Whether the server reported how the last statement ended: a transaction that took too long is rolled back, though the connection is
    /// ended with it.
    /// </summary>
    public static bool IsAnswer(Exception e) => e is PostgresException p && (!IsBroken(p) || p.SqlState is TransactionTimeout.Code);

    /// <summary>The database's or the network's own words.</summary>
    public static string Message(Exception e) =>
        e switch
        {
            PostgresException p => p.MessageText,
            { InnerException: SocketException s } => s.Message,
            { InnerException: AuthenticationException a } => a.InnerException?.Message ?? a.Message,
            { InnerException: TimeoutException } => "no answer in time",
            _ => e.Message,
        };

    /// <summary>A connection that could not be made.</summary>
    public static MigrationException Connecting(DatabaseTarget target, string? user, Exception e, int attempts)
    {
        var words = Message(e).TrimEnd('.');
        return e switch
        {
            MigrationException m => m,
            PostgresException { SqlState: PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification } =>
                Authentication(target, user, words, e),
            PostgresException { SqlState: PostgresErrorCodes.InvalidCatalogName } => new MigrationException(
                ErrorId.DatabaseMissing,
                $"The database '{target.Database}' does not exist on the server of {target.Display}: {words}.",
                $"Create it with 'createdb {target.Database}' or CREATE DATABASE, or correct the name.",
                e
            ),
            PostgresException p => General(p, $"Connecting to {target.Display}"),
            NpgsqlException when words.StartsWith("No password", StringComparison.Ordinal) => Authentication(target, user, words, e),
            { InnerException: AuthenticationException } => new MigrationException(
                ErrorId.ConnectionFailed,
                $"{target.Display} was reached, but a TLS connection to it could not be made: {words}.",
                "Check sslmode, and that sslrootcert names the certificate of the server's authority and the host is one of the "
                    + "certificate's names.",
                e
            ),
            NpgsqlException n when IsWithoutHost(n) => new MigrationException(
                ErrorId.ConnectionFailed,
                $"No host of {target.Display} can be reached and is what target_session_attrs asks for{Causes(n)}.",
                "See that the servers run and which one is the primary (SELECT pg_is_in_recovery()) and that "
                    + "default_transaction_read_only is off there, or give another target_session_attrs.",
                e
            ),
            _ => new MigrationException(
                ErrorId.ConnectionFailed,
                $"{target.Display} could not be reached{(attempts > 1 ? $" in {attempts} tries" : "")}: {words}.",
                "Check host and port and that the server runs ('pg_isready'). To wait for a starting server, set "
                    + "DB_RETRY_ATTEMPTS and DB_RETRY_DELAY.",
                e
            ),
        };
    }

    // Npgsql reports it in words only: none answered, or none of those that did was of the kind.
    private static bool IsWithoutHost(NpgsqlException e) => e.Message.Contains("suitable host", StringComparison.Ordinal);

    private static string Causes(NpgsqlException e) =>
        e.InnerException is AggregateException { InnerExceptions: var all }
            ? ": " + string.Join("; ", all.Select(i => Message(i).TrimEnd('.')).Distinct(StringComparer.Ordinal))
            : "";

    /// <summary>A failure outside scripts.</summary>
    /// <param name="e">The server's error.</param>
    /// <param name="doing">What failed, for the beginning of the sentence.</param>
    public static MigrationException General(PostgresException e, string doing) =>
        new(IdOf(e), $"{doing} failed: {e.MessageText} ({e.SqlState}).{(e.Detail is null ? "" : " " + e.Detail)}", NextStep(e), e);

    /// <summary>As <see cref="TranslateAsync{T}"/>, for work without a result.</summary>
    public static Task TranslateAsync(Task work, string doing)
    {
        return TranslateAsync(WithResultAsync(), doing);

        async Task<bool> WithResultAsync()
        {
            await work.ConfigureAwait(false);
            return true;
        }
    }

    /// <summary>Waits for work outside scripts and turns what Npgsql throws into the engine's errors.</summary>
    /// <param name="work">The work.</param>
    /// <param name="doing">What it does, for the beginning of a sentence.</param>
    public static async Task<T> TranslateAsync<T>(Task<T> work, string doing)
    {
        try
        {
            return await work.ConfigureAwait(false);
        }
        catch (PostgresException e) when (StatementPooling.IsRefusal(e))
        {
            throw StatementPooling.Refusal(doing, e);
        }
        catch (PostgresException e)
        {
            throw General(e, doing);
        }
        catch (NpgsqlException e)
        {
            throw new MigrationException(
                ErrorId.ConnectionFailed,
                $"{doing} failed, because the connection broke: {Message(e).TrimEnd('.')}.",
                "Check the server and the network, then run the command again.",
                e
            );
        }
    }

    /// <summary>The cause that a code stands for.</summary>
    public static ErrorId IdOf(PostgresException e) =>
        e.SqlState switch
        {
            // A statement may raise any code: one that another server gave it, for example.
            _ when e.InvariantSeverity is "ERROR" && IsOfConnection(e.SqlState) => ErrorId.StatementFailed,
            PostgresErrorCodes.InsufficientPrivilege => ErrorId.PermissionDenied,
            PostgresErrorCodes.ReadOnlySqlTransaction => ErrorId.DatabaseReadOnly,
            PostgresErrorCodes.DiskFull or PostgresErrorCodes.IoError => ErrorId.DiskFailed,
            PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure =>
                ErrorId.TableLockTimedOut,
            PostgresErrorCodes.QueryCanceled or TransactionTimeout.Code => ErrorId.StatementTimedOut,
            PostgresErrorCodes.InvalidPassword or PostgresErrorCodes.InvalidAuthorizationSpecification => ErrorId.AuthenticationFailed,
            PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections => ErrorId.ConnectionFailed,
            var code when IsOfConnection(code) => ErrorId.ConnectionFailed,
            _ => ErrorId.StatementFailed,
        };

    private static bool IsOfConnection(string code) =>
        code is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or IdleInTransactionTimeout or IdleSessionTimeout
        || code.StartsWith("08", StringComparison.Ordinal);

    /// <summary>What a user can do about a code.</summary>
    public static Advice NextStep(PostgresException e) =>
        e.SqlState switch
        {
            "55P04" => "A new enum value can be used only after its ALTER TYPE ... ADD VALUE is committed: put ADD VALUE into an "
                + "earlier migration of its own, then run the command again.",
            PostgresErrorCodes.ActiveSqlTransaction =>
                "The statement cannot run in a transaction: put it into a migration of its own, or write '-- transaction: none' "
                    + "in the script's first comment.",
            PostgresErrorCodes.InvalidTransactionTermination =>
                "COMMIT and ROLLBACK in a procedure or DO block work only outside a transaction: take them out, or write '-- "
                    + "Transaction: none' in the script's first comment.",
            PostgresErrorCodes.FeatureNotSupported
                when e.Routine is "RememberAllDependentForRebuilding"
                    || e.MessageText.Contains("used by a view", StringComparison.Ordinal) =>
                "Drop the view before the change and create it again after it, in the same script; or add a new column, copy the "
                    + "values, and let the view use that one.",
            PostgresErrorCodes.InsufficientPrivilege => "Run as a role that has the right, or GRANT it to this one.",
            PostgresErrorCodes.ReadOnlySqlTransaction =>
                "Connect to the primary server, not to a standby, and check default_transaction_read_only.",
            PostgresErrorCodes.DiskFull or PostgresErrorCodes.IoError =>
                "Free space on the server's disk, or have it checked, then run the command again.",
            PostgresErrorCodes.LockNotAvailable =>
                "Run it again when the database is quieter, or allow a longer wait: '-- lock-timeout: 30s' in the script's first comment.",
            PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure =>
                "Nothing is wrong with the script: run it again when the database is quieter.",
            PostgresErrorCodes.QueryCanceled =>
                "Allow more time with '-- timeout: 10min' in the script's first comment, or make the statement faster.",
            TransactionTimeout.Code =>
                "Give the role that migrates more time for a transaction: ALTER ROLE ... SET transaction_timeout = 0; or split the script.",
            IdleSessionTimeout =>
                "Let the session of a role that migrates be idle: ALTER ROLE ... SET idle_session_timeout = 0; then run the command again.",
            PostgresErrorCodes.TooManyConnections => "Wait until connections are free, or raise max_connections.",
            PostgresErrorCodes.UndefinedTable or PostgresErrorCodes.UndefinedColumn or PostgresErrorCodes.InvalidSchemaName =>
                "Check the name, and that an earlier migration or statement creates it; then run the command again.",
            _ => Advice.Of($"Fix the script and run the command again; '{Call.Status}' shows what is applied."),
        };

    private static MigrationException Authentication(DatabaseTarget target, string? user, string words, Exception e) =>
        new(
            ErrorId.AuthenticationFailed,
            $"The server of {target.Display} did not accept the user '{user}': {words}.",
            "Check user and password in the URL, in PGPASSWORD or in ~/.pgpass, which is passed over when others may read it (chmod 600); "
                + "special characters in a URL's password are written as %-codes. Then see pg_hba.conf on the server.",
            e
        );
}
