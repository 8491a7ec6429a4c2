using Migrations.Databases;
using Migrations.Schema;

namespace Migrations.Sqlite;

/// <summary>Says how the rows of SQLite's tables are read and put in.</summary>
internal static class SqliteRows
{
    /// <summary>The rows of a schema's tables.</summary>
    public static SeedStatements Of(SchemaSnapshot schema)
    {
        var tables = SqliteTable.Of(schema);
        List<SqliteTable> ordered =
        [
            .. SchemaOrder
                .Of(
                    [.. tables.Values.Select(t => t.Item)],
                    (item, other) => item != other && tables[item.Name].Text.Constraints.Exists(c => Points(c, tables[other.Name]))
                )
                .Select(i => tables[i.Name]),
        ];
        return new SeedStatements
        {
            // Rows may point to each other: https://sqlite.org/pragma.html#pragma_defer_foreign_keys
            Before = ordered.Exists(t => t.Text.Constraints.Exists(c => c.Kind == SqliteConstraintKind.ForeignKey))
                ? ["PRAGMA defer_foreign_keys = ON"]
                : [],
            Tables = [.. ordered.Where(t => !t.IsVirtual).Select(Rows), .. ordered.Where(KeepsText).Select(TextRows)],
            // An index over a table of the user's is filled from there: https://sqlite.org/fts5.html#the_rebuild_command
            After = [.. ordered.Where(HasRowsElsewhere).Select(t => $"INSERT INTO {t.Name} ({t.Name}) VALUES ('rebuild')")],
            Counters = Counters([.. ordered.Where(t => t.IsAutoincrement)]),
            Unwritable =
            [
                .. ordered
                    .Where(t => t.IsVirtual && !HasRowsElsewhere(t) && !KeepsText(t))
                    .Select(t => new TableRows(t.Name, "", $"SELECT 1 FROM {t.Name} LIMIT 1")),
            ],
        };
    }

    private static bool Points(SqliteConstraintText constraint, SqliteTable parent) =>
        constraint is { Kind: SqliteConstraintKind.ForeignKey, Parent: { } name }
        && SqliteNames.Comparer.Equals(SqliteNames.Show(name), parent.Name);

    private static bool HasRowsElsewhere(SqliteTable table) => ModuleOf(table) is { Module: "fts5", TextSource: not null };

    private static bool KeepsText(SqliteTable table) => ModuleOf(table).OwnTextColumns.Count > 0;

    private static SqliteSchemaItem ModuleOf(SqliteTable table) =>
        SqliteSchemaItem.Of("table", table.Item.Name, table.Item.Name, table.Item.CreateSql);

    private static TableRows TextRows(SqliteTable table) =>
        Rows(table, ["rowid", .. ModuleOf(table).OwnTextColumns.Select(SqliteNames.Show)], "rowid");

    private static TableRows Rows(SqliteTable table)
    {
        var columns = table.Text.Columns.Where(c => c.Generated is null).Select(c => SqliteNames.Show(c.Name)).ToList();
        var key = table.Text.PrimaryKey.Count > 0 ? string.Join(", ", table.Text.PrimaryKey.Select(SqliteNames.Show)) : "rowid";
        return Rows(table, columns, key);
    }

    private static TableRows Rows(SqliteTable table, IReadOnlyList<string> columns, string key) =>
        new(
            table.Name,
            $"INSERT INTO {table.Name} ({string.Join(", ", columns)}) VALUES",
            $"{SqliteChangeWriter.Instance.KeyQuery(table.Name, columns)} ORDER BY {key}"
        );

    private static string Literal(SqliteTable table) => SqliteNormalForm.Literal(SqliteNames.Unquote(table.Name));

    /// <summary>Marks that the rows do not leave by themselves: <see href="https://sqlite.org/autoinc.html"/>.</summary>
    private static string? Counters(IReadOnlyList<SqliteTable> tables) =>
        tables.Count == 0
            ? null
            : string.Join(
                " UNION ALL ",
                tables.Select(t =>
                    "SELECT 'DELETE FROM sqlite_sequence WHERE name = ' || quote(name) || '; "
                    + "INSERT INTO sqlite_sequence (name, seq) VALUES (' || quote(name) || ', ' || seq || ')' FROM sqlite_sequence "
                    + $"WHERE name = {Literal(t)} COLLATE NOCASE AND seq <> (SELECT COALESCE(max(rowid), 0) FROM {t.Name})"
                )
            );
}
