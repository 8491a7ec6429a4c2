using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>
/// Finds the columns by whose order a table is passed in batches: its primary key, or the named columns of a unique index, none of which
/// can be NULL. They are compared by the operators of their types' own order, so that no schema of the <c>search_path</c> can put others in
/// their place (<see href="https://www.postgresql.org/docs/current/functions-comparisons.html#ROW-WISE-COMPARISON"/>).
/// </summary>
/// <param name="connection">The connection.</param>
/// <param name="batch">The statement.</param>
internal sealed class PostgreSqlBatchKeys(PostgreSqlConnection connection, BatchStatement batch)
{
    // A table with children may hold rows with the same key, or without one.
    private const string Tables = """
        SELECT pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname),
            c.relkind IN ('r', 'p') AND (c.relkind = 'p' OR NOT c.relhassubclass)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = $1::pg_catalog.oid
        """;

    private const string Keys = """
        SELECT i.indexrelid::pg_catalog.int8, i.indisprimary, a.attname::pg_catalog.text, pg_catalog.quote_ident(a.attname),
            a.attnotnull, pg_catalog.quote_ident(n.nspname)
        FROM pg_catalog.pg_index i
            CROSS JOIN LATERAL pg_catalog.generate_series(0, i.indnkeyatts - 1) k (place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[k.place]
            JOIN pg_catalog.pg_opclass o ON o.oid = i.indclass[k.place] AND o.opcdefault
            JOIN pg_catalog.pg_amop s ON s.amopfamily = o.opcfamily AND s.amopstrategy = 5
                AND s.amoplefttype = o.opcintype AND s.amoprighttype = o.opcintype
            JOIN pg_catalog.pg_operator p ON p.oid = s.amopopr AND p.oprname = '>'
            JOIN pg_catalog.pg_namespace n ON n.oid = p.oprnamespace
        WHERE i.indrelid = $1::pg_catalog.oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL
        ORDER BY i.indisprimary DESC, i.indexrelid, k.place
        """;

    /// <summary>Finds them.</summary>
    /// <exception cref="StatementException"><see cref="ErrorId.BatchInvalid"/></exception>
    public async Task<BatchKey> FindAsync(CancellationToken cancellationToken)
    {
        long? found = null;
        await connection
            .QueryAsScriptAsync(
                "SELECT pg_catalog.to_regclass($1)::pg_catalog.oid::pg_catalog.int8",
                row => found = JournalRow.Number(row, 0),
                cancellationToken,
                batch.Table
            )
            .ConfigureAwait(false);
        if (found is not { } id)
            throw Invalid($"There is no table '{batch.Table}'.", "Correct the name, or remove 'Batch:' from the header.");
        var (table, isPlain) = ("", false);
        await connection
            .QueryAsync(Tables, row => (table, isPlain) = (row.GetString(0), row.GetBoolean(1)), cancellationToken, id)
            .ConfigureAwait(false);
        if (!isPlain)
            throw Invalid(
                $"'{batch.Table}' is no table, or other tables inherit from it, so it has no key of its own.",
                "Name the table that holds the rows, or remove 'Batch:' from the header."
            );
        return KeyOf(table, Choose(await ReadAsync(id, cancellationToken).ConfigureAwait(false)));
    }

    private async Task<List<List<KeyColumn>>> ReadAsync(long table, CancellationToken cancellationToken)
    {
        var read = new List<KeyColumn>();
        await connection
            .QueryAsync(
                Keys,
                row =>
                    read.Add(
                        new KeyColumn(
                            row.GetInt64(0),
                            row.GetBoolean(1),
                            row.GetString(2),
                            row.GetString(3),
                            row.GetBoolean(4),
                            row.GetString(5)
                        )
                    ),
                cancellationToken,
                table
            )
            .ConfigureAwait(false);
        return [.. read.GroupBy(c => c.Index).Select(c => c.ToList())];
    }

    private List<KeyColumn> Choose(List<List<KeyColumn>> keys)
    {
        var named = batch.Rule.Key;
        var key =
            named.Count == 0
                ? keys.Find(k => k[0].IsPrimary)
                : keys.Find(k => k.Count == named.Count && k.TrueForAll(c => c.IsNotNull && named.Any(n => IsName(n, c.Name))));
        if (key is null)
            throw named.Count == 0
                ? Invalid(
                    $"The table '{batch.Table}' has no primary key by whose order batches could pass it.",
                    "Name unique NOT NULL columns in the header ('-- Batch: 5000 rows by <column>'), or remove 'Batch:'."
                )
                : Invalid(
                    $"The columns {string.Join(", ", named)} of '{batch.Table}' are not a unique key without NULL.",
                    "Name the columns of one primary key or unique index, all of them NOT NULL."
                );
        return key.TrueForAll(c => string.Equals(c.Schema, key[0].Schema, StringComparison.Ordinal))
            ? key
            : throw Invalid(
                $"The key of '{batch.Table}' mixes types of an extension with others, and cannot be compared as a whole.",
                "Name another key in the header ('-- Batch: 5000 rows by <column>'), or remove 'Batch:'."
            );
    }

    // As the server reads a name: in quotes as it is, otherwise in small letters.
    private static bool IsName(string written, string name) =>
        string.Equals(written.StartsWith('"') ? written.Trim('"') : written.ToLowerInvariant(), name, StringComparison.Ordinal)
        || string.Equals(written, name, StringComparison.Ordinal);

    private static BatchKey KeyOf(string table, List<KeyColumn> key) =>
        new()
        {
            Table = table,
            Columns = [.. key.Select(c => c.Quoted)],
            Literals = $"pg_catalog.concat_ws(', ', {string.Join(", ", key.Select(LiteralOf))})",
            Count = "pg_catalog.count(*)",
            Row = key.Count == 1 ? "" : "ROW",
            Later = $"OPERATOR({key[0].Schema}.>)",
            NoLater = $"OPERATOR({key[0].Schema}.<=)",
        };

    private static string LiteralOf(KeyColumn column) => $"pg_catalog.quote_literal({column.Quoted}::pg_catalog.text)";

    private StatementException Invalid(string message, string nextStep) =>
        new(ErrorId.BatchInvalid, message, nextStep) { Location = batch.Location };

    private sealed record KeyColumn(long Index, bool IsPrimary, string Name, string Quoted, bool IsNotNull, string Schema);
}
