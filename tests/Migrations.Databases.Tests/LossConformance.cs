using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>What an undo would lose is found without touching the database, and nothing is lost that nobody accepted.</summary>
public abstract class LossConformance(DatabaseKind kind) : ForecastConformance(kind)
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
        Assert.Contains("--accept-data-loss", error.NextStep.ToString(), StringComparison.Ordinal);
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
                + "INSERT INTO parents VALUES (1), (2);\nINSERT INTO wanted VALUES (2);\nINSERT INTO children VALUES (1, 1), (2, "
                + "1), (3, 2);\n"
                + "INSERT INTO grandchildren VALUES (1, 1), (2, 2), (3, 3);\nINSERT INTO notes VALUES (1, 1);\nINSERT INTO tree "
                + "VALUES (1, NULL), (2, 1), (3, 2);\n"
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

    [Theory]
    [InlineData(
        "INSERT INTO item (id, name, n) VALUES (1, 'z', 5), (7, 'q', 1) ON CONFLICT (id) DO UPDATE SET n = excluded.n;",
        "item Overwritten 1"
    )]
    [InlineData("INSERT INTO item SELECT id, name, 0 FROM source WHERE true ON CONFLICT (id) DO UPDATE SET n = 0;", "item Overwritten 1")]
    [InlineData("INSERT INTO item AS i (name, id) VALUES ('b', 8) ON CONFLICT (name) DO UPDATE SET n = i.n;", "item Overwritten 1")]
    [InlineData(
        "WITH s AS (SELECT 2 AS id) INSERT INTO item (id, name) SELECT id, 'w' FROM s WHERE true -- those\nON CONFLICT "
            + "(\"id\") DO UPDATE SET n = 0;",
        "item Overwritten 1"
    )]
    [InlineData("INSERT INTO item VALUES (1, 'a', 1) ON CONFLICT (id) DO NOTHING;", "")]
    [InlineData("INSERT INTO item (name, n) VALUES ('ON CONFLICT DO UPDATE', 1);", "")]
    [InlineData("UPDATE item SET n = s.id FROM source AS s WHERE s.id = item.id;", "item Overwritten 1")]
    [InlineData(
        "UPDATE source SET id = 3;\nINSERT INTO item SELECT id, name, 0 FROM source WHERE true ON CONFLICT (id) DO UPDATE SET n = 0;",
        "line 2 overwrites, source Overwritten 2"
    )]
    [InlineData("CREATE TEMP TABLE t (id integer);\nINSERT INTO t SELECT id FROM item;\nDELETE FROM t WHERE id > 1;\nDELETE FROM t;", "")]
    [InlineData("CREATE TEMP TABLE t AS SELECT id FROM item;\nDELETE FROM t WHERE id = 1;\nUPDATE t SET id = 0;", "")]
    [InlineData(
        "CREATE TEMP TABLE t AS SELECT * FROM source;\nDELETE FROM t WHERE id = 2;\nDELETE FROM source;\nINSERT INTO "
            + "source SELECT * FROM t;",
        "line 2 deletes"
    )]
    public Task Rows_that_an_insert_overwrites_are_reported(string down, string expected) => ForeseesAsync(down, expected);

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
            "INSERT INTO c (id) SELECT id FROM b WHERE id IS DISTINCT FROM '9';\nALTER TABLE b ADD COLUMN d text;\nALTER "
                + "TABLE b DROP COLUMN d;\n",
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

public sealed class SqliteLossTests() : LossConformance(DatabaseKind.Sqlite)
{
    [Theory]
    [InlineData("INSERT OR REPLACE INTO item VALUES (1, 'b', 0);", "child Cascaded 2, item Overwritten 2")]
    [InlineData("REPLACE INTO item (name) VALUES ('c');", "item Overwritten 1")]
    [InlineData("REPLACE INTO item (name) VALUES ('k');", "item Overwritten 0")]
    [InlineData("WITH s AS (SELECT 1) INSERT OR REPLACE INTO main.item SELECT 2, 'n', 0 FROM s;", "child Cascaded 1, item Overwritten 1")]
    [InlineData("INSERT OR REPLACE INTO source VALUES (2, 'x');", "source Overwritten 0")]
    [InlineData("INSERT INTO item VALUES (1, 'b', 0) ON CONFLICT DO UPDATE SET n = 0;", "item Overwritten 2")]
    [InlineData("UPDATE OR REPLACE item SET name = 'a' WHERE id = 2;", "item Overwritten 1, line 1 replaces")]
    [InlineData("UPDATE OR REPLACE item SET n = 4;", "item Overwritten 3")]
    [InlineData("CREATE TABLE item2 (id integer PRIMARY KEY);\nINSERT OR REPLACE INTO item2 SELECT id FROM item;", "")]
    [InlineData(
        "CREATE TABLE n (id integer, name integer);\nINSERT INTO n SELECT id, CAST(name AS integer) FROM source;\nDROP TABLE "
            + "source;\nALTER TABLE n RENAME TO source;",
        "name Overwritten 2"
    )]
    [InlineData(Acting + "INSERT INTO v VALUES (1, 'a', 1);", "line 5 writes to v")]
    [InlineData(Acting + "REPLACE INTO main.\"V\" VALUES (1, 'a', 1);", "line 5 writes to V")]
    [InlineData(Acting + "UPDATE v SET n = 0;", "line 5 writes to v")]
    [InlineData(Acting + "WITH q AS (SELECT 1) DELETE FROM v;", "")]
    public Task Rows_that_sqlite_replaces_are_reported_with_what_goes_with_them(string down, string expected) =>
        ForeseesAsync(down, expected);

    private const string Acting =
        "CREATE VIEW v AS SELECT * FROM item;\n"
        + "CREATE TRIGGER i INSTEAD OF INSERT ON v BEGIN DELETE FROM source; END;\n"
        + "CREATE TRIGGER u INSTEAD OF UPDATE OF n ON v BEGIN REPLACE INTO source VALUES (1, replace('a', 'b', 'c')); END;\n"
        + "CREATE TRIGGER d INSTEAD OF DELETE ON v BEGIN SELECT replace('a', 'b', 'c'); END;\n";
}

public sealed class PostgreSqlLossTests() : LossConformance(DatabaseKind.PostgreSql)
{
    [Theory]
    [InlineData("MERGE INTO item i USING source AS s ON s.id = i.id WHEN MATCHED THEN UPDATE SET n = 0;", "item Overwritten 1")]
    [InlineData(
        "MERGE INTO item USING (SELECT id, name FROM source) s ON s.id = item.id WHEN MATCHED AND s.name = 'x' THEN DELETE"
            + " WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.name);",
        "child Cascaded 1, item Deleted 1"
    )]
    [InlineData("MERGE INTO item USING source s ON s.id = item.id WHEN MATCHED THEN DO NOTHING;", "")]
    [InlineData(
        "WITH d AS (DELETE FROM item WHERE id = 1 RETURNING *) INSERT INTO source SELECT id, name FROM d;",
        "child Cascaded 1, item Deleted 1"
    )]
    [InlineData(
        "WITH w AS (SELECT 2 AS id), d AS (DELETE FROM item USING w WHERE item.id = w.id) SELECT 1;",
        "child Cascaded 1, item Deleted 1"
    )]
    [InlineData("WITH u AS (UPDATE item SET n = 0 WHERE id > 1) DELETE FROM source;", "item Overwritten 2, source Rows 2")]
    [InlineData("EXPLAIN ANALYZE DELETE FROM item WHERE id < 3;", "child Cascaded 2, item Deleted 2")]
    [InlineData("EXPLAIN (ANALYZE, BUFFERS) DELETE FROM item;", "child Cascaded 2, item Rows 3")]
    [InlineData("EXPLAIN (ANALYZE off) DELETE FROM item;", "")]
    [InlineData("EXPLAIN VERBOSE DELETE FROM item;", "")]
    [InlineData("PREPARE p AS INSERT INTO item VALUES (1, 'a', 1) ON CONFLICT (id) DO UPDATE SET n = 0;\nEXECUTE p;", "item Overwritten 1")]
    [InlineData("INSERT INTO item VALUES (1, 'a', 1) ON CONFLICT ON CONSTRAINT item_pkey DO UPDATE SET n = 0;", "line 1 overwrites")]
    [InlineData("PREPARE p AS DELETE FROM item WHERE id = 3;\nEXECUTE p;", "item Deleted 1")]
    [InlineData(
        "WITH x AS (MERGE INTO item USING source s ON s.id = item.id WHEN MATCHED THEN DELETE RETURNING *) SELECT * FROM x;",
        "child Cascaded 1, item Deleted 1"
    )]
    [InlineData(
        "WITH x AS (SELECT 1 AS a) MERGE INTO item USING x ON item.id = a WHEN MATCHED THEN DELETE;",
        "child Cascaded 1, item Deleted 1"
    )]
    [InlineData("SELECT purge();", "line 1 uses purge")]
    [InlineData("SELECT count(*) FROM (VALUES (public.\"purge\"())) v;", "line 1 uses purge")]
    [InlineData("VALUES (hides());", "line 1 uses hides")]
    [InlineData("SELECT nested();", "line 1 uses nested")]
    [InlineData("INSERT INTO public.source (id) VALUES (public.purge());", "line 1 uses purge")]
    [InlineData("DELETE FROM source WHERE id = purge();", "line 1 uses purge, source Deleted ")]
    [InlineData("SELECT stable_one();", "line 1 uses stable_one")]
    [InlineData("SELECT * FROM through;", "line 1 uses through")]
    [InlineData("INSERT INTO source VALUES (purge(), 'x');", "line 1 uses purge")]
    [InlineData("UPDATE item SET n = purge() WHERE id = 1;", "item Overwritten 1, line 1 uses purge")]
    [InlineData("SELECT lo_unlink(1);", "line 1 uses lo_unlink")]
    [InlineData("CALL cleans();", "line 1 runs the procedure")]
    [InlineData("DO $$BEGIN PERFORM purge(); END$$;", "line 1 runs a block")]
    [InlineData("DO $$BEGIN EXECUTE format('%s FROM item', 'DEL' || 'ETE'); END$$;", "line 1 runs a block")]
    [InlineData("DO $$BEGIN UPDATE item SET n = 0; END$$;", "line 1 runs a block")]
    [InlineData("DO LANGUAGE plperl $$ spi_exec_query('x'); $$;", "line 1 runs a block")]
    [InlineData("CREATE OR REPLACE FUNCTION made() RETURNS void LANGUAGE sql AS $$DELETE FROM item$$;\nSELECT made();", "line 2 uses made")]
    [InlineData("SELECT quiet(), setval('numbers', 5), set_config('a.b', 'c', true), pg_catalog.now(), count(*) FROM item;", "")]
    [InlineData("DO $$BEGIN IF NOT EXISTS (SELECT FROM item) THEN CREATE TABLE z (i int); END IF; PERFORM quiet(); END$$;", "")]
    [InlineData("CREATE VIEW purges AS SELECT purge();", "")]
    [InlineData("SELECT query_to_xml('SELECT purge()', true, true, '');", "line 1 uses query_to_xml")]
    [InlineData("DO $$BEGIN ALTER TABLE source SET SCHEMA elsewhere; END$$;", "line 1 runs a block")]
    [InlineData("DO $$BEGIN ALTER TABLE item ALTER n TYPE text USING ''; END$$;", "line 1 runs a block")]
    // What is moved goes with what it is moved into.
    [InlineData("ALTER TABLE source SET SCHEMA elsewhere;\nDROP SCHEMA elsewhere CASCADE;", "kept Table 1, source Table 2")]
    [InlineData(
        "CREATE SCHEMA s;\nALTER TABLE source SET SCHEMA s;\nALTER SCHEMA s RENAME TO \"S 2\";\nDROP SCHEMA \"S 2\" CASCADE;",
        "source Table 2"
    )]
    [InlineData(
        "ALTER TABLE source SET SCHEMA elsewhere;\nALTER SCHEMA elsewhere RENAME TO there;\nTRUNCATE there.source;\nALTER TABLE "
            + "there.source SET SCHEMA public;",
        "source Rows 2"
    )]
    [InlineData("ALTER SCHEMA elsewhere RENAME TO there;\nDELETE FROM there.kept WHERE true;", "kept Deleted ")]
    [InlineData("ALTER SCHEMA elsewhere RENAME TO there;\nUPDATE there.kept SET a = 0;", "kept Overwritten ")]
    [InlineData("ALTER TABLE elsewhere.kept SET SCHEMA public;\nDROP SCHEMA elsewhere CASCADE;", "")]
    [InlineData("ALTER TYPE mood SET SCHEMA elsewhere;\nDROP TYPE elsewhere.mood CASCADE;", "m Column 1")]
    [InlineData(
        "CREATE TABLE p (LIKE source) PARTITION BY LIST (id);\nALTER TABLE p ATTACH PARTITION source DEFAULT;\nDROP TABLE p;",
        "source Table 2"
    )]
    [InlineData("CREATE TABLE p (id integer, name text);\nALTER TABLE source INHERIT p;\nTRUNCATE p;", "source Rows 2")]
    [InlineData(
        "CREATE TABLE p (id integer, name text);\nALTER TABLE source INHERIT p;\nALTER TABLE source NO INHERIT p;\nDROP TABLE p;",
        ""
    )]
    [InlineData(
        "CREATE TABLE p (id integer, name text);\nALTER TABLE source INHERIT p;\nDELETE FROM p WHERE id = 2;",
        "line 3 changes rows"
    )]
    [InlineData("TRUNCATE forebear;", "forebear Rows 0, heir Rows 1")]
    [InlineData("ALTER EXTENSION plpgsql ADD TABLE source;\nDROP EXTENSION plpgsql CASCADE;", "source Table 2")]
    // What is written to a view, or to a table with a rule, changes others.
    [InlineData("CREATE VIEW v AS SELECT * FROM item;\nUPDATE v SET n = 0;\nDROP VIEW v;", "line 2 overwrites rows through v")]
    [InlineData("CREATE OR REPLACE VIEW few AS SELECT 1 AS a;\nDELETE FROM few;", "line 2 deletes rows through few")]
    [InlineData(
        "CREATE TEMP VIEW v AS SELECT * FROM item;\nINSERT INTO v VALUES (1, 'a', 1) ON CONFLICT (id) DO UPDATE SET n = 0;",
        "line 2 overwrites rows through v"
    )]
    [InlineData("INSERT INTO ruled VALUES (1);", "line 1 writes to ruled")]
    [InlineData("WITH x AS (INSERT INTO ruled VALUES (1) RETURNING a) SELECT * FROM x;", "line 1 writes to ruled")]
    [InlineData("UPDATE acting SET a = 1;", "acting Overwritten 0, line 1 writes to acting")]
    [InlineData(
        "CREATE TABLE x (a int);\nCREATE RULE r AS ON INSERT TO x DO ALSO DELETE FROM item;\nINSERT INTO x VALUES (1);",
        "line 3 writes to x"
    )]
    [InlineData("CREATE RULE r AS ON INSERT TO source DO ALSO NOTIFY n;\nINSERT INTO source VALUES (1, 'DELETE');", "")]
    [InlineData(
        "CREATE TRIGGER t AFTER INSERT ON source FOR EACH STATEMENT EXECUTE FUNCTION purging();\nINSERT INTO source VALUES (1, 'x');",
        "line 2 writes to source"
    )]
    [InlineData("DROP FUNCTION nested();", "")]
    public async Task Whatever_deletes_or_overwrites_is_counted_or_asked_about(string down, string expected)
    {
        await Database.ExecuteAsync(
            "SET check_function_bodies = off; CREATE SEQUENCE numbers;"
                + "CREATE FUNCTION purge() RETURNS int LANGUAGE sql AS 'DELETE FROM item; SELECT 1';"
                + "CREATE FUNCTION hides() RETURNS void LANGUAGE plpgsql AS $$BEGIN EXECUTE 'del' || 'ete from item'; END$$;"
                + "CREATE FUNCTION nested() RETURNS int LANGUAGE sql AS 'SELECT purge()';"
                + "CREATE FUNCTION stable_one() RETURNS int STABLE LANGUAGE plpgsql AS 'BEGIN RETURN nested(); END';"
                + "CREATE FUNCTION quiet() RETURNS int LANGUAGE sql AS 'SELECT 1 /* delete */';"
                + "CREATE PROCEDURE cleans() LANGUAGE sql AS 'DELETE FROM item';"
                + "CREATE VIEW through AS SELECT purge();"
                + "CREATE SCHEMA elsewhere; CREATE TABLE elsewhere.kept (a int); INSERT INTO elsewhere.kept VALUES (1);"
                + "CREATE TYPE mood AS ENUM ('x'); CREATE TABLE felt (m mood); INSERT INTO felt VALUES ('x');"
                + "CREATE TABLE forebear (a int); CREATE TABLE heir () INHERITS (forebear); INSERT INTO heir VALUES (1);"
                + "CREATE TABLE ruled (a int); CREATE RULE purged AS ON INSERT TO ruled DO ALSO DELETE FROM elsewhere.kept;"
                + "CREATE FUNCTION purging() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM item; RETURN NULL; END';"
                + "CREATE VIEW few AS SELECT 1 AS a WHERE false; CREATE VIEW acting AS SELECT a FROM ruled;"
                + "CREATE TRIGGER acts INSTEAD OF UPDATE ON acting FOR EACH ROW EXECUTE FUNCTION purging();"
        );
        await ForeseesAsync(down, expected);
    }
}
