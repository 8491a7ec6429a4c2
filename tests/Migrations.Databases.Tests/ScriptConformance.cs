using Migrations.Configuration;
using Migrations.Folders;
using Migrations.History;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>SQL that is no migration: a fix, a seed, a question.</summary>
public abstract class ScriptConformance(DatabaseKind kind) : Conformance(kind)
{
    protected RecordingRows Rows { get; } = new();

    protected Task<DatabaseScriptResult> RunAsync(DatabaseScriptRequest request) =>
        new DatabaseScriptRunner(Kind.Driver, Target(), EngineOptions()).RunAsync(request);

    protected Task<DatabaseScriptResult> CommandAsync(string sql, bool acceptLoss = false) =>
        RunAsync(
            new DatabaseScriptRequest
            {
                Command = sql,
                Rows = Rows,
                AcceptDataLoss = acceptLoss,
            }
        );

    protected Task<DatabaseScriptResult> CommandInAsync(string? environment, string sql, bool acceptLoss) =>
        new DatabaseScriptRunner(Kind.Driver, Target(), EngineOptions() with { Stamp = new ExpectedStamp { Own = environment } }).RunAsync(
            new DatabaseScriptRequest { Command = sql, AcceptDataLoss = acceptLoss }
        );

    protected Task<DatabaseScriptResult> FileAsync(string name, string sql) =>
        RunAsync(new DatabaseScriptRequest { File = Write(name, sql), Rows = Rows });

    [Fact]
    public async Task A_script_runs_once_more_each_time_and_is_recorded_but_is_no_migration()
    {
        ThreeTables();
        await ApplyAsync();
        var script = "-- a fix\nUPDATE b SET id = id + 10;\nINSERT INTO a VALUES (1);\n";
        var result = await FileAsync("fix.txt", script);
        Assert.Equal(("fix.txt", MigrationOutcome.Done, 2, 4), (result.Name, result.Outcome, result.Statements, result.RowsAffected));
        await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => FileAsync("fix.txt", script));
        Assert.Equal("001_a applied, 002_b applied, 003_c applied, fix.txt ran, fix.txt ran", await JournalAsync());
        var history = await Engine().GetHistoryAsync();
        Assert.Equal([true, false], history.TakeLast(2).Select(e => e.Success));
        Assert.NotNull(history[3].Checksum);
        Assert.Equal(history[3].Checksum, history[4].Checksum);
        Assert.Equal(2, history[3].Statements);
        Assert.Equal(["11", "12", "13"], await Database.RowsAsync("SELECT id FROM b ORDER BY id"));
        Assert.Equal("001_a Applied, 002_b Applied, 003_c Applied", await StatesAsync());
        Assert.True((await Engine().GetSummaryAsync()).Healthy);
        Assert.Empty(await ApplyAsync());
    }

    [Fact]
    public async Task A_database_without_a_history_gets_one()
    {
        await Database.ExecuteAsync("CREATE TABLE t (id integer)");
        await CommandAsync("INSERT INTO t VALUES (1)");
        Assert.Equal("command ran", await JournalAsync());
        ThreeTables();
        Assert.Equal("001_a Pending, 002_b Pending, 003_c Pending", await StatesAsync());
    }

    [Fact]
    public async Task Rows_come_with_their_columns_result_set_by_result_set()
    {
        await Database.ExecuteAsync("CREATE TABLE t (id integer, name text)");
        var result = await CommandAsync(
            "INSERT INTO t VALUES (1, 'a'), (2, NULL), (3, '');\nSELECT * FROM t ORDER BY id;\nUPDATE t SET name = 'x' WHERE id = 2;\n"
                + "SELECT id, id, name AS \"ID\", id AS id_2 FROM t WHERE id = 2;\nSELECT id FROM t WHERE id > 5"
        );
        Assert.Equal(["id, name", "id, id_3, ID_4, id_2", "id"], Rows.Sets);
        Assert.Equal(
            ["N 1, String a", "N 2, null", "N 3, String ", "N 2, N 2, String x, N 2"],
            Rows.Typed.Select(r => r.Replace("Int32", "N", StringComparison.Ordinal).Replace("Int64", "N", StringComparison.Ordinal))
        );
        Assert.Equal((5, 4), (result.Statements, result.RowsAffected));
    }

    [Fact]
    public async Task Rows_of_changes_come_once_these_are_committed()
    {
        await Database.ExecuteAsync("CREATE TABLE t (id integer)");
        var seen = new List<string?>();
        // Whoever takes a row looks at the database with eyes of its own.
        var rows = new RecordingRows { OnRow = () => seen.Add(Database.ScalarAsync("SELECT count(*) FROM t").GetAwaiter().GetResult()) };
        await RunAsync(new DatabaseScriptRequest { Command = "INSERT INTO t VALUES (1), (2) RETURNING id", Rows = rows });
        Assert.Equal(["2", "2"], seen);
        Assert.Equal("id", Assert.Single(rows.Sets));
    }

    [Theory]
    [InlineData("DELETE FROM migration_journal")]
    [InlineData("DELETE FROM migration_journal;\nSELECT 1")]
    [InlineData("-- Transaction: none\nDELETE FROM migration_journal")]
    [InlineData("UPDATE migration_journal SET checksum = 'x' WHERE id = 1")]
    public async Task A_script_does_not_change_the_history(string sql)
    {
        await Database.ExecuteAsync("CREATE TABLE t (id integer)");
        await CommandAsync("INSERT INTO t VALUES (1)");
        await CommandAsync("INSERT INTO t VALUES (2)");
        var request = new DatabaseScriptRequest { File = Write("fix.txt", sql + ";\n"), AcceptDataLoss = true };
        await ThrowsAsync<MigrationException>(ErrorId.HistoryTableConflict, () => RunAsync(request));
        if (!sql.StartsWith("--", StringComparison.Ordinal))
            Assert.Equal("3", await Database.ScalarAsync("SELECT count(*) FROM migration_journal"));
    }

    [Theory]
    [InlineData("SELECT 1 AS one; SELECT * FROM nowhere", "command:1:", 18)]
    [InlineData("SELECT 1 AS one;\nINSERT INTO t VALUES (1);\n  SELEC 2", "command:3:3", null)]
    public async Task After_an_error_nothing_was_done_and_no_row_was_seen(string sql, string place, int? column)
    {
        await Database.ExecuteAsync("CREATE TABLE t (id integer)");
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => CommandAsync(sql));
        Assert.Contains(place, error.Message, StringComparison.Ordinal);
        Assert.True(column is null || error.Location!.Column >= column, error.Message);
        Assert.Empty(Rows.Sets);
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM t"));
        Assert.Equal("nothing of the script, which was rolled back", error.InDatabase);
    }

    [Fact]
    public async Task Many_rows_do_not_stay_in_memory()
    {
        await Database.ExecuteAsync(Kind.ManyRows("t", 60_000));
        var count = 0;
        using var files = new FileSystemWatcher(Path.GetTempPath(), "migrations-rows-*");
        var rows = new RecordingRows { OnRow = () => count++ };
        await RunAsync(new DatabaseScriptRequest { Command = "SELECT i, t, NULL AS n FROM t ORDER BY i; SELECT 'end' AS e", Rows = rows });
        Assert.Equal(60_001, count);
        Assert.Equal(["i, t, n", "e"], rows.Sets);
        Assert.Equal(Enumerable.Range(1, 60_000).Select(i => (long)i), rows.Rows.Take(60_000).Select(r => Convert.ToInt64(r[0], null)));
        Assert.Equal("end", rows.Rows[^1][0]);
        Assert.Empty(Directory.GetFiles(Path.GetTempPath(), "migrations-rows-*"));
    }

    [Fact]
    public async Task Its_own_BEGIN_and_COMMIT_are_ours_and_a_second_pair_is_refused()
    {
        await Database.ExecuteAsync("CREATE TABLE t (id integer)");
        await CommandAsync("BEGIN;\nINSERT INTO t VALUES (1);\nCOMMIT;");
        await ThrowsAsync<StatementException>(
            ErrorId.StatementFailed,
            () => CommandAsync("BEGIN;\nINSERT INTO t VALUES (2);\nSELECT * FROM nowhere;\nCOMMIT;")
        );
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.TransactionControlInvalid,
            () => CommandAsync("BEGIN;\nINSERT INTO t VALUES (3);\nCOMMIT;\nBEGIN;\nINSERT INTO t VALUES (4);\nCOMMIT;")
        );
        Assert.Contains("command:", error.Message, StringComparison.Ordinal);
        Assert.Equal("1", await Database.ScalarAsync("SELECT sum(id) FROM t"));
    }

    [Fact]
    public async Task Without_a_transaction_what_ran_before_an_error_stays_and_that_is_said()
    {
        await Database.ExecuteAsync("CREATE TABLE t (id integer)");
        const string Header = "-- Transaction: none\n";
        var result = await FileAsync("fix.txt", Header + "INSERT INTO t VALUES (1);\nSELECT id FROM t;\nVACUUM;\n");
        Assert.Equal((3, "1"), (result.Statements, Convert.ToString(Assert.Single(Rows.Rows)[0], null)));
        var error = await ThrowsAsync<StatementException>(
            ErrorId.StatementFailed,
            () => FileAsync("fix2.txt", Header + "INSERT INTO t VALUES (2);\nSELECT * FROM nowhere;\n")
        );
        Assert.Contains("statement 1 of the script", error.InDatabase!, StringComparison.Ordinal);
        Assert.Equal("2", await Database.ScalarAsync("SELECT count(*) FROM t"));
        var history = await Engine().GetHistoryAsync();
        Assert.Equal(
            ["fix.txt True", "fix2.txt False"],
            history.Where(e => e.Event == JournalEvent.Ran).Select(e => $"{e.Name} {e.Success}")
        );
    }

    [Theory]
    [InlineData("DELETE FROM t WHERE id < 3", "deletes rows of table t (2 rows)")]
    [InlineData("DROP TABLE t", "removes table t (3 rows)")]
    [InlineData("ALTER TABLE t DROP COLUMN name", "removes column t.name (3 values)")]
    public async Task What_would_be_lost_is_refused_until_it_is_accepted(string sql, string loss)
    {
        await Database.ExecuteAsync("CREATE TABLE t (id integer, name text)");
        await Database.ExecuteAsync("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')");
        var error = await ThrowsAsync<DataLossException>(ErrorId.DataLossRefused, () => CommandAsync(sql));
        Assert.Contains("Running command would permanently delete data", error.Message, StringComparison.Ordinal);
        Assert.Contains(loss, error.Message.Replace("public.", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.EndsWith("Nothing was run.", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Equal("3", await Database.ScalarAsync("SELECT count(name) FROM t"));
        var plan = await new DatabaseScriptRunner(Kind.Driver, Target(), EngineOptions()).PlanAsync(
            new DatabaseScriptRequest { Command = sql }
        );
        Assert.True(Assert.Single(plan.Losses).IsLossy);
        await CommandAsync(sql, acceptLoss: true);
    }

    [Fact]
    public async Task What_only_looks_changes_or_adds_asks_nothing()
    {
        await Database.ExecuteAsync("CREATE TABLE t (id integer, name text)");
        await Database.ExecuteAsync("INSERT INTO t VALUES (1, 'a'), (2, 'b'), (3, 'c')");
        await CommandAsync("SELECT count(*), lower(max(name)) FROM t");
        await CommandAsync("UPDATE t SET name = upper(name) WHERE id = 1");
        await CommandAsync("INSERT INTO t VALUES (4, 'd')");
        await CommandAsync("DELETE FROM t WHERE id > 99");
        Assert.Equal(["A", "b", "c", "d"], await Database.RowsAsync("SELECT name FROM t ORDER BY id"));
    }

    [Theory]
    [InlineData("-- migrate:up\nCREATE TABLE t (id integer);\n-- migrate:down\nDROP TABLE t;\n", ErrorId.SectionInvalid)]
    [InlineData("-- nothing\n", ErrorId.ScriptEmpty)]
    [InlineData("<<<<<<< HEAD\nSELECT 1;\n=======\nSELECT 2;\n>>>>>>> x\n", ErrorId.MergeUnresolved)]
    [InlineData("SELECT 'a", ErrorId.ScriptUnterminated)]
    public async Task What_cannot_be_run_as_it_is_is_refused_before_it_begins(string sql, ErrorId id)
    {
        await Database.ExecuteAsync("CREATE TABLE t (id integer)");
        var error = await ThrowsAsync<MigrationException>(id, () => FileAsync("fix.txt", sql));
        Assert.Contains("fix.txt:", error.MessageWithPlace, StringComparison.Ordinal);
        Assert.Equal("t", await TablesAsync());
    }

    [Fact]
    public async Task A_script_takes_variables_and_an_unknown_one_is_refused()
    {
        await Database.ExecuteAsync("CREATE TABLE t (id integer)");
        var variables = new VariableSet([new ScriptVariable("table", "t")]);
        var options = EngineOptions() with { Folder = new FolderOptions { Variables = variables } };
        var runner = new DatabaseScriptRunner(Kind.Driver, Target(), options);
        var result = await runner.RunAsync(new DatabaseScriptRequest { Command = "INSERT INTO ${table} VALUES (1), (2)" });
        Assert.Equal(2, result.RowsAffected);
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.VariableUndefined,
            () => runner.RunAsync(new DatabaseScriptRequest { File = Write("fix.txt", "SELECT 1;\nSELECT * FROM ${other};\n") })
        );
        Assert.Equal(2, error.Location!.Line);
    }

    [Fact]
    public async Task A_script_is_a_file_or_a_text()
    {
        await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => RunAsync(new DatabaseScriptRequest()));
        await ThrowsAsync<MigrationException>(
            ErrorId.UsageInvalid,
            () => RunAsync(new DatabaseScriptRequest { File = FileOf("x.sql"), Command = "SELECT 1" })
        );
        var missing = await ThrowsAsync<MigrationException>(
            ErrorId.FileUnreadable,
            () => RunAsync(new DatabaseScriptRequest { File = FileOf("x.sql") })
        );
        Assert.Contains("does not exist", missing.Message, StringComparison.Ordinal);
        await ThrowsAsync<MigrationException>(ErrorId.FileUnreadable, () => RunAsync(new DatabaseScriptRequest { File = Folder }));
    }

    [Theory]
    [InlineData("UPDATE t SET id = 7", false)]
    [InlineData("UPDATE t SET id = id + 1 WHERE id = 1", false)]
    [InlineData("INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET id = 9", false)]
    [InlineData("UPDATE t SET id = 7 WHERE id = 5", true)]
    [InlineData("INSERT INTO t VALUES (2)", true)]
    public async Task What_overwrites_values_is_of_the_environment_of_the_stamp(string sql, bool isFree)
    {
        await Database.ExecuteAsync("CREATE TABLE t (id integer PRIMARY KEY); INSERT INTO t VALUES (1)");
        await Engine().StampAsync("production");
        if (!isFree)
        {
            await ThrowsAsync<MigrationException>(ErrorId.StampDiffers, () => CommandInAsync("local", sql, acceptLoss: false));
            await ThrowsAsync<MigrationException>(ErrorId.StampDiffers, () => CommandInAsync("local", sql, acceptLoss: true));
        }

        await CommandInAsync(isFree ? "local" : "production", sql, acceptLoss: false);
    }

    [Fact]
    public async Task Cancelling_rolls_it_back_and_is_recorded()
    {
        await Database.ExecuteAsync("CREATE TABLE t (id integer)");
        // SQLite works on the thread that calls.
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        var running = new DatabaseScriptRunner(Kind.Driver, Target(), EngineOptions()).RunAsync(
            new DatabaseScriptRequest { Command = $"INSERT INTO t VALUES (1);\n{Kind.SlowStatement};", AcceptDataLoss = true },
            stop.Token
        );
        await ThrowsAsync<MigrationException>(ErrorId.Cancelled, () => running);
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM t"));
    }
}

public sealed class SqliteScriptTests() : ScriptConformance(DatabaseKind.Sqlite)
{
    [Fact]
    public async Task Values_have_the_types_in_which_they_are_stored()
    {
        await Database.ExecuteAsync("CREATE TABLE t (id integer)");
        await CommandAsync("SELECT 1 AS i, 9223372036854775807 AS l, 1.5 AS r, 'ä' AS t, x'00ff' AS b, NULL AS n, '' AS e, x'' AS z");
        Assert.Equal(["Int64 1, Int64 9223372036854775807, Double 1.5, String ä, bytes 00FF, null, String , bytes "], Rows.Typed);
        Rows.Restart();
        await CommandAsync("PRAGMA user_version");
        Assert.Equal(["Int64 0"], Rows.Typed);
    }

    [Theory]
    [InlineData("DELETE FROM z.s")]
    [InlineData("DELETE FROM s")]
    [InlineData("DROP TABLE z.s")]
    [InlineData("WITH w AS (SELECT 1 AS i) DELETE FROM \"z\" . s WHERE i IN (SELECT i FROM w)")]
    public async Task An_attached_database_loses_nothing_under_the_name_of_an_environment(string sql)
    {
        await using var other = new SqliteTestDatabase();
        await other.ExecuteAsync("CREATE TABLE s (i integer); INSERT INTO s VALUES (1)");
        await Database.ExecuteAsync("CREATE TABLE t (i integer)");
        var script = $"ATTACH '{other.Address}' AS z; {sql}";
        await ThrowsAsync<DataLossException>(ErrorId.DataLossRefused, () => CommandInAsync("local", script, acceptLoss: false));
        await ThrowsAsync<MigrationException>(ErrorId.StampDiffers, () => CommandInAsync("local", script, acceptLoss: true));
        Assert.Equal("1", await other.ScalarAsync("SELECT count(*) FROM s"));
        Assert.Equal(MigrationOutcome.Done, (await CommandInAsync(environment: null, script, acceptLoss: true)).Outcome);
    }

    [Theory]
    [InlineData("DELETE FROM sqlite_master WHERE name = 't'")]
    [InlineData("UPDATE main.\"sqlite_schema\" SET sql = 'CREATE TABLE t (j)' WHERE name = 't'")]
    public async Task What_writes_to_the_table_of_the_schema_is_asked_about(string sql)
    {
        await Database.ExecuteAsync("CREATE TABLE t (i integer); INSERT INTO t VALUES (1)");
        await Engine().StampAsync("production");
        sql = $"PRAGMA writable_schema = 1; {sql}";
        var error = await ThrowsAsync<DataLossException>(
            ErrorId.DataLossRefused,
            () => CommandInAsync("production", sql, acceptLoss: false)
        );
        Assert.Contains("the table of the schema itself", error.Message, StringComparison.Ordinal);
        await ThrowsAsync<MigrationException>(ErrorId.StampDiffers, () => CommandInAsync("local", sql, acceptLoss: true));
        Assert.Equal("1", await Database.ScalarAsync("SELECT i FROM t"));
    }

    [Fact]
    public async Task What_is_only_read_from_an_attached_database_is_no_loss_there()
    {
        await using var other = new SqliteTestDatabase();
        await other.ExecuteAsync("CREATE TABLE s (i integer); INSERT INTO s VALUES (1)");
        await Database.ExecuteAsync("CREATE TABLE t (i integer)");
        var script = $"ATTACH '{other.Address}' AS z; DELETE FROM t; INSERT INTO main.t SELECT i FROM z.s";
        await CommandInAsync("local", script, acceptLoss: false);
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM t"));
    }
}

public sealed class PostgreSqlScriptTests() : ScriptConformance(DatabaseKind.PostgreSql)
{
    [Theory]
    [InlineData("true, false, NULL::boolean", "Boolean True, Boolean False, null")]
    [InlineData("1::smallint, 2, 3::bigint, 4::oid", "Int16 1, Int32 2, Int64 3, Int64 4")]
    [InlineData("1.5::real, 2.5::float8, 'NaN'::float8, '-Infinity'::float8", "Single 1.5, Double 2.5, Double NaN, Double -Infinity")]
    [InlineData("1.50, 12345678901234567890.1, 'NaN'::numeric", "Decimal 1.50, Decimal 12345678901234567890.1, String NaN")]
    [InlineData("123456789012345678901234567890.12345::numeric", "String 123456789012345678901234567890.12345")]
    [InlineData("'a'::text, ''::varchar, 'b '::char(2), 'c'::name", "String a, String , String b , String c")]
    [InlineData("'\\x00ff'::bytea, ''::bytea", "bytes 00FF, bytes ")]
    [InlineData("'2020-02-29'::date, 'infinity'::date", "DateTime 2020-02-29T00:00:00, String infinity")]
    [InlineData("'2020-02-29 12:30:00.123456'::timestamp", "DateTime 2020-02-29T12:30:00")]
    [InlineData("'2020-02-29 12:30:00.5+00'::timestamptz", "DateTimeOffset 2020-02-29T12:30:00.5000000+00:00")]
    [InlineData("'0044-03-15 BC'::date, '12:30'::time, '1 day'::interval", "String 0044-03-15 BC, TimeSpan 12:30:00, String 1 day")]
    [InlineData("'7e57d004-2b97-0e7a-b45f-5387367791cd'::uuid", "Guid 7e57d004-2b97-0e7a-b45f-5387367791cd")]
    [InlineData("'{\"a\":1}'::jsonb, ARRAY[1,2], ROW(1,'x')", "String {\"a\": 1}, String {1,2}, String (1,x)")]
    public async Task Values_have_the_types_of_their_columns(string expressions, string expected)
    {
        await CommandAsync("SET timezone = 'UTC'; SELECT " + expressions);
        Assert.Equal([expected], Rows.Typed);
    }

    [Fact]
    public async Task Types_of_the_users_own_and_texts_with_semicolons_are_no_obstacle()
    {
        await Database.ExecuteAsync("CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE TYPE pair AS (a integer, b text)");
        await CommandAsync("SELECT 'good'::mood AS m, ROW(1, ';')::pair AS p, $q$a;b$q$ AS q /* ; */, ':x @y' AS c, E'\\';' AS e");
        Assert.Equal(["String good, String (1,;), String a;b, String :x @y, String ';"], Rows.Typed);
    }

    [Fact]
    public async Task An_error_in_the_middle_of_the_rows_is_an_error_of_the_statement()
    {
        var error = await ThrowsAsync<StatementException>(
            ErrorId.StatementFailed,
            () => CommandAsync("SELECT 1;\nSELECT 1 / (90000 - i) FROM generate_series(1, 100000) i")
        );
        Assert.Equal(("22012", 2), (error.Code, error.Location!.Line));
        Assert.Empty(Rows.Sets);
    }

    [Fact]
    public async Task What_shows_something_gives_rows_too()
    {
        await CommandAsync(
            "SHOW server_encoding; EXPLAIN SELECT 1; VALUES (1), (2); TABLE pg_am; WITH x AS (SELECT 1 AS a) SELECT a FROM x"
        );
        Assert.Equal(["server_encoding", "QUERY PLAN", "column1"], Rows.Sets.Take(3));
        Assert.Equal(5, Rows.Sets.Count);
    }

    [Fact]
    public async Task A_database_is_dropped_only_when_that_was_accepted_and_never_under_the_name_of_an_environment()
    {
        await using var other = await PostgreSqlTestDatabase.CreateAsync();
        var name = await other.ScalarAsync("SELECT current_database()");
        foreach (var sql in new[] { $"DROP DATABASE \"{name}\" WITH (FORCE)", $"drop database if exists \"{name}\"" })
        {
            var error = await ThrowsAsync<DataLossException>(
                ErrorId.DataLossRefused,
                () => CommandInAsync("local", sql, acceptLoss: false)
            );
            Assert.Contains("drops the database", error.Message, StringComparison.Ordinal);
            await ThrowsAsync<MigrationException>(ErrorId.StampDiffers, () => CommandInAsync("local", sql, acceptLoss: true));
        }

        await Engine().StampAsync("production");
        var drop = $"DROP DATABASE \"{name}\" WITH (FORCE)";
        await ThrowsAsync<MigrationException>(ErrorId.StampDiffers, () => CommandInAsync("local", drop, acceptLoss: true));
        Assert.Equal(MigrationOutcome.Done, (await CommandInAsync(environment: null, drop, acceptLoss: true)).Outcome);
    }
}
