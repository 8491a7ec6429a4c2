using System.Diagnostics;
using Migrations.Events;
using Migrations.Integrity;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>Statements that run in batches: each row once, whatever happens in between.</summary>
public abstract class BatchConformance(DatabaseKind kind) : Conformance(kind)
{
    private const string Positions = "SELECT count(*) FROM migration_journal WHERE event = 'progress' AND position IS NOT NULL";

    protected override bool NeedsCopies => true;

    [Fact]
    public async Task Every_batch_is_a_transaction_with_the_row_that_holds_its_last_key()
    {
        Rows(30);
        Migration("002_fill", "-- Description: fills n\n-- Batch: 7 rows\nUPDATE t SET n = n + 1;\n");
        var result = (await ApplyAsync())[1];
        Assert.Equal((30L, 1), (result.RowsAffected, result.Statements));
        Assert.Equal("30|30", string.Join(',', await Database.RowsAsync("SELECT count(*), sum(n) FROM t")));
        Assert.Equal(
            ["7|7", "14|7", "21|7", "28|7", "30|2"],
            await Database.RowsAsync(
                "SELECT replace(position, '''', ''), rows_affected FROM migration_journal WHERE event = 'progress' ORDER BY id"
            )
        );
        Assert.Equal("002_fill Applied", (await StatesAsync()).Split(", ")[1]);
        Assert.Empty(Events.Of<WarningRaised>());
    }

    [Theory]
    [InlineData("UPDATE t SET n = n + 1 WHERE id > 10 OR id < 5 -- more than one condition", 24)]
    [InlineData("UPDATE t AS x SET n = x.n + 1 WHERE x.id IN (SELECT id FROM t WHERE id > 20)", 10)]
    [InlineData("UPDATE t SET n = (SELECT max(id) FROM t) - 29, m = 'from; where'", 30)]
    [InlineData("DELETE FROM t WHERE id > 12;", 18)]
    [InlineData("UPDATE t SET n = o.id - o.id + 1 FROM t AS o WHERE ${batch} AND o.id = t.id AND o.id > 10", 20)]
    [InlineData("WITH o AS (SELECT id FROM t WHERE id > 25) UPDATE t SET n = 1 WHERE id IN (SELECT id FROM o) AND ${batch}", 5)]
    public async Task What_a_statement_does_in_batches_it_does_once(string statement, long rows)
    {
        Rows(30);
        Migration("002_fill", $"-- Batch: 4 rows\n{statement}\n");
        var engine = Engine(o => o with { Folder = o.Folder with { Variables = new VariableSet([new ScriptVariable("other", "t")]) } });
        Assert.Equal(rows, (await engine.ApplyAsync())[1].RowsAffected);
        if (statement.StartsWith("DELETE", StringComparison.Ordinal))
            Assert.Equal("12", await Database.ScalarAsync("SELECT count(*) FROM t"));
        else
            Assert.Equal($"{rows}", await Database.ScalarAsync("SELECT sum(n) FROM t"));
        Assert.Equal("8", await Database.ScalarAsync(Positions));
    }

    [Theory]
    [InlineData("a text NOT NULL, b integer NOT NULL, PRIMARY KEY (a, b)", "")]
    [InlineData("a text NOT NULL, b integer NOT NULL, UNIQUE (b, a)", " by a, b")]
    [InlineData("b integer NOT NULL, a text NOT NULL PRIMARY KEY", "")]
    [InlineData("id integer, b integer NOT NULL, a text NOT NULL UNIQUE", " by A")]
    public async Task Keys_of_texts_and_of_several_columns_are_passed_in_their_own_order(string columns, string by)
    {
        Migration("001_t", $"CREATE TABLE k (n integer NOT NULL DEFAULT 0, {columns});\n");
        await ApplyAsync();
        string[] texts =
        [
            "it''s",
            "",
            " ",
            "a",
            "A",
            "b",
            "B",
            "ä",
            "Z\\n",
            "z, '';",
            "日本",
            "a b",
            "-1",
            "10",
            "9",
            "é",
            "e",
            "E",
            "ß",
            "_",
        ];
        await Database.ExecuteAsync(string.Join(';', texts.Select((t, i) => $"INSERT INTO k (a, b) VALUES ('{t}', {(i % 3) - 1})")));
        Migration("002_fill", $"-- Batch: 3 rows{by}\nUPDATE k SET n = n + 1;\n");
        Assert.Equal(20, (await ApplyAsync())[0].RowsAffected);
        Assert.Equal("1|1|20", (await Database.RowsAsync("SELECT min(n), max(n), count(*) FROM k"))[0]);
    }

    [Fact]
    public async Task A_batch_that_fails_is_taken_back_alone_and_the_next_run_goes_on_behind_the_last_one()
    {
        Migration("001_t", "CREATE TABLE t (id integer PRIMARY KEY, n integer NOT NULL CHECK (n < 2));\n");
        await ApplyAsync();
        await Database.ExecuteAsync("INSERT INTO t VALUES (1, 0), (2, 0), (3, 0), (4, 0), (5, 1), (6, 0), (7, 0)");
        Migration("002_fill", "-- Batch: 2 rows\n\n  UPDATE t\n  SET n = n + 1;\n");
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync());
        Assert.Equal((3, 3), (error.Location!.Line, error.Location.Column));
        Assert.Equal("the batches of the script up to the failed one, which changed 4 rows", error.InDatabase);
        Assert.Equal(["1", "1", "1", "1", "1", "0", "0"], await Database.RowsAsync("SELECT n FROM t ORDER BY id"));
        Assert.Equal("002_fill Failed", (await StatesAsync()).Split(", ")[1]);

        await Database.ExecuteAsync("UPDATE t SET n = 0 WHERE id = 5");
        Assert.Equal(7, (await ApplyAsync())[0].RowsAffected);
        Assert.Equal("7", await Database.ScalarAsync("SELECT sum(n) FROM t"));
    }

    [Fact]
    public async Task Killed_in_the_middle_it_goes_on_and_no_row_is_done_twice()
    {
        Rows(60);
        await ApplyAsync();
        Migration("002_fill", "-- Batch: 1 row pause 20ms\nUPDATE t SET n = n + 1;\n");
        using (var process = CliProcess.Start(new CliCall { Arguments = ["up", "--database", Database.Address, "--path", Folder] }))
        {
            await UntilAsync(async () => await Database.ScalarAsync("SELECT count(*) FROM t WHERE n = 1") is not ("0" or "1" or "2"));
            process.Kill();
            await process.WaitAsync();
        }

        Assert.NotEqual("60", await Database.ScalarAsync("SELECT count(*) FROM t WHERE n = 1"));
        Write("002_fill.up.sql", "-- Batch: 25 rows\nUPDATE t SET n = n + 1;\n");
        Assert.Equal(60, (await ApplyAsync())[0].RowsAffected);
        Assert.Equal("1|1|60", (await Database.RowsAsync("SELECT min(n), max(n), count(*) FROM t"))[0]);
    }

    [Fact]
    public async Task Cancelled_it_goes_on_where_it_was()
    {
        Rows(10);
        await ApplyAsync();
        Migration("002_fill", "-- Batch: 1 row pause 1h\nUPDATE t SET n = n + 1;\n");
        using var stop = new CancellationTokenSource();
        Events.Published = e =>
        {
            if (e is WorkAdvanced)
                stop.Cancel();
        };
        await ThrowsAsync<MigrationException>(ErrorId.Cancelled, () => Engine().ApplyAsync(null, stop.Token));
        Events = new();
        Write("002_fill.up.sql", "-- Batch: 100 rows\nUPDATE t SET n = n + 1;\n");
        await ApplyAsync();
        Assert.Equal("1|1|10", (await Database.RowsAsync("SELECT min(n), max(n), count(*) FROM t"))[0]);
    }

    [Theory]
    [InlineData("UPDATE t SET m = 'done' WHERE m IS NULL", "002_fill: 1 row that its condition selects")]
    [InlineData("DELETE FROM t WHERE n = 0", "002_fill: 1 row that its condition selects")]
    [InlineData("UPDATE t SET n = n + 1", "002_fill: at least 1 row that its condition selects")]
    public async Task Rows_that_come_behind_the_batches_are_counted(string statement, string expected)
    {
        Rows(10);
        await ApplyAsync();
        Migration("002_fill", $"-- Batch: 5 rows\n{statement};\n");
        Events.Published = e =>
        {
            if (e is WorkAdvanced { Done: 5 } work && work.Unit == "rows")
                Database.ExecuteAsync("INSERT INTO t (id) VALUES (0)").GetAwaiter().GetResult();
        };
        await ApplyAsync();
        Assert.StartsWith(expected, Events.Of<WarningRaised>()[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_without_rows_has_no_batches()
    {
        Rows(0);
        Migration("002_fill", "-- Batch: 5 rows\nUPDATE t SET n = 1;\n");
        Assert.Equal(0, (await ApplyAsync())[1].RowsAffected);
        Assert.Equal("0", await Database.ScalarAsync(Positions));
        Assert.Equal("001_t Applied, 002_fill Applied", await StatesAsync());
    }

    [Theory]
    [InlineData("UPDATE t SET n = 1; UPDATE t SET n = 2;")]
    [InlineData("INSERT INTO t (id) VALUES (99);")]
    [InlineData("WITH o AS (SELECT 1) UPDATE t SET n = 1;")]
    [InlineData("UPDATE t SET n = 1 FROM t AS o WHERE o.id = t.id;")]
    [InlineData("UPDATE t SET n = 1 RETURNING id;")]
    [InlineData("DELETE FROM t WHERE n = 1 RETURNING id;")]
    [InlineData("CREATE TABLE u (id integer);")]
    [InlineData("SELECT 1 WHERE ${batch};")]
    public async Task What_is_not_one_change_of_one_table_is_refused_before_anything_runs(string statements)
    {
        Rows(3);
        Migration("002_fill", $"-- Batch: 5 rows\n{statements}\n");
        var error = await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => ApplyAsync());
        Assert.Equal((ErrorId.BatchInvalid, 2), (Assert.Single(error.Problems).Id, error.Problems[0].Location.Line));
        Assert.Equal("", await TablesAsync());
    }

    [Theory]
    [InlineData("-- Batch: 5 rows by m\nUPDATE t SET n = 1;", "are not a unique key")]
    [InlineData("-- Batch: 5 rows by n, id\nUPDATE t SET n = 1;", "are not a unique key")]
    [InlineData("-- Batch: 5 rows\nUPDATE t SET id = id + 100;", "The statement changes 'id'")]
    [InlineData("-- Batch: 5 rows\nUPDATE t SET (n, id) = (1, id);", "The statement changes 'id'")]
    [InlineData("-- Batch: 5 rows\nUPDATE nowhere SET n = 1;", "There is no table 'nowhere'")]
    public async Task A_table_that_cannot_be_passed_in_order_is_refused(string script, string expected)
    {
        Rows(3);
        Migration("002_fill", script + "\n");
        var error = await ThrowsAsync<StatementException>(ErrorId.BatchInvalid, () => ApplyAsync());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Equal(2, error.Location!.Line);
        Assert.Equal("0", await Database.ScalarAsync("SELECT sum(n) FROM t"));
    }

    [Fact]
    public async Task Batches_do_not_fit_into_one_transaction()
    {
        Rows(3);
        Migration("002_fill", "-- Batch: 5 rows\nUPDATE t SET n = 1;\n");
        var error = await ThrowsAsync<FolderException>(
            ErrorId.FolderInvalid,
            () => ApplyAsync(new ApplyRequest { TransactionMode = TransactionMode.All })
        );
        Assert.Contains("runs in batches", Assert.Single(error.Problems).Message, StringComparison.Ordinal);
        Write("002_fill.up.sql", "-- Batch: 5 rows\n-- Transaction: required\nUPDATE t SET n = 1;\n");
        error = await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => ApplyAsync());
        Assert.Equal(ErrorId.BatchInvalid, Assert.Single(error.Problems).Id);
        Write("002_fill.up.sql", "-- Batch: 5 rows\nUPDATE t SET n = 1;\n");
        Assert.Equal(2, (await ApplyAsync(new ApplyRequest { TransactionMode = TransactionMode.None })).Count);
    }

    [Theory]
    [InlineData("-- Batch: 2 rows\nUPDATE t SET n = n + 2;\n")]
    [InlineData("-- Batch: 2 rows by id2\nUPDATE t SET n = n + 1;\n")]
    [InlineData("UPDATE t SET n = n + 1;\n")]
    public async Task A_script_that_was_edited_between_its_batches_is_refused(string edited)
    {
        Migration("001_t", "CREATE TABLE t (id integer PRIMARY KEY, id2 integer NOT NULL UNIQUE, n integer NOT NULL CHECK (n < 2));\n");
        await ApplyAsync();
        await Database.ExecuteAsync("INSERT INTO t VALUES (1, 1, 0), (2, 2, 0), (3, 3, 1)");
        Migration("002_fill", "-- Batch: 2 rows\nUPDATE t SET n = n + 1;\n");
        await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync());
        Write("002_fill.up.sql", edited);
        await ThrowsAsync<MigrationException>(ErrorId.StatementEdited, () => ApplyAsync());
        Assert.Equal(["1", "1", "1"], await Database.RowsAsync("SELECT n FROM t ORDER BY id"));
    }

    [Fact]
    public async Task What_ran_as_a_whole_before_is_not_run_in_batches()
    {
        Rows(3);
        Migration("002_fill", "-- Transaction: none\nUPDATE t SET n = n + 1;\n");
        await ApplyAsync();
        // As if it had been killed before its last row.
        await Database.ExecuteAsync("DELETE FROM migration_journal WHERE name = '002_fill' AND event = 'applied'");
        Write("002_fill.up.sql", "-- Batch: 2 rows\nUPDATE t SET n = n + 1;\n");
        await ApplyAsync();
        Assert.Equal("3", await Database.ScalarAsync("SELECT sum(n) FROM t"));
    }

    [Fact]
    public async Task The_column_for_positions_comes_with_the_first_batch_and_what_only_reads_adds_none()
    {
        Rows(3);
        await ApplyAsync();
        Migration("002_fill", "-- Batch: 2 rows\nUPDATE t SET n = n + 1;\n", "-- Batch: 2 rows\nUPDATE t SET n = n - 1;\n");
        await StatesAsync();
        await Engine().PlanApplyAsync();
        await Assert.ThrowsAnyAsync<Exception>(() => Database.ScalarAsync(Positions));
        await ApplyAsync();
        Assert.Equal("2", await Database.ScalarAsync(Positions));
        Assert.Contains(await Engine().GetHistoryAsync(), e => e.Position is not null);

        await UndoAsync();
        Assert.Equal("0|4", $"{await Database.ScalarAsync("SELECT sum(n) FROM t")}|{await Database.ScalarAsync(Positions)}");
        await ApplyAsync();
        Assert.Equal("3|6", $"{await Database.ScalarAsync("SELECT sum(n) FROM t")}|{await Database.ScalarAsync(Positions)}");
    }

    [Fact]
    public async Task A_rehearsal_runs_the_batches_and_finds_a_table_without_a_key()
    {
        Rows(30);
        await ApplyAsync();
        Migration("002_fill", "-- Batch: 7 rows pause 1h\nUPDATE t SET n = n + 1;\n", "-- Batch: 7 rows\nUPDATE t SET n = n - 1;\n");
        Migration("003_wrong", "-- Batch: 7 rows by m\nUPDATE t SET n = n + 1;\n");
        var report = await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync(new RehearsalRequest { WithData = true });
        Assert.True(report.Results[0] is { IsGood: true, UndoProven: true }, report.Results[0].Failure?.Message);
        Assert.Equal(30, Assert.Single(report.Results[0].RowsChanged).Updated);
        Assert.Equal(ErrorId.BatchInvalid, report.Results[1].Failure?.Id);
        Assert.Equal("0", await Database.ScalarAsync("SELECT sum(n) FROM t"));
    }

    [Fact]
    public async Task Only_a_migration_that_the_tool_runs_has_batches()
    {
        Rows(3);
        await ApplyAsync();
        Migration("002_fill", "-- Batch: 2 rows\nUPDATE t SET n = n + 1;\n");
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.ExportRefused,
            () => Engine().WriteScriptAsync(new ScriptRequest(), TextWriter.Null)
        );
        Assert.StartsWith("002_fill runs in batches", error.Message, StringComparison.Ordinal);
        var file = Write("fix.txt", "-- Batch: 2 rows\nUPDATE t SET n = n + 1;\n");
        var refused = await Assert.ThrowsAnyAsync<MigrationException>(() =>
            new DatabaseScriptRunner(Kind.Driver, Target(), EngineOptions()).RunAsync(new DatabaseScriptRequest { File = file })
        );
        Assert.Contains("Only a migration runs in batches", refused.Message, StringComparison.Ordinal);
    }

    private void Rows(int count) =>
        Migration(
            "001_t",
            "CREATE TABLE t (id integer PRIMARY KEY, n integer NOT NULL DEFAULT 0, m text);\n"
                + $"INSERT INTO t (id) WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < {count}) "
                + $"SELECT i FROM r WHERE i <= {count};\n"
        );

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var clock = Stopwatch.StartNew(); !await condition(); await Task.Delay(20))
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30), "What was waited for did not happen.");
    }
}
