using Migrations.Sql;
using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Finds the columns by whose order a table is passed in batches: its <see href="https://sqlite.org/rowidtable.html">rowid</see> where a
/// column holds it, its primary key where that is never NULL, named unique columns, or else the rowid.
/// </summary>
/// <param name="handle">The connection.</param>
/// <param name="batch">The statement.</param>
internal sealed class SqliteBatchKeys(SqliteHandle handle, BatchStatement batch)
{
    // VACUUM gives other rowids to the rows of a table that does not hold them, and always another number to the schema
    // (https://sqlite.org/lang_vacuum.html, https://sqlite.org/pragma.html#pragma_schema_version).
    private const string SchemaVersion = "(SELECT schema_version FROM pragma_schema_version)";

    /// <summary>Finds them.</summary>
    /// <exception cref="StatementException"><see cref="ErrorId.BatchInvalid"/></exception>
    public static BatchKey Find(SqliteHandle handle, BatchStatement batch) => new SqliteBatchKeys(handle, batch).Find();

    private BatchKey Find()
    {
        var name = NameOf(batch.Table);
        var table = SqliteSchemaItem.Read(handle).FirstOrDefault(i => i.Type is "table" && SqliteNames.Comparer.Equals(i.Name, name));
        if (table is not { IsPlainTable: true, Sql: not null })
            throw Invalid(
                table is null ? $"There is no table '{batch.Table}'." : $"'{batch.Table}' is a virtual table, which has no key of its own.",
                "Correct the name, or remove 'Batch:' from the header."
            );
        var shape = SqliteTableShape.Read(handle, table);
        var columns = batch.Rule.Key.Count > 0 ? Named(shape) : Own(shape);
        var numbering = columns is [var only] && string.Equals(only, shape.RowidName, StringComparison.Ordinal) ? SchemaVersion : null;
        return new BatchKey
        {
            Table = $"main.{shape.Quoted}",
            Columns = columns,
            Literals = string.Join(
                " || ', ' || ",
                [.. columns.Select(c => $"quote({c})"), .. numbering is null ? [] : new[] { numbering }]
            ),
            Numbering = numbering,
        };
    }

    private static string NameOf(string table)
    {
        var names = SqliteLexer
            .Tokenize(table)
            .Where(t => t.Kind is SqlTokenKind.Word or SqlTokenKind.QuotedName)
            .Select(t => SqliteNames.Unquote(t.In(table).ToString()))
            .ToList();
        // A table of another file is not one of this database.
        return names.Count == 2 && !SqliteNames.Comparer.Equals(names[0], "main") ? "" : names[^1];
    }

    private List<string> Own(SqliteTableShape shape)
    {
        if (shape is { HasRowid: true, RowidName: null })
            return [shape.Order];
        var key = ColumnsOf(shape, out var notNull);
        if (key.Count > 0 && (!shape.HasRowid || key.TrueForAll(notNull.Contains)))
            return [.. key.Select(SqliteNames.Quote)];
        return shape.RowidName is { } rowid
            ? [rowid]
            : throw Invalid(
                $"The table '{batch.Table}' has no key by whose order batches could pass it.",
                "Name unique NOT NULL columns in the header ('-- Batch: 5000 rows by <column>'), or remove 'Batch:'."
            );
    }

    private List<string> Named(SqliteTableShape shape)
    {
        var named = batch.Rule.Key.Select(SqliteNames.Unquote).ToList();
        if (shape is { HasRowid: true, RowidName: null } && Same(named, [SqliteNames.Unquote(shape.Order)]))
            return [shape.Order];
        var key = ColumnsOf(shape, out var notNull);
        if (named.TrueForAll(notNull.Contains) || (!shape.HasRowid && Same(named, key)))
        {
            foreach (var unique in UniqueKeys(shape).Append(key))
            {
                if (Same(named, unique))
                    return [.. unique.Select(SqliteNames.Quote)];
            }
        }

        throw Invalid(
            $"The columns {string.Join(", ", named)} of '{batch.Table}' are not a unique key without NULL.",
            "Name the columns of one primary key or unique index, all of them NOT NULL."
        );
    }

    private static bool Same(List<string> named, List<string> key) =>
        named.Count == key.Count && named.TrueForAll(n => key.Contains(n, SqliteNames.Comparer));

    private List<string> ColumnsOf(SqliteTableShape shape, out HashSet<string> notNull)
    {
        var key = new SortedList<long, string>();
        notNull = new HashSet<string>(SqliteNames.Comparer);
        using var rows = handle.Prepare($"PRAGMA main.table_xinfo({shape.Quoted})");
        while (rows.Step())
        {
            if (rows.Int64(3) != 0)
                notNull.Add(rows.Text(1)!);
            if (rows.Int64(5) > 0)
                key.Add(rows.Int64(5), rows.Text(1)!);
        }

        return [.. key.Values];
    }

    private IEnumerable<List<string>> UniqueKeys(SqliteTableShape shape)
    {
        var names = new List<string>();
        using (var indexes = handle.Prepare($"PRAGMA main.index_list({shape.Quoted})"))
        {
            while (indexes.Step())
            {
                if (indexes.Int64(2) != 0 && indexes.Int64(4) == 0)
                    names.Add(indexes.Text(1)!);
            }
        }

        foreach (var name in names)
        {
            var columns = new List<string>();
            using var rows = handle.Prepare($"PRAGMA main.index_info({SqliteNames.Quote(name)})");
            while (rows.Step())
                columns.Add(rows.Text(2) ?? "");
            yield return columns;
        }
    }

    private StatementException Invalid(string message, string nextStep) =>
        new(ErrorId.BatchInvalid, message, nextStep) { Location = batch.Location };
}
