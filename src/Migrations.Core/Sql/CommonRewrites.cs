namespace Migrations.Sql;

/// <summary>Safe ways that are the same for all engines.</summary>
public static class CommonRewrites
{
    /// <summary>Rows are kept before they are deleted.</summary>
    /// <param name="table">The table, as SQL writes it.</param>
    public static IReadOnlyList<LintStep> Keep(string table) =>
        [new LintStep("Before it, so that the rows can come back", $"CREATE TABLE {Behind(table, "_deleted")} AS SELECT * FROM {table};")];

    /// <summary>Values are kept before they are overwritten.</summary>
    /// <param name="table">The table, as SQL writes it.</param>
    /// <param name="columns">The columns.</param>
    public static IReadOnlyList<LintStep> KeepValues(string table, IEnumerable<string> columns) =>
        [
            new LintStep(
                "In its place: say which rows, and keep what they had",
                $"CREATE TABLE {Behind(table, "_before")} AS SELECT * FROM {table};\n"
                    + $"UPDATE {table} SET {string.Join(", ", columns.Select(c => c + " = ..."))} WHERE ...;"
            ),
        ];

    /// <summary>Rows are changed in a migration of its own.</summary>
    /// <param name="sql">The statement.</param>
    public static IReadOnlyList<LintStep> Apart(string sql)
    {
        ArgumentNullException.ThrowIfNull(sql);
        return
        [
            new LintStep("In a migration of its own, after this one", sql + ";")
            {
                Place = sql.StartsWith("INSERT", StringComparison.OrdinalIgnoreCase) ? LintStepPlace.Following : LintStepPlace.Batches,
            },
        ];
    }

    /// <summary>A name with something behind it, also where it is quoted.</summary>
    /// <param name="name">The name.</param>
    /// <param name="ending">What goes behind it.</param>
    public static string Behind(string name, string ending)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.EndsWith('"') ? name[..^1] + ending + "\"" : name + ending;
    }
}
