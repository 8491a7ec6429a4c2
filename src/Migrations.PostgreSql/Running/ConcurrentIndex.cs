using Migrations.Events;

namespace Migrations.PostgreSql;

/// <summary>
/// The index that a <c>CREATE INDEX CONCURRENTLY</c> builds. When that fails or is killed, an INVALID index of the name stays behind
/// (<see href="https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY"/>).
/// </summary>
/// <param name="Name">Its name, as written.</param>
/// <param name="Table">Its table, as written.</param>
internal sealed record ConcurrentIndex(string Name, string Table)
{
    /// <summary>Reads the statement; null when it is another one, or the index has no name in it.</summary>
    public static ConcurrentIndex? Read(StatementWords words)
    {
        var at = words[1] is "UNIQUE" ? 2 : 1;
        if (words[0] is not "CREATE" || words[at] is not "INDEX" || words[at + 1] is not "CONCURRENTLY")
            return null;
        at += words[at + 2] is "IF" ? 5 : 2;
        if (words[at] is "ON" or "")
            return null;
        var name = words[at++];
        if (words[at] is not "ON")
            return null;
        at += words[at + 1] is "ONLY" ? 2 : 1;
        return new ConcurrentIndex(name, SqlNames.Qualified(words, ref at));
    }

    /// <summary>Whether the index is valid; null when it does not exist.</summary>
    public async Task<bool?> IsValidAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        bool? valid = null;
        await connection
            .QueryAsScriptAsync(Select("i.indisvalid"), row => valid = row.GetBoolean(0), cancellationToken, Table, Name)
            .ConfigureAwait(false);
        return valid;
    }

    /// <summary>Drops the index when it is INVALID and no one is building it, and reports that.</summary>
    /// <returns>Whether it was dropped.</returns>
    public async Task<bool> DropInvalidAsync(PostgreSqlConnection connection, CancellationToken cancellationToken)
    {
        string? name = null;
        await connection
            .QueryAsScriptAsync(
                Select("pg_catalog.format('%I.%I', n.nspname, c.relname)")
                    + " AND NOT i.indisvalid AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_progress_create_index p WHERE "
                    + "p.index_relid OPERATOR(pg_catalog.=) c.oid)",
                row => name = row.GetString(0),
                cancellationToken,
                Table,
                Name
            )
            .ConfigureAwait(false);
        if (name is null)
            return false;
        await connection.ExecuteAsync($"DROP INDEX CONCURRENTLY IF EXISTS {name}", cancellationToken).ConfigureAwait(false);
        connection.Options.Events.Publish(
            new WarningRaised($"The index {name} was INVALID, left behind by a build that did not end, and was dropped.")
        );
        return true;
    }

    // An index is always in the schema of its table. The table's name means what it means to the script, so all else is qualified.
    private static string Select(string what) =>
        $"""
            SELECT {what} FROM pg_catalog.pg_class t JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.relnamespace
            JOIN pg_catalog.pg_index i ON i.indrelid OPERATOR(pg_catalog.=) t.oid
                JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid
            WHERE t.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)
                AND c.relname OPERATOR(pg_catalog.=) (pg_catalog.parse_ident($2))[1]
            """;
}
