using System.Globalization;
using static Migrations.PostgreSql.CatalogueScope;

namespace Migrations.PostgreSql;

/// <summary>Looks for sequences that would give numbers that their column already has.</summary>
/// <param name="connection">The connection.</param>
internal sealed class SequenceCheck(PostgreSqlConnection connection)
{
    private const string SmallTable = "100000";
    private const string SmallFile = "16777216"; // Where no one has counted yet.

    /// <summary>Looks.</summary>
    public async Task<IntegrityFinding> FindAsync(bool thorough, CancellationToken cancellationToken)
    {
        var (behind, left, looked) = (new List<(string Object, string Way)>(), new List<string>(), 0);
        foreach (var (sequence, table, column, isQuick) in await PairsAsync(cancellationToken).ConfigureAwait(false))
        {
            if (!isQuick && !thorough)
            {
                left.Add($"{sequence}: {table}.{column} has no index, and the table is large");
                continue;
            }

            looked++;
            await connection
                .QueryTablesAsync(
                    $"""
                    SELECT s.next, t.most FROM (SELECT CASE WHEN is_called THEN last_value OPERATOR(pg_catalog.+) 1
                        ELSE last_value END AS next FROM {sequence}) s,
                        (SELECT pg_catalog.max({column})::pg_catalog.int8 AS most FROM {table}) t
                            WHERE t.most OPERATOR(pg_catalog.>=) s.next
                    """,
                    row =>
                        behind.Add(
                            (
                                string.Create(
                                    CultureInfo.InvariantCulture,
                                    $"{sequence}: the next number is {row.GetInt64(0)}, and {table}.{column} has {row.GetInt64(1)} already"
                                ),
                                $"SELECT setval({PostgreSqlText.Literal(sequence)}, (SELECT max({column}) FROM {table}));"
                            )
                        ),
                    cancellationToken
                )
                .ConfigureAwait(false);
        }

        if (behind.Count > 0)
            return IntegrityFinding.Of(
                behind,
                CheckStatus.Fail,
                "Every sequence is ahead of its column.",
                "{0} behind its column: the next row will be refused or get a number twice.",
                "sequence is",
                "sequences are"
            );
        return left.Count > 0
            ? new IntegrityFinding(
                CheckStatus.NotRun,
                $"{looked} sequences are ahead of their columns; the others are compared only by a thorough check, because that "
                    + "reads the whole table.",
                left,
                IntegrityFinding.Thorough
            )
            : IntegrityFinding.Pass("Every sequence is ahead of its column.");
    }

    private async Task<List<(string Sequence, string Table, string Column, bool IsQuick)>> PairsAsync(CancellationToken cancellationToken)
    {
        var pairs = new List<(string, string, string, bool)>();
        await connection
            .QueryAsync(
                $"""
                SELECT {Qualified("sn", "sc.relname")}, {Qualified("n", "c.relname")}, quote_ident(a.attname),
                    c.reltuples BETWEEN 0 AND {SmallTable}
                    OR (c.reltuples < 0 AND pg_relation_size(c.oid) < {SmallFile}) OR EXISTS (
                    SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indkey[0] = a.attnum AND i.indisvalid AND i.indpred IS NULL)
                FROM pg_depend d JOIN pg_sequence s ON s.seqrelid = d.objid JOIN pg_class sc ON sc.oid = s.seqrelid
                    JOIN pg_namespace sn ON sn.oid = sc.relnamespace
                JOIN pg_class c ON c.oid = d.refobjid JOIN pg_namespace n ON n.oid = c.relnamespace
                    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
                WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
                    AND s.seqincrement > 0 AND NOT s.seqcycle
                AND a.atttypid IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) AND {IsUsers("n")} ORDER BY 1
                """,
                row => pairs.Add((row.GetString(0), row.GetString(1), row.GetString(2), row.GetBoolean(3))),
                cancellationToken
            )
            .ConfigureAwait(false);
        return pairs;
    }
}
