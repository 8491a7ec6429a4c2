using Migrations.Tables;

namespace Migrations.Sqlite;

/// <summary>What stands in the way of a copy in a file, and what would be dropped for it.</summary>
/// <param name="Obstacles">What stands in the way.</param>
/// <param name="Drops">The statements that drop what is there.</param>
/// <param name="Replaced">The names of what they drop.</param>
internal sealed record SqliteTargetLook(IReadOnlyList<CopyObstacle> Obstacles, IReadOnlyList<string> Drops, IReadOnlyList<string> Replaced)
{
    // https://sqlite.org/limits.html#max_column
    private const int MostColumns = 2000;

    /// <summary>Looks.</summary>
    /// <param name="items">What the file holds.</param>
    /// <param name="plan">What is to come.</param>
    /// <param name="recreates">Whether tables of the same names are dropped.</param>
    public static SqliteTargetLook Of(List<SqliteSchemaItem> items, CopyPlan plan, bool recreates)
    {
        var obstacles = new List<CopyObstacle>();
        var replaced = new List<string>();
        foreach (var table in plan.Tables)
        {
            obstacles.AddRange(OfItself(table));
            // Tables, views and indexes share their names.
            foreach (var there in items.Where(i => SqliteNames.Comparer.Equals(i.Name, table.Name) && i.Type is not "trigger"))
            {
                if (recreates && there.IsPlainTable)
                    replaced.Add(there.Name);
                else
                    obstacles.Add(
                        Obstacle(table.Name, there.Type is "table" ? $"{there.Name} exists" : $"{there.Name} exists and is no table")
                    );
            }

            foreach (var index in table.Indexes.Where(i => Holds(items, replaced, i.Name)))
                obstacles.Add(Obstacle(table.Name, $"{index.Name} exists, and an index is to have this name"));
        }

        var views = new List<string>();
        foreach (var view in plan.Views)
        {
            foreach (var there in items.Where(i => SqliteNames.Comparer.Equals(i.Name, view.Name) && i.Type is not "trigger"))
            {
                if (recreates && there.Type is "view")
                    views.Add(there.Name);
                else
                    obstacles.Add(Obstacle(view.Name, $"{there.Name} exists"));
            }
        }

        obstacles.AddRange(Clashes(plan));
        return new SqliteTargetLook(
            obstacles,
            [.. views.Select(v => $"DROP VIEW {SqliteNames.Quote(v)}"), .. replaced.Select(r => $"DROP TABLE {SqliteNames.Quote(r)}")],
            [.. views, .. replaced]
        );
    }

    private static bool Holds(List<SqliteSchemaItem> items, List<string> replaced, string name) =>
        items.Exists(i =>
            i.Type is not "trigger"
            && SqliteNames.Comparer.Equals(i.Name, name)
            && !(i.Type is "index" && replaced.Exists(r => i.BelongsTo(r)))
        );

    private static IEnumerable<CopyObstacle> OfItself(CopyTable table)
    {
        if (table.Columns.Count > MostColumns)
            yield return OfForm(table.Name, $"it has {table.Columns.Count} columns, and a table of SQLite {MostColumns} at most");
        if (table.Columns.Count == 0)
            yield return OfForm(table.Name, "it has no columns, and a table of SQLite has at least one");
        if (SqliteNames.IsInternal(table.Name))
            yield return OfForm(table.Name, "SQLite keeps names that begin with sqlite_ for itself");
        foreach (var twins in table.Columns.GroupBy(c => c.Name, SqliteNames.Comparer).Where(g => g.Count() > 1))
            yield return OfForm(
                table.Name,
                $"the columns {string.Join(" and ", twins.Select(c => c.Name))} differ only in case, which SQLite does not distinguish"
            );
    }

    private static IEnumerable<CopyObstacle> Clashes(CopyPlan plan) =>
        plan
            .Tables.SelectMany(t => t.Indexes.Select(i => i.Name).Prepend(t.Name).Select(n => (Table: t.Name, Name: n)))
            .Concat(plan.Views.Select(v => (Table: v.Name, v.Name)))
            .GroupBy(n => n.Name, SqliteNames.Comparer)
            .Where(g => g.Count() > 1)
            .Select(g =>
                OfForm(
                    g.First().Table,
                    $"the names {string.Join(" and ", g.Select(n => n.Name))} differ only in case, which SQLite does not distinguish"
                )
            );

    private static CopyObstacle OfForm(string table, string problem) => Obstacle(table, problem) with { IsOfForm = true };

    private static CopyObstacle Obstacle(string table, string problem) => new(table, Column: null, problem, [], Rows: null);
}
