using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>Tests of what an undo would lose.</summary>
public abstract class ForecastConformance(DatabaseKind kind) : Conformance(kind)
{
    /// <summary>Asserts what is foreseen of an undo: each table with what it loses, and the beginning of what is asked about.</summary>
    protected async Task ForeseesAsync(string down, string expected)
    {
        Migration(
            "001_items",
            "CREATE TABLE item (id integer PRIMARY KEY, name text UNIQUE, n integer);\nCREATE TABLE source (id integer, name text);\n"
                + "CREATE TABLE child (item_id integer REFERENCES item (id) ON DELETE CASCADE);\n"
                + "INSERT INTO item VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3);\nINSERT INTO source VALUES (2, 'x'), (9, 'y');\n"
                + "INSERT INTO child VALUES (1), (2);\n"
        );
        Migration("002_some", "SELECT 1;\n", down + "\n");
        await ApplyAsync();

        var forecasts = (await Engine().ForecastAsync(await Engine().PlanUndoAsync(new UndoRequest()))).Select(f => f.Forecast).ToList();

        var losses = forecasts.SelectMany(f => f.Losses).Select(l => $"{l.Name.Split('.')[^1]} {l.Kind} {l.Rows}");
        var asked = forecasts.SelectMany(f => f.NotForeseen).ToList();
        var told = expected.Split(", ", StringSplitOptions.RemoveEmptyEntries).Where(e => e.StartsWith("line", StringComparison.Ordinal));
        Assert.Equal(string.Join(", ", expected.Split(", ").Except(told)), string.Join(", ", losses.Order(StringComparer.Ordinal)));
        Assert.Equal(told.Count(), asked.Count);
        Assert.All(told, t => Assert.Contains(asked, a => a.StartsWith(t, StringComparison.Ordinal)));
        Assert.Equal("3", await Database.ScalarAsync("SELECT count(*) FROM item"));
    }
}
