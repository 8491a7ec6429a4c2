using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// What is looked at with the rows of the history, in the same round trip: the first schema as scripts find it, and the table's comment.
/// </summary>
/// <param name="connection">The connection.</param>
internal sealed class HistoryLook(PostgreSqlConnection connection)
{
    private const string FirstSchemaNow = "pg_catalog.current_schema() AS first_schema";

    // A value of null sets what holds for the connection when no script has set anything:
    // https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-SET
    private const string Reset = "pg_catalog.set_config('search_path', NULL, true)";

    private string? _tableNow;

    /// <summary>The first schema in which a script would create a table; null when no schema of the search_path exists.</summary>
    public string? FirstSchema { get; private set; }

    /// <summary>The table's comment; null without one, or without a table.</summary>
    public string? Comment { get; private set; }

    /// <summary>Whether the table has a file of its own, as a table with rows has; false without a table.</summary>
    public bool IsStored { get; private set; }

    // The table may be missing. 1259 is pg_class everywhere, and a join with it takes longer to plan than all the rest.
    private string TableNow =>
        _tableNow ??=
            $"pg_catalog.pg_relation_filenode({Id}) IS NOT NULL AS is_stored, (SELECT d.description FROM pg_catalog.pg_description d "
            + $"WHERE d.objoid OPERATOR(pg_catalog.=) {Id} AND d.classoid OPERATOR(pg_catalog.=) 1259::pg_catalog.oid "
            + "AND d.objsubid OPERATOR(pg_catalog.=) 0) AS history_comment";

    private string Id => $"pg_catalog.to_regclass({PostgreSqlText.Literal(HistoryTable.Of(connection.Options))})::pg_catalog.oid";

    /// <summary>The settings of a query of the table, with the look.</summary>
    public OwnSettings Settings()
    {
        (FirstSchema, Comment, IsStored) = (null, null, false);
        var settings = OwnSettings.Within(connection.Options);
        return connection.IsUntouched
            ? settings.LookingFirst($"{FirstSchemaNow}, {TableNow}", Take)
            : settings.Looking($"{Reset}, {FirstSchemaNow}, {TableNow}", Take);
    }

    private void Take(NpgsqlDataReader row) =>
        (FirstSchema, Comment, IsStored) = (
            JournalRow.Text(row, row.GetOrdinal("first_schema")),
            JournalRow.Text(row, row.GetOrdinal("history_comment")),
            row.GetBoolean(row.GetOrdinal("is_stored"))
        );
}
