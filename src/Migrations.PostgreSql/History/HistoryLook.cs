using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// What is looked at with the rows of the history, in the same round trip: the first schema as scripts find it, and the table's kind and
/// comment.
/// </summary>
/// <param name="connection">The connection.</param>
internal sealed class HistoryLook(PostgreSqlConnection connection)
{
    // A value of null sets what holds for the connection when no script has set anything:
    // https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SET
    private const string Columns =
        "pg_catalog.set_config('search_path', NULL, true), pg_catalog.current_schema() AS first_schema, "
        + "c.relkind OPERATOR(pg_catalog.=) 'p' AS is_partitioned, d.description AS history_comment";

    /// <summary>The first schema in which a script would create a table; null when no schema of the search_path exists.</summary>
    public string? FirstSchema { get; private set; }

    /// <summary>The table's comment; null without one, or without a table.</summary>
    public string? Comment { get; private set; }

    /// <summary>Whether the table is partitioned: such a table holds no row itself.</summary>
    public bool IsPartitioned { get; private set; }

    // The row is there whether the table is or not.
    private string From =>
        $"(SELECT pg_catalog.to_regclass({PostgreSqlText.Literal(HistoryTable.Of(connection.Options))})::pg_catalog.oid AS id) t "
        + "LEFT JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) t.id "
        + "LEFT JOIN pg_catalog.pg_description d ON d.objoid OPERATOR(pg_catalog.=) t.id AND d.objsubid OPERATOR(pg_catalog.=) 0 "
        + "AND d.classoid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass::pg_catalog.oid";

    /// <summary>The settings of a query of the table, with the look.</summary>
    public OwnSettings Settings()
    {
        (FirstSchema, Comment, IsPartitioned) = (null, null, false);
        return OwnSettings.Within(connection.Options).Looking(Columns, From, Take);
    }

    private void Take(NpgsqlDataReader row) =>
        (FirstSchema, Comment, IsPartitioned) = (
            JournalRow.Text(row, row.GetOrdinal("first_schema")),
            JournalRow.Text(row, row.GetOrdinal("history_comment")),
            row.GetOrdinal("is_partitioned") is var kind && !row.IsDBNull(kind) && row.GetBoolean(kind)
        );
}
