using System.Globalization;
using Migrations.History;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>What the engine says when the server refuses something about the history table.</summary>
/// <param name="connection">The connection.</param>
internal sealed class HistoryErrors(PostgreSqlConnection connection)
{
    private string Table => HistoryTable.Of(connection.Options);

    private string Display => HistoryTable.Display(connection.Options);

    /// <summary>The row was swallowed, or something else in the history changed with it.</summary>
    /// <param name="entry">The row.</param>
    /// <param name="e">The server's error.</param>
    /// <param name="isAlone">Whether it has a transaction of its own.</param>
    public MigrationException Disturbed(JournalEntry entry, Exception e, bool isAlone = false)
    {
        var disturbed = new DisturbedHistory(entry, isAlone);
        return new MigrationException(
            ErrorId.HistoryTableConflict,
            $"{entry.Name} ({JournalNames.Of(entry.Event)}) could not be recorded in the history table {Display}: its row was "
                + $"suppressed, or other rows there were changed with it. {disturbed.Outcome}",
            $"{disturbed.Advice}Look for triggers, rules and policies on {Display}, and for statements of the script that write to it; "
                + "remove them, then run the command again.",
            e
        );
    }

    /// <summary>An error of the server about the history table.</summary>
    public MigrationException Refused(PostgresException e, string doing)
    {
        var what = $"{doing} the history table {Display} was refused";
        var user = connection.Info.User;
        return e.SqlState switch
        {
            PostgresErrorCodes.UndefinedColumn => Conflict(e),
            _ when PostgreSqlErrors.IsHidden(e) => new MigrationException(
                ErrorId.PermissionDenied,
                $"Row-level security hides rows of the history table {Display} from the role {PostgreSqlText.Name(user ?? "")}, "
                    + $"and a history with gaps must not be taken for a whole one: {e.MessageText} ({e.SqlState}).",
                $"Run as the table's owner, after ALTER TABLE {Table} NO FORCE ROW LEVEL SECURITY; or as a role with BYPASSRLS; "
                    + $"or take the policies away: ALTER TABLE {Table} DISABLE ROW LEVEL SECURITY;",
                e
            ),
            PostgresErrorCodes.InsufficientPrivilege when string.Equals(doing, "Creating", StringComparison.Ordinal) =>
                new MigrationException(
                    ErrorId.PermissionDenied,
                    $"{what}: {e.MessageText} ({e.SqlState}).",
                    $"As the schema's owner: GRANT CREATE, USAGE ON SCHEMA "
                        + $"{PostgreSqlText.Name(HistoryTable.Schema(connection.Options))} TO "
                        + $"{PostgreSqlText.Name(user ?? "the_user")}; or let an administrator run '{Call.Up}' once.",
                    e
                ),
            PostgresErrorCodes.InsufficientPrivilege => new MigrationException(
                ErrorId.PermissionDenied,
                $"{what}: {e.MessageText} ({e.SqlState}).",
                $"As the table's owner: GRANT USAGE ON SCHEMA {PostgreSqlText.Name(HistoryTable.Schema(connection.Options))} TO "
                    + $"{PostgreSqlText.Name(user ?? "the_user")}; GRANT SELECT, INSERT ON {Table} TO "
                    + $"{PostgreSqlText.Name(user ?? "the_user")};",
                e
            ),
            // A rule takes the place of the statement (https://www.postgresql.org/docs/current/rules-update.html).
            PostgresErrorCodes.FeatureNotSupported when string.Equals(doing, "Writing", StringComparison.Ordinal) => new MigrationException(
                ErrorId.HistoryTableConflict,
                $"{what}: {e.MessageText} ({e.SqlState}).",
                $"Look for rules on {Display}: remove them, then run the command again.",
                e
            ),
            PostgresErrorCodes.UndefinedTable
            or PostgresErrorCodes.InvalidSchemaName when string.Equals(doing, "Writing", StringComparison.Ordinal) =>
                new MigrationException(
                    ErrorId.StatementFailed,
                    $"The history table {Display} is gone; what has just run takes it away, or somebody else has dropped it: "
                        + $"{e.MessageText} ({e.SqlState}).",
                    $"A migration that drops the schema of its history cannot be recorded: leave that table out of it, or keep "
                        + $"the history in a schema of its own with {CallOption.HistorySchema}.",
                    e
                ),
            _ => PostgreSqlErrors.General(e, $"{doing} the history table {Display}"),
        };
    }

    /// <summary>The connection broke.</summary>
    public MigrationException Broken(NpgsqlException e, string doing) =>
        new(
            ErrorId.ConnectionFailed,
            $"{doing} the history table {Display} failed, because the connection broke: {PostgreSqlErrors.Message(e).TrimEnd('.')}.",
            "Check the server and the network, then run the command again.",
            e
        );

    /// <summary>The table is not ours.</summary>
    public MigrationException Conflict(Exception e) =>
        new(
            ErrorId.HistoryTableConflict,
            string.Create(
                CultureInfo.InvariantCulture,
                $"There is a table {Display}, and it is not a history of this tool: its columns are others."
            ),
            $"Give the history another name with {CallOption.HistoryTable}, or rename that table.",
            e
        );

    /// <summary>
    /// The table is partitioned, and holds no row itself. Rows of tables that inherit from the history are not its own, and are not read
    /// (<see href="https://www.postgresql.org/docs/current/ddl-inherit.html"/>).
    /// </summary>
    public MigrationException Partitioned()
    {
        var old = PostgreSqlText.Name(HistoryTable.Schema(connection.Options)) + ".old_journal";
        return new MigrationException(
            ErrorId.HistoryTableConflict,
            $"The history table {Display} is partitioned: what guards its rows works on a plain table only.",
            $"Make it a plain table: BEGIN; ALTER TABLE {Table} RENAME TO old_journal; "
                + $"{string.Join(' ', HistoryCreation.Statement(Table).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))};"
                + $" INSERT INTO {Table} OVERRIDING SYSTEM VALUE SELECT * FROM {old} ORDER BY id;"
                + $" SELECT setval(pg_get_serial_sequence({PostgreSqlText.Literal(Table)}, 'id'), max(id)) FROM {Table}; COMMIT;"
        );
    }
}
