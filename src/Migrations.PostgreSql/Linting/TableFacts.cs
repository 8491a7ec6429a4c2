using System.Globalization;
using Migrations.Sql;

namespace Migrations.PostgreSql;

/// <summary>Asks the catalogue about tables: how large they are, and what their columns are. Reads no row of theirs.</summary>
internal static class TableFacts
{
    /// <summary>The question: one row per column.</summary>
    /// <param name="tables">The tables, as rules know them.</param>
    public static string Question(IEnumerable<string> tables)
    {
        var names = tables.Select(Literals);
        // Of a table without statistics, and without a page, it is known that it has no rows. A partitioned one has those of its parts.
        return "SELECT n.name, c.relkind::pg_catalog.text, c.reltuples::pg_catalog.int8, s.bytes, a.attname, "
            + "pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull OR EXISTS (SELECT FROM pg_catalog.pg_constraint k "
            + "WHERE k.conrelid OPERATOR(pg_catalog.=) c.oid AND k.contype OPERATOR(pg_catalog.=) 'c' AND k.convalidated "
            + "AND pg_catalog.pg_get_constraintdef(k.oid) OPERATOR(pg_catalog.=) "
            + "pg_catalog.format('CHECK ((%I IS NOT NULL))', a.attname)) "
            + $"FROM (VALUES {string.Join(", ", names)}) n(name, quoted) "
            + "JOIN pg_catalog.pg_class c ON c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(n.quoted)::pg_catalog.oid "
            + "CROSS JOIN LATERAL (SELECT CASE WHEN c.relkind OPERATOR(pg_catalog.=) 'p' "
            + "THEN (SELECT pg_catalog.sum(pg_catalog.pg_relation_size(p.relid)) "
            + "FROM pg_catalog.pg_partition_tree(c.oid) p WHERE p.isleaf)::pg_catalog.int8 "
            + "ELSE pg_catalog.pg_relation_size(c.oid) END AS bytes) s "
            + "LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid OPERATOR(pg_catalog.=) c.oid "
            + "AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped ORDER BY n.name, a.attnum";
    }

    /// <summary>Reads the answer.</summary>
    public static Dictionary<string, LintTable> Read(IReadOnlyList<IReadOnlyList<string?>> rows) =>
        rows.GroupBy(r => r[0]!, StringComparer.Ordinal).ToDictionary(g => g.Key, g => Table(g.Key, [.. g]), StringComparer.Ordinal);

    private static LintTable Table(string name, List<IReadOnlyList<string?>> columns)
    {
        var first = columns[0];
        // What a view or a foreign table has is elsewhere.
        var bytes = first[1] is "r" or "p" or "m" ? Number(first[3]) ?? 0 : (long?)null;
        var named = columns.Where(c => c[4] is not null).ToList();
        return new LintTable(name)
        {
            IsPartitioned = first[1] is "p",
            // Never analysed: -1 since PostgreSQL 14, and 0 before.
            Rows =
                bytes == 0 ? 0
                : Number(first[2]) is > 0 and var tuples ? tuples
                : null,
            Bytes = bytes,
            Columns = named.ToDictionary(c => c[4]!, c => c[5]!, StringComparer.Ordinal),
            NotNull = named.Where(c => c[6] is "t" or "True" or "true").Select(c => c[4]!).ToHashSet(StringComparer.Ordinal),
        };
    }

    private static long? Number(string? text) => long.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;

    // The name as it is known, and quoted as SQL finds it.
    private static string Literals(string key)
    {
        var quoted = string.Join('.', key.Split('.', 2).Select(SqlNames.Quote));
        return $"({Literal(key)}, {Literal(quoted)})";
    }

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
