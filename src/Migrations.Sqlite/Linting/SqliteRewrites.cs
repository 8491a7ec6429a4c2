using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>The safe steps for a statement, as SQL.</summary>
internal static class SqliteRewrites
{
    private const string Now = "In its place";

    private static LintStep Here(string sql, string when = Now) => new(when, sql) { Place = LintStepPlace.InPlace };

    private static LintStep Contract(string sql, string when) => new(when, sql) { Place = LintStepPlace.Contract };

    /// <summary>One text in the place of the statement.</summary>
    public static IReadOnlyList<LintStep> InPlace(string sql) =>
        [sql.Contains("...", StringComparison.Ordinal) ? new LintStep(Now, sql) : Here(sql)];

    /// <summary>A rebuild of the table with one thing more in its definition
    /// (https://sqlite.org/lang_altertable.html#otheralter).</summary>
    public static IReadOnlyList<LintStep> Rebuild(KnownSchema schema, KnownTable table, string shown, string addition) =>
        Rebuild(schema, table, shown, Definition(table, addition), Columns(table, without: null));

    // A column stands before the constraints of its table.
    private static string Definition(KnownTable table, string addition)
    {
        if (table.Sql is not { } sql || SqliteTablePiece.Cut(sql).Pieces is not { Count: > 0 } pieces)
            return $"(..., {addition})";
        var lines = pieces.Select(p => p.Text).ToList();
        var added = SqliteTablePiece.Of(addition);
        var same = lines.FindIndex(l =>
            SqliteTablePiece.Of(l) is { IsColumn: true } p && SqliteNames.Comparer.Equals(p.Column, added?.Column)
        );
        if (same >= 0)
            lines[same] = addition;
        else
            lines.Insert(added is { IsColumn: false } ? lines.Count : pieces.Count(p => p.IsColumn), addition);
        var options = string.Join(
            ", ",
            new[]
            {
                table.Text is { WithoutRowid: true } ? "WITHOUT ROWID" : null,
                table.Text is { Strict: true } ? "STRICT" : null,
            }.OfType<string>()
        );
        return $"(\n    {string.Join(",\n    ", lines)}\n) {options}".TrimEnd();
    }

    /// <summary>A rebuild of the table without a column.</summary>
    public static IReadOnlyList<LintStep> WithoutColumn(KnownSchema schema, KnownTable table, string shown, string column) =>
        Rebuild(schema, table, shown, $"(... /* as it is, without {column} */)", Columns(table, column));

    private static List<LintStep> Rebuild(KnownSchema schema, KnownTable table, string shown, string definition, string columns)
    {
        var made = CommonRewrites.Behind(shown, "_new");
        var owned = string.Concat(schema.OwnedBy(table.Name).Select(o => $"\n{o.Sql};"));
        return
        [
            new LintStep(
                "In its place, in one migration",
                $"CREATE TABLE {made} {definition};\nINSERT INTO {made} ({columns})\nSELECT {columns}\nFROM {shown};\n"
                    + $"DROP TABLE {shown};\nALTER TABLE {made} RENAME TO {shown};{owned}"
            ),
        ];
    }

    /// <summary>A question before a statement that may fail.</summary>
    public static IReadOnlyList<LintStep> LookFirst(string table, string condition, string sql) =>
        [
            new LintStep("Before it, to see the rows", $"SELECT rowid, * FROM {table} WHERE {condition};"),
            new LintStep("Then, when they are put right", sql + ";"),
        ];

    /// <summary>A new column with unique values.</summary>
    public static IReadOnlyList<LintStep> UniqueColumn(string table, string column, string definition) =>
        InPlace(
            $"ALTER TABLE {table} ADD COLUMN {definition};\n"
                + $"CREATE UNIQUE INDEX {CommonRewrites.Behind(table, "_" + column.Trim('"') + "_key")} ON {table} ({column});"
        );

    /// <summary>A new NOT NULL column for rows that have no value yet.</summary>
    public static IReadOnlyList<LintStep> NotNullColumn(string table, string column, SqliteColumnText definition) =>
        [
            new LintStep(Now, $"ALTER TABLE {table} ADD COLUMN {column} {definition.Type};"),
            new LintStep(
                "In the next migration",
                $"UPDATE {table} SET {column} = ... WHERE {column} IS NULL;\nALTER TABLE {table} ALTER COLUMN {column} SET NOT NULL;"
            ),
        ];

    /// <summary>A column under two names for a while.</summary>
    public static IReadOnlyList<LintStep> RenameColumn(string table, string column, string name, string? type) =>
        [
            Here($"ALTER TABLE {table} ADD COLUMN {name} {type}".TrimEnd() + ";", "Now; programs write both columns from here on"),
            new LintStep("In the next migration", $"UPDATE {table} SET {name} = {column} WHERE {name} IS NULL;")
            {
                Place = LintStepPlace.Batches,
            },
            Contract($"ALTER TABLE {table} DROP COLUMN {column};", "In a later migration, when programs use the new name"),
        ];

    /// <summary>A table under two names for a while.</summary>
    public static IReadOnlyList<LintStep> RenameTable(string sql, string table, string name) =>
        [
            Here($"{sql};\nCREATE VIEW {table} AS SELECT * FROM {name};", "In its place, in one migration"),
            Contract($"DROP VIEW {table};", "In a later migration, when programs use the new name"),
        ];

    /// <summary>A table that goes when no one uses it.</summary>
    public static IReadOnlyList<LintStep> DropTable(string table) =>
        [
            Here(
                $"ALTER TABLE {table} RENAME TO {CommonRewrites.Behind(table, "_unused")};",
                "Now: what still uses it fails, and can be helped"
            ),
            Contract(
                $"DROP TABLE {CommonRewrites.Behind(table, "_unused")};",
                "In a later migration, when no running program uses it any more"
            ),
        ];

    private static string Columns(KnownTable table, string? without) =>
        table.Text?.Columns.Where(c => c.Generated is null && !string.Equals(SqliteNames.Show(c.Name), without, StringComparison.Ordinal))
            is { } known
            ? string.Join(", ", known.Select(c => SqliteNames.Show(c.Name)))
            : "...";
}
