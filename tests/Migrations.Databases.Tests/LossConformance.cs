using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>What an undo would lose is found without touching the database, and nothing is lost that nobody accepted.</summary>
public abstract class LossConformance(DatabaseKind kind) : Conformance(kind)
{
    [Fact]
    public async Task An_undo_that_drops_rows_is_refused_with_the_numbers()
    {
        ThreeTables();
        await ApplyAsync();

        var error = await ThrowsAsync<DataLossException>(ErrorId.DataLossRefused, () => Engine().UndoAsync(new UndoRequest { All = true }));

        Assert.Contains("002_b removes table", error.Message, StringComparison.Ordinal);
        Assert.Contains("b (3 rows)", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("001_a", error.Message, StringComparison.Ordinal);
        Assert.Contains("--accept-data-loss", error.NextStep, StringComparison.Ordinal);
        Assert.Equal("a, b, c", await TablesAsync());
        Assert.DoesNotContain("failed", await JournalAsync(), StringComparison.Ordinal);
        await Engine().UndoAsync(new UndoRequest { All = true, AcceptDataLoss = true });
        Assert.Equal("", await TablesAsync());
    }

    [Fact]
    public async Task Nothing_to_lose_asks_nothing()
    {
        ThreeTables();
        await ApplyAsync();

        Assert.Equal("003_c", Names(await Engine().UndoAsync()));
    }

    [Fact]
    public async Task Values_of_a_dropped_column_count_and_nulls_do_not()
    {
        ThreeTables();
        Migration("004_note", "ALTER TABLE b ADD COLUMN note text;\n", "ALTER TABLE b DROP COLUMN note;\n");
        await ApplyAsync();
        await Database.ExecuteAsync("UPDATE b SET note = 'x' WHERE id = 2");

        var error = await ThrowsAsync<DataLossException>(ErrorId.DataLossRefused, () => Engine().UndoAsync());

        var loss = Assert.Single(Assert.Single(error.Losses).Forecast.Losses);
        Assert.Equal((DataLossKind.Column, 1L, false), (loss.Kind, loss.Rows, loss.IsEstimate));
        Assert.EndsWith("b.note", loss.Name, StringComparison.Ordinal);
        await Database.ExecuteAsync("UPDATE b SET note = NULL");
        Assert.Equal("004_note", Names(await Engine().UndoAsync()));
    }

    [Fact]
    public async Task A_table_is_told_once_however_many_steps_take_it_away()
    {
        ThreeTables();
        Migration("004_empty", "SELECT 1;\n", "DELETE FROM b;\n");
        await ApplyAsync();

        var losses = await Engine().ForecastAsync(await Engine().PlanUndoAsync(new UndoRequest { All = true }));

        Assert.Equal(
            [("004_empty", DataLossKind.Rows, 3L), ("002_b", DataLossKind.Table, 3L), ("001_a", DataLossKind.Table, 0L)],
            losses.SelectMany(l => l.Forecast.Losses.Select(x => (l.Migration, x.Kind, x.Rows!.Value))).Where(x => x.Migration != "003_c")
        );
    }

    [Fact]
    public async Task Rows_that_a_condition_deletes_are_counted_and_asked_about()
    {
        ThreeTables();
        Migration("004_some", "SELECT 1;\n", "DELETE FROM b WHERE id > 1;\n");
        await ApplyAsync();

        var error = await ThrowsAsync<DataLossException>(ErrorId.DataLossRefused, () => Engine().UndoAsync());

        Assert.Contains("004_some deletes rows of table", error.Message, StringComparison.Ordinal);
        Assert.Contains("(2 rows)", error.Message, StringComparison.Ordinal);
        Assert.Equal("3", await Database.ScalarAsync("SELECT count(*) FROM b"));
        await Database.ExecuteAsync("DELETE FROM b WHERE id > 1");
        Assert.Equal("004_some", Names(await Engine().UndoAsync()));
    }

    [Theory]
    [InlineData(
        "DELETE FROM parents WHERE id = 1;",
        "parents Deleted 1, children Cascaded 2, grandchildren Cascaded 2, notes Overwritten 1"
    )]
    [InlineData(
        "DELETE FROM parents AS p WHERE p.id IN (SELECT id FROM wanted);",
        "parents Deleted 1, children Cascaded 1, grandchildren Cascaded 1"
    )]
    [InlineData("DELETE FROM parents;", "parents Rows 2, children Cascaded 3, grandchildren Cascaded 3, notes Overwritten 1")]
    [InlineData(
        "DELETE FROM children;\nDELETE FROM parents WHERE id = 1;",
        "children Rows 3, grandchildren Cascaded 3, parents Deleted 1, notes Overwritten 1"
    )]
    [InlineData("DELETE FROM parents WHERE id = 9;", "parents Deleted 0")]
    [InlineData("DELETE FROM tree WHERE id = 1;", "tree Deleted 1, tree Cascaded ?")]
    [InlineData("DELETE FROM tree WHERE id = 3;", "tree Deleted 1")]
    public async Task Rows_that_go_with_deleted_ones_are_counted_and_named(string down, string expected)
    {
        Migration(
            "001_family",
            "CREATE TABLE parents (id integer PRIMARY KEY);\nCREATE TABLE wanted (id integer);\n"
                + "CREATE TABLE children (id integer PRIMARY KEY, parent_id integer REFERENCES parents ON DELETE CASCADE);\n"
                + "CREATE TABLE grandchildren (id integer PRIMARY KEY, child_id integer REFERENCES children (id) ON DELETE CASCADE);\n"
                + "CREATE TABLE notes (id integer PRIMARY KEY, parent_id integer REFERENCES parents (id) ON DELETE SET NULL);\n"
                + "CREATE TABLE tree (id integer PRIMARY KEY, above integer REFERENCES tree (id) ON DELETE CASCADE);\n"
                + "INSERT INTO parents VALUES (1), (2);\nINSERT INTO wanted VALUES (2);\nINSERT INTO children VALUES (1, 1), (2, 1), (3, 2);\n"
                + "INSERT INTO grandchildren VALUES (1, 1), (2, 2), (3, 3);\nINSERT INTO notes VALUES (1, 1);\nINSERT INTO tree VALUES (1, NULL), (2, 1), (3, 2);\n"
        );
        Migration("002_some", "SELECT 1;\n", down + "\n");
        await ApplyAsync();

        var forecasts = await Engine().ForecastAsync(await Engine().PlanUndoAsync(new UndoRequest()));
        Assert.Empty(forecasts.SelectMany(f => f.Forecast.NotForeseen));
        var losses = forecasts.SelectMany(f => f.Forecast.Losses);

        Assert.Equal(
            expected.Split(", ").Order(StringComparer.Ordinal),
            losses
                .Select(l =>
                    $"{l.Name.Split('.')[^1]} {l.Kind} {l.Rows?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "?"}"
                )
                .Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task What_cannot_be_counted_is_asked_about_too()
    {
        ThreeTables();
        Migration("004_some", "SELECT 1;\n", "UPDATE b SET id = id + 10;\nDELETE FROM b WHERE id > 1;\n");
        await ApplyAsync();

        var error = await ThrowsAsync<DataLossException>(ErrorId.DataLossRefused, () => Engine().UndoAsync());

        Assert.Contains("(an unknown number of rows)", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("overwrites", error.Message, StringComparison.Ordinal);
        Assert.Equal("004_some", Names(await UndoAsync()));
    }

    [Fact]
    public async Task What_an_update_overwrites_is_reported_and_not_refused()
    {
        ThreeTables();
        Migration("004_some", "SELECT 1;\n", "UPDATE b SET id = id + 10 WHERE id > 1;\n");
        await ApplyAsync();

        Assert.Equal("004_some", Names(await Engine().UndoAsync()));

        Assert.Contains(
            Events.Of<Migrations.Events.WarningRaised>(),
            w =>
                w.Message.Contains("004_some overwrites values in", StringComparison.Ordinal)
                && w.Message.Contains("(2 rows)", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_statement_that_the_forecast_cannot_read_stops_no_up()
    {
        ThreeTables();
        Migration(
            "004_copy",
            "INSERT INTO c (id) SELECT id FROM b WHERE id IS DISTINCT FROM '9';\nALTER TABLE b ADD COLUMN d text;\nALTER TABLE b DROP COLUMN d;\n",
            "DELETE FROM c;\n"
        );

        await ApplyAsync();

        Assert.Equal("3", await Database.ScalarAsync("SELECT count(*) FROM c"));
    }

    [Fact]
    public async Task A_table_that_the_script_itself_makes_is_no_loss()
    {
        ThreeTables();
        Migration("004_scratch", "SELECT 1;\n", "CREATE TABLE t (id integer);\nINSERT INTO t VALUES (1);\nDROP TABLE t;\n");
        await ApplyAsync();

        Assert.Equal("004_scratch", Names(await Engine().UndoAsync()));
    }

    [Fact]
    public async Task A_destructive_up_is_told_and_not_refused()
    {
        ThreeTables();
        Migration("004_away", "DROP TABLE b;\n", "CREATE TABLE b (id integer PRIMARY KEY);\n");
        await ApplyAsync(new ApplyRequest { Target = "003" });

        await ApplyAsync();

        Assert.Contains(
            Events.Of<Migrations.Events.WarningRaised>(),
            w =>
                w.Message.Contains("004_away removes table", StringComparison.Ordinal)
                && w.Message.Contains("(3 rows)", StringComparison.Ordinal)
        );
        Assert.Equal("a, c", await TablesAsync());
    }
}

public sealed class SqliteLossTests() : LossConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlLossTests() : LossConformance(DatabaseKind.PostgreSql);
