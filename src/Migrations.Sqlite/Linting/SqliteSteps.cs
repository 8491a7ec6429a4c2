using Migrations.Sql;

namespace Migrations.Sqlite;

/// <summary>The safe steps around a rebuild, as SQL.</summary>
internal static class SqliteSteps
{
    /// <summary>Keeps the highest number that AUTOINCREMENT has given (https://sqlite.org/autoinc.html).</summary>
    /// <param name="table">The table's name.</param>
    /// <param name="after">The new table.</param>
    public static IReadOnlyList<LintStep> Sequence(string table, KnownTable after) =>
        [
            new LintStep(
                "Before DROP TABLE, behind the copy",
                $"DELETE FROM sqlite_sequence WHERE name = '{after.Origin}';\n"
                    + $"INSERT INTO sqlite_sequence (name, seq)\nSELECT '{after.Origin}', seq FROM sqlite_sequence WHERE name = '{table}';"
            ),
        ];

    /// <summary>Finds values that a strict table refuses.</summary>
    public static IReadOnlyList<LintStep> StrictValues(string table, SqliteTableText now) =>
        [
            new LintStep(
                "Before it, to see the values",
                $"SELECT rowid, * FROM {table} WHERE "
                    + string.Join(
                        " OR ",
                        now.Columns.Where(c => c.Generated is null && Kinds(c.Type).Length > 0)
                            .Select(c => $"typeof({SqliteNames.Show(c.Name)}) NOT IN ({Kinds(c.Type)})")
                            .DefaultIfEmpty("...")
                    )
                    + ";"
            ),
        ];

    /// <summary>A copy by names.</summary>
    public static IReadOnlyList<LintStep> NamedCopy(GoneTable source, string into, SqliteTableText to)
    {
        var columns = string.Join(
            ", ",
            to.Columns.Where(c => c.Generated is null && source.Table.Text?.HasColumn(c.Name) != false)
                .Select(c => SqliteNames.Show(c.Name))
        );
        return SqliteRewrites.InPlace($"INSERT INTO {into} ({columns})\nSELECT {columns}\nFROM {source.Name};");
    }

    /// <summary>Whether a column of the table is its rowid, which a copy keeps.</summary>
    public static bool HasRowidColumn(SqliteTableText text) =>
        text.PrimaryKey is [var key] && text.Columns.Exists(c => SqliteNames.Comparer.Equals(c.Name, key) && c.Type is "INTEGER");

    private static string Kinds(string type) =>
        type switch
        {
            "INT" or "INTEGER" => "'integer', 'null'",
            "REAL" => "'real', 'integer', 'null'",
            "TEXT" => "'text', 'null'",
            "BLOB" => "'blob', 'null'",
            _ => "",
        };
}
