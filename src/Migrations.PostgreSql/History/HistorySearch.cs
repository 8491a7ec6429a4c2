using System.Globalization;
using Migrations.Databases;
using Migrations.History;

namespace Migrations.PostgreSql;

/// <summary>Finds the histories of this tool in a database by their columns, in every schema, and reads those that the role may read.
/// </summary>
/// <param name="connection">The connection.</param>
internal sealed class HistorySearch(PostgreSqlConnection connection)
{
    private static readonly string[] Names = [.. HistoryInsert.Columns.Split(", "), "id"];

    /// <summary>Whether tables of which a policy hides rows are left out: reading one is an error, which ends a transaction.</summary>
    public bool SkipsHidden { get; init; }

    private string Query =>
        $"""
            SELECT {ServerFacts.DatabaseIdentity}, h.nspname::text, h.relname::text,
                quote_ident(h.nspname) || '.' || quote_ident(h.relname), h.may_read
            FROM (SELECT) one LEFT JOIN (
                SELECT n.nspname, c.relname,
                    has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AS may_read
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE c.relkind = 'r' AND {CatalogueScope.IsUsers("n")} AND c.oid IN (
                    SELECT a.attrelid FROM pg_attribute a WHERE a.attnum > 0 AND NOT a.attisdropped
                        AND a.attname = ANY (ARRAY[{string.Join(", ", Names.Select(PostgreSqlText.Literal))}]::name[])
                    GROUP BY a.attrelid HAVING count(*) = {Names.Length.ToString(CultureInfo.InvariantCulture)})
                {(SkipsHidden ? "AND NOT row_security_active(c.oid)" : "")}
            ) h ON true
            ORDER BY h.nspname, h.relname
            """;

    /// <summary>Finds them, the session's own first.</summary>
    public async Task<FoundHistories> RunAsync(CancellationToken cancellationToken)
    {
        var identity = "";
        var tables = new List<(string Schema, string Table, string Display)>();
        var unreadable = new List<string>();
        await connection
            .QueryWithinLimitsAsync(
                Query,
                row =>
                {
                    identity = row.GetString(0);
                    if (row.IsDBNull(1))
                        return;
                    if (!row.GetBoolean(4))
                        unreadable.Add(row.GetString(3));
                    else
                        tables.Add((row.GetString(1), row.GetString(2), row.GetString(3)));
                },
                cancellationToken
            )
            .ConfigureAwait(false);
        var found = new List<FoundHistory>();
        foreach (var (schema, table, display) in tables)
            found.Add(
                new FoundHistory
                {
                    Schema = schema,
                    Table = table,
                    Display = display,
                    IsOwn = IsOwn(schema, table),
                    Entries = await ReadAsync(schema, table, cancellationToken).ConfigureAwait(false),
                }
            );
        return new FoundHistories(identity, [.. found.OrderByDescending(h => h.IsOwn)]) { Unreadable = unreadable };
    }

    private bool IsOwn(string schema, string table) =>
        string.Equals(schema, HistoryTable.Schema(connection.Options), StringComparison.Ordinal)
        && string.Equals(table, connection.Options.HistoryTable, StringComparison.Ordinal);

    private async Task<IReadOnlyList<JournalEntry>> ReadAsync(string schema, string table, CancellationToken cancellationToken)
    {
        var entries = new List<JournalEntry>();
        try
        {
            await connection
                .QueryWithinLimitsAsync(
                    // The positions of batches say nothing about the whole database.
                    $"SELECT {HistoryInsert.Columns}, id, NULL::text FROM ONLY "
                        + $"{PostgreSqlText.Name(schema)}.{PostgreSqlText.Name(table)} ORDER BY id",
                    row => entries.Add(JournalRow.Read(row)),
                    cancellationToken
                )
                .ConfigureAwait(false);
        }
        catch (InvalidCastException)
        {
            // Its columns have our names, and hold something else.
            return [];
        }

        return entries;
    }
}
