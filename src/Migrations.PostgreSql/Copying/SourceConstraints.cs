using System.Text.Json;
using Migrations.Tables;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Reads the constraints and indexes of the tables that are copied.</summary>
/// <param name="connection">A connection in a read transaction.</param>
/// <param name="schema">The schema.</param>
/// <param name="kinds">Finds the kind of a column by its table; throws where its values are written in another form.</param>
internal sealed class SourceConstraints(PostgreSqlConnection connection, string schema, Func<string, string, ColumnKind> kinds)
{
    private readonly Dictionary<string, CopyTable> _tables = new(StringComparer.Ordinal);
    private readonly List<LeftOutObject> _leftOut = [];

    /// <summary>What has no equal.</summary>
    public IReadOnlyList<LeftOutObject> LeftOut => _leftOut;

    /// <summary>Adds them to tables.</summary>
    public async Task<IReadOnlyList<CopyTable>> AddAsync(IReadOnlyList<CopyTable> tables, CancellationToken cancellationToken)
    {
        foreach (var table in tables)
            _tables.Add(table.Name, table);
        // https://www.postgresql.org/docs/current/catalog-pg-constraint.html
        await connection
            .QueryAsync(
                """
                SELECT c.relname::text, k.conname::text, k.contype::text, pg_get_constraintdef(k.oid),
                    array_to_json(ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY u (attnum, place)
                        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum ORDER BY u.place))::text,
                    CASE WHEN pn.nspname = n.nspname THEN p.relname::text END,
                    array_to_json(ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY u (attnum, place)
                        JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.attnum ORDER BY u.place))::text,
                    concat_ws(' ', 'ON UPDATE ' || CASE k.confupdtype WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE'
                            WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END,
                        'ON DELETE ' || CASE k.confdeltype WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE'
                            WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END,
                        CASE WHEN k.condeferrable THEN 'DEFERRABLE' END, CASE WHEN k.condeferred THEN 'INITIALLY DEFERRED' END),
                    k.confmatchtype = 'f' AND cardinality(k.conkey) > 1, pg_get_expr(k.conbin, k.conrelid),
                    EXISTS (SELECT FROM pg_index i WHERE i.indexrelid = k.conindid AND pg_get_indexdef(i.indexrelid) ~ 'NULLS NOT DISTINCT')
                FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
                LEFT JOIN pg_class p ON p.oid = k.confrelid LEFT JOIN pg_namespace pn ON pn.oid = p.relnamespace
                WHERE n.nspname = $1 AND k.contype IN ('u', 'c', 'f', 'x') AND k.conparentid = 0
                ORDER BY c.relname, k.contype, k.conname
                """,
                AddConstraint,
                cancellationToken,
                schema
            )
            .ConfigureAwait(false);
        await connection.QueryAsync(Indexes, AddIndex, cancellationToken, schema).ConfigureAwait(false);
        return [.. tables.Select(t => _tables[t.Name])];
    }

    private const string Indexes = """
        SELECT c.relname::text, ic.relname::text, i.indisunique, pg_get_indexdef(i.indexrelid), am.amname::text,
            i.indnatts > i.indnkeyatts, pg_get_expr(i.indpred, i.indrelid),
            array_to_json(ARRAY(SELECT pg_get_indexdef(i.indexrelid, g, true) FROM generate_series(1, i.indnkeyatts) g ORDER BY g))::text,
            array_to_json(ARRAY(SELECT CASE WHEN i.indoption[g - 1] & 1 = 1 THEN 'DESC' ELSE '' END
                FROM generate_series(1, i.indnkeyatts) g ORDER BY g))::text,
            array_to_json(ARRAY(SELECT COALESCE(a.attname::text, '') FROM generate_series(1, i.indnkeyatts) g LEFT JOIN pg_attribute a
                ON a.attrelid = i.indrelid AND a.attnum = i.indkey[g - 1] AND a.attnum > 0 ORDER BY g))::text
        FROM pg_index i JOIN pg_class ic ON ic.oid = i.indexrelid JOIN pg_am am ON am.oid = ic.relam
        JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE n.nspname = $1 AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
        ORDER BY c.relname, ic.relname
        """;

    private void AddConstraint(NpgsqlDataReader row)
    {
        if (!_tables.TryGetValue(row.GetString(0), out var table))
            return;
        var (name, text) = (row.GetString(1), row.GetString(3));
        var columns = Texts(row, 4);
        switch (row.GetString(2))
        {
            case "u" when row.GetBoolean(10):
                LeaveOut("unique", name, table, "SQLite distinguishes NULLs in a unique key.", text);
                break;
            case "u":
                _tables[table.Name] = table with { Keys = [.. table.Keys, new CopyKey(name, columns)] };
                break;
            case "c":
                AddCheck(table, name, row.GetString(9), text);
                break;
            case "f":
                AddForeignKey(table, name, row, text);
                break;
            default:
                LeaveOut("exclusion constraint", name, table, "SQLite has none.", text);
                break;
        }
    }

    private void AddCheck(CopyTable table, string name, string expression, string text)
    {
        if (Try("check", name, table, text, () => PostgreSqlExpressionParser.Parse(expression, c => kinds(table.Name, c))) is { } condition)
            _tables[table.Name] = table with { Checks = [.. table.Checks, new CopyCheck(name, condition, text)] };
    }

    private void AddForeignKey(CopyTable table, string name, NpgsqlDataReader row, string text)
    {
        var parent = row.IsDBNull(5) ? null : row.GetString(5);
        if (parent is null || !_tables.ContainsKey(parent))
            LeaveOut("foreign key", name, table, $"The table {parent ?? "of another schema"} is not copied.", text);
        else if (row.GetBoolean(8))
            LeaveOut("foreign key", name, table, "SQLite has no MATCH FULL.", text);
        else
            _tables[table.Name] = table with
            {
                ForeignKeys =
                [
                    .. table.ForeignKeys,
                    new CopyForeignKey(name, Texts(row, 4), parent, Texts(row, 6), row.GetString(7), text),
                ],
            };
    }

    private void AddIndex(NpgsqlDataReader row)
    {
        if (!_tables.TryGetValue(row.GetString(0), out var table))
            return;
        var (name, text) = (row.GetString(1), row.GetString(3));
        if (row.GetString(4) is not "btree" and var method)
            LeaveOut("index", name, table, $"SQLite has no {method} index.", text);
        else if (row.GetBoolean(5))
            LeaveOut("index", name, table, "SQLite's indexes include no further columns.", text);
        else if (row.GetBoolean(2) && text.Contains("NULLS NOT DISTINCT", StringComparison.Ordinal))
            LeaveOut("index", name, table, "SQLite distinguishes NULLs in a unique index.", text);
        else if (Try("index", name, table, text, () => Index(table, row)) is { } index)
            _tables[table.Name] = table with { Indexes = [.. table.Indexes, index] };
    }

    private CopyIndex Index(CopyTable table, NpgsqlDataReader row)
    {
        var (parts, names) = (Texts(row, 7), Texts(row, 9));
        var descending = Texts(row, 8);
        ColumnKind Kind(string column) => kinds(table.Name, column);
        return new CopyIndex(
            row.GetString(1),
            row.GetBoolean(2),
            [
                .. parts.Select(
                    (part, i) =>
                        new CopyIndexPart(
                            names[i].Length > 0 ? new ColumnReference(names[i]) : PostgreSqlExpressionParser.ParsePart(part, Kind),
                            descending[i] is "DESC"
                        )
                ),
            ],
            row.IsDBNull(6) ? null : PostgreSqlExpressionParser.Parse(row.GetString(6), Kind),
            row.GetString(3)
        );
    }

    // Arrays need a part of Npgsql that is left out for its size.
    private static string[] Texts(NpgsqlDataReader row, int column)
    {
        using var list = JsonDocument.Parse(row.GetString(column));
        return [.. list.RootElement.EnumerateArray().Select(e => e.GetString()!)];
    }

    private T? Try<T>(string kind, string name, CopyTable table, string text, Func<T> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (UntranslatableException e)
        {
            LeaveOut(kind, name, table, $"It is not translated: {e.Message}.", text);
            return null;
        }
    }

    private void LeaveOut(string kind, string name, CopyTable table, string reason, string text) =>
        _leftOut.Add(new LeftOutObject(kind, name, table.Name, reason, text));
}
