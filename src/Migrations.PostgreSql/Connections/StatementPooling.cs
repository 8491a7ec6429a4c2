using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>A pooler in statement mode, which allows no transaction (<see href="https://www.pgbouncer.org/features.html"/>).</summary>
internal static class StatementPooling
{
    private const string StatementMode = "statement pooling mode";

    /// <summary>Whether the pooler refused a transaction: in statement mode it allows none.</summary>
    public static bool IsRefusal(Exception e) =>
        e is PostgresException { SqlState: PostgresErrorCodes.ProtocolViolation } p
        && p.MessageText.Contains(StatementMode, StringComparison.Ordinal);

    /// <summary>The refusal of a pooler in statement mode.</summary>
    /// <param name="doing">What failed, for the beginning of the sentence.</param>
    /// <param name="e">The pooler's error.</param>
    public static MigrationException Refusal(string doing, Exception e) =>
        new(
            ErrorId.PoolerUnsuitable,
            $"{doing} failed, because the connection goes through a pooler in statement mode, which allows no transaction: "
                + $"{PostgreSqlErrors.Message(e)}.",
            "Connect to the server itself, or to a pool in session or transaction mode.",
            e
        );
}
