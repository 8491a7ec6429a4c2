namespace Migrations.PostgreSql;

/// <summary>
/// A setting that servers know since version 17 (<see
/// href="https://www.postgresql.org/docs/17/runtime-config-client.html#GUC-TRANSACTION-TIMEOUT"/>). PostgreSQL's programs of these versions
/// write <c>SET transaction_timeout = 0</c> at the head of each dump, and <c>pg_restore</c> says it itself, whatever server it is for;
/// older ones refuse it.
/// </summary>
internal static class TransactionTimeout
{
    /// <summary>The server's code for a transaction that took too long; it ends the connection.</summary>
    public const string Code = "25P04";

    private const int LongestStatement = 100;

    /// <summary>Whether servers and programs of a major version know it.</summary>
    public static bool IsKnown(int version) => version >= 17;

    /// <summary>Whether a server refuses a statement of a dump that does nothing but switch it off.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="server">The server's major version.</param>
    public static bool IsRefused(string statement, int server) =>
        !IsKnown(server) && statement.Length < LongestStatement && new StatementWords(statement).StartWith("SET TRANSACTION_TIMEOUT = 0");
}
