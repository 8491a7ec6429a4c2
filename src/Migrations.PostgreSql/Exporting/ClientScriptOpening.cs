using Migrations.Databases;

namespace Migrations.PostgreSql;

/// <summary>Looks at what a script needs to know of its database.</summary>
internal static class ClientScriptOpening
{
    /// <summary>Begins a script.</summary>
    /// <param name="place">What it is for.</param>
    /// <param name="connection">A connection to the database.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<IClientScript> OpenAsync(
        ClientScriptPlace place,
        PostgreSqlConnection connection,
        TextWriter output,
        CancellationToken cancellationToken
    )
    {
        if (place is { IsIdempotent: true, Client: not ScriptClient.Psql })
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"A script for {place.Client.Word()} cannot leave out what is done already: SQL knows no conditions.",
                $"Use {CallOption.For.Of(ScriptClient.Psql.Word())}, or omit {CallOption.Idempotent}: run a second time, the script stops "
                    + $"before anything."
            );
        var rows = new ScriptRows(place, connection.ServerVersion);
        var (hasSchema, hasTable, firstSchema) = (false, false, (string?)null);
        await connection
            .QueryAsync(
                "SELECT pg_catalog.set_config('search_path', NULL, true), pg_catalog.current_schema(), "
                    + "EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname OPERATOR(pg_catalog.=) $1), "
                    + "pg_catalog.to_regclass($2) IS NOT NULL",
                row => (firstSchema, hasSchema, hasTable) = (JournalRow.Text(row, 1), row.GetBoolean(2), row.GetBoolean(3)),
                cancellationToken,
                HistoryTable.Schema(place.Options),
                rows.Table
            )
            .ConfigureAwait(false);
        return new PostgreSqlClientScript(place, output)
        {
            Rows = rows,
            ServerVersion = connection.ServerVersion,
            Guard = new ScriptGuard(place, rows)
            {
                FirstSchema = firstSchema,
                HasTable = hasTable,
                Lock = PostgreSqlLock.Key(place.Options),
            },
            Creation =
                place.IsIdempotent ? [IfMissing(rows.Table, Creation(place, hasSchema, firstSchema))]
                : hasTable ? []
                : [.. Creation(place, hasSchema, firstSchema)],
        };
    }

    // Even where the table is there, creating it needs the right to.
    private static string IfMissing(string table, IEnumerable<string> statements) =>
        "DO "
        + ScriptGuard.Quote(
            $"\nBEGIN\nIF pg_catalog.to_regclass({PostgreSqlText.Literal(table)}) IS NULL THEN\n{string.Join(";\n", statements)};\n"
                + "END IF;\nEND\n"
        );

    private static IEnumerable<string> Creation(ClientScriptPlace place, bool hasSchema, string? firstSchema)
    {
        var table = HistoryTable.Of(place.Options);
        if (!hasSchema)
            yield return $"CREATE SCHEMA IF NOT EXISTS {PostgreSqlText.Name(HistoryTable.Schema(place.Options))}";
        yield return HistoryCreation.Statement(table);
        if (firstSchema is not null)
            yield return $"COMMENT ON TABLE {table} IS {PostgreSqlText.Literal(FirstSchema.CommentOf(place.Service, firstSchema))}";
    }
}
