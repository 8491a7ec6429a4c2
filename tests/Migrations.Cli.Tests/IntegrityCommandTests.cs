using System.Text.Json;

namespace Migrations.Cli.Tests;

/// <summary>The commands that prove and check: test, check, schema and diff, and what an undo would lose.</summary>
public abstract class IntegrityCommandTests(string engine) : CliTests(engine)
{
    [Fact]
    public async Task A_rehearsal_tells_good_and_bad_and_status_shows_the_verdict()
    {
        ThreeTables();
        Assert.Contains("3 good, 0 not", await OutputAsync("test", "--all"), StringComparison.Ordinal);
        await OutputAsync("up");
        Assert.All(
            (await RunAsync("status", "--output", "json")).Json.EnumerateArray(),
            m => Assert.True(m.GetProperty("undoProven").GetBoolean())
        );
        Write("002_add_indexes_rollback.sql", "SELECT 1;\n");

        var result = await RunAsync("test", "--all");

        Assert.Equal(4, result.ExitCode);
        Assert.Contains("[!] 002_add_indexes", result.Output, StringComparison.Ordinal);
        Assert.Matches(@"\+ index \S*a_id", result.Output);
        Assert.Contains("2 good, 1 not", result.Output, StringComparison.Ordinal);
        var json = (await RunAsync("test", "--all", "--output", "json")).Json;
        Assert.False(json[1].GetProperty("undoProven").GetBoolean());
        Assert.Equal("Added", json[1].GetProperty("differences")[0].GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_folder_that_does_not_exist_is_an_error_of_every_check_that_needs_it()
    {
        ThreeTables();
        await OutputAsync("up");
        foreach (
            var category in (string[][])
                [
                    [],
                    ["--category", "folder"],
                    ["--category", "declared"],
                    ["--category", "drift"],
                ]
        )
        {
            var result = await CliProcess.RunAsync(
                new CliCall { Arguments = ["check", "--database", Database.Address, "--path", FileOf("typo"), .. category] }
            );
            AssertError(result, ErrorId.FolderMissing, 1, "typo");
        }

        var ofEngine = await CliProcess.RunAsync(
            new CliCall { Arguments = ["check", "--database", Database.Address, "--path", FileOf("typo"), "--category", "engine"] }
        );
        Assert.Equal(0, ofEngine.ExitCode);
    }

    [Fact]
    public async Task The_checklist_is_listed()
    {
        ThreeTables();
        await OutputAsync("up", "--first", "1");

        var output = await OutputAsync("test", "--checklist");

        foreach (
            var item in new[]
            {
                "naming",
                "rollback-exists",
                "applies-on-empty-data",
                "applies-on-populated-data",
                "rollback-tested",
                "duration",
                "backup-made",
            }
        )
            Assert.Contains(item, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_check_exits_with_4_and_is_in_the_report()
    {
        ThreeTables();
        await OutputAsync("up");
        var report = Temporary["report.xml"];
        Assert.Contains("0 failed", await OutputAsync("check", "--report", report), StringComparison.Ordinal);
        Assert.DoesNotContain("<failure", await File.ReadAllTextAsync(report), StringComparison.Ordinal);
        await Database.ExecuteAsync("DROP INDEX a_id");

        var result = await RunAsync("check", "--category", "drift", "--report", report);

        Assert.Equal(4, result.ExitCode);
        Assert.Matches(@"FAIL\s+drift: The index \S*a_id is missing\.", result.Output);
        Assert.Contains("<failure", await File.ReadAllTextAsync(report), StringComparison.Ordinal);
        var wrong = await RunAsync("check", "--category", "nonsense");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains(
            "Invalid value 'nonsense' for --category. Expected one of engine, folder, history, schema, drift, backup, declared.",
            wrong.Error,
            StringComparison.Ordinal
        );
        var two = (await RunAsync("check", "--category", "History", "--category", "drift", "--output", "json")).Json;
        Assert.Equal(["drift", "history"], two.EnumerateArray().Select(c => c.GetProperty("category").GetString()).Distinct().Order());
        await FailsAsync(ErrorId.CheckFailed, 4, ["Nothing was pending", "drift", "a_id"], "up", "--check");
        await OutputAsync("up");
        Migration("004_more", "CREATE TABLE more (id integer);\n", "DROP TABLE more;\n");
        await FailsAsync(ErrorId.CheckFailed, 4, ["were applied", "drift", "a_id"], "up", "--check");
    }

    [Fact]
    public async Task A_database_that_cannot_be_reached_is_in_the_report()
    {
        ThreeTables();
        await OutputAsync("up");
        var report = Temporary["report.xml"];

        var result = await RunAsync(
            "check",
            "--report",
            report,
            "--database",
            Database.Address,
            "--database",
            "postgres://127.0.0.1:1/nowhere"
        );

        Assert.Equal(1, result.ExitCode);
        var text = await File.ReadAllTextAsync(report);
        Assert.Contains("<failure", text, StringComparison.Ordinal);
        Assert.Contains("nowhere", text, StringComparison.Ordinal);
        Assert.Contains("history-pending", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proof_of_the_schema_alone_is_accepted_where_that_is_said()
    {
        Migration("001_a", "CREATE TABLE a (id integer);\n", "DROP TABLE a;\n");
        Migration("002_b", "UPDATE a SET id = 1;\n", "UPDATE a SET id = 2;\n");
        await OutputAsync("up");
        Assert.Contains("schema only", await OutputAsync("test", "--all"), StringComparison.Ordinal);
        var status = (await RunAsync("status", "--output", "json")).Json[1];
        Assert.Equal(
            ("SchemaOnly", JsonValueKind.Null),
            (status.GetProperty("undoVerdict").GetString(), status.GetProperty("undoProven").ValueKind)
        );

        await FailsAsync(ErrorId.UsageInvalid, 2, ["--require-proven"], "down", "--schema-only");
        await FailsAsync(ErrorId.UndoUnproven, 1, ["002_b", "schema only", "--schema-only"], "down", "--require-proven");
        await OutputAsync("down", "--require-proven", "--schema-only");
        await Database.ExecuteAsync("INSERT INTO a VALUES (7)");
        var result = await RunAsync("test", "--with-data");
        Assert.Equal(4, result.ExitCode);
        Assert.Matches(@"values differ in \S*a: 1 row\r?\n", result.Output);
        Assert.Contains("the undo does not restore the values", await OutputAsync("status"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--on-copy")]
    [InlineData("--scratch")]
    public async Task Declared_checks_are_asked_on_a_copy_where_that_is_wanted(string option)
    {
        ThreeTables();
        await OutputAsync("up");
        var here =
            Engine == "SQLite"
                ? $"SELECT file = '{Database.Address}' FROM pragma_database_list WHERE name = 'main'"
                : $"SELECT (current_database() = '{await Database.ScalarAsync("SELECT current_database()")}')::int";
        Write("checks/here.sql", $"-- check: this is the database itself\n-- expect: value 1\n{here};\n");

        await OutputAsync("check", "--category", "declared");
        Assert.Equal(4, (await RunAsync("check", "--category", "declared", option)).ExitCode);
    }

    [Fact]
    public async Task A_schema_can_be_listed_written_and_compared()
    {
        ThreeTables();
        await OutputAsync("up");
        Assert.Matches(@"(?m)^table\s+\S*b\s", await OutputAsync("schema"));
        var file = Temporary["whole.sql"];
        await File.WriteAllTextAsync(file, await OutputAsync("schema", "--sql"));

        Assert.Contains("No difference", await OutputAsync("diff", file, Database.Address), StringComparison.Ordinal);
        Assert.Contains("No difference", await OutputAsync("diff", Folder, file), StringComparison.Ordinal);
        await Database.ExecuteAsync("ALTER TABLE b ADD COLUMN extra integer");
        var result = await RunAsync("diff", file, Database.Address, "--output", "json");
        Assert.Equal(4, result.ExitCode);
        var difference = Assert.Single(result.Json.EnumerateArray());
        Assert.Equal(("Added", "Column"), (difference.GetProperty("kind").GetString(), difference.GetProperty("objectType").GetString()));
        Assert.EndsWith("b.extra", difference.GetProperty("name").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_loss_is_refused_with_its_numbers_and_shown_by_what_if()
    {
        ThreeTables();
        await OutputAsync("up");

        await FailsAsync(ErrorId.DataLossRefused, 1, ["003_add_user_prefs removes table", "b (2 rows)", "--accept-data-loss"], "down");
        await FailsAsync(ErrorId.DataLossRefused, 1, ["(2 rows)"], "reset", "--yes");
        Assert.Contains("b (2 rows)", await OutputAsync("down", "--what-if"), StringComparison.Ordinal);
        var step = (await RunAsync("down", "--what-if", "--output", "json")).Json[0];
        Assert.Equal(2, step.GetProperty("losses")[0].GetProperty("rows").GetInt64());
        await FailsAsync(
            ErrorId.UndoUnproven,
            1,
            ["003_add_user_prefs", "migrations test"],
            "down",
            "--accept-data-loss",
            "--require-proven"
        );
        await OutputAsync("down", "--accept-data-loss");
        Assert.DoesNotContain("b", await Database.TablesAsync());
    }
}

public sealed class SqliteIntegrityCommandTests() : IntegrityCommandTests("SQLite")
{
    [Fact]
    public async Task What_reaches_beyond_the_copy_is_not_run_and_not_good()
    {
        ThreeTables();
        var other = Temporary["other.db"];
        Migration("004_other", $"ATTACH '{other}' AS o;\nCREATE TABLE o.x (a);\n", "SELECT 1;\n");

        var result = await RunAsync("test", "--all");

        Assert.Equal(4, result.ExitCode);
        Assert.Contains("[ ] 004_other (not run)", result.Output, StringComparison.Ordinal);
        Assert.Contains($"004_other.sql:1:1: ATTACH DATABASE '{other}' reaches beyond the copy", result.Output, StringComparison.Ordinal);
        Assert.Contains("3 good, 0 not, 1 not run", result.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(other));
        var json = (await RunAsync("test", "--all", "--output", "json")).Json[3];
        Assert.Contains("reaches beyond the copy", json.GetProperty("notRun").GetString(), StringComparison.Ordinal);
        Assert.Equal(
            ("ReachesBeyondCopy", false),
            (json.GetProperty("failure").GetProperty("id").GetString(), json.GetProperty("applies").GetBoolean())
        );
        await FailsAsync(ErrorId.ReachesBeyondCopy, 1, ["004_other.sql:1:1", other], "diff", Folder, Database.Address);
        await OutputAsync("up");
        Assert.True(File.Exists(other));
        File.Delete(other);
        var check = await RunAsync("check", "--category", "drift", "--report", Temporary["report.xml"]);
        Assert.Matches(@"not run\s+drift: .*004_other\.sql:1:1", check.Output);
        Assert.Contains("<skipped", await File.ReadAllTextAsync(Temporary["report.xml"]), StringComparison.Ordinal);
        Assert.Contains("'drift' was not checked", (await RunAsync("up", "--check")).Error, StringComparison.Ordinal);
        Assert.False(File.Exists(other));
    }

    [Fact]
    public async Task A_schema_as_the_shell_prints_it_can_be_compared()
    {
        ThreeTables();
        await OutputAsync("up");
        await Database.ExecuteAsync(
            "CREATE TABLE n (id INTEGER PRIMARY KEY AUTOINCREMENT, a UNIQUE); CREATE INDEX n_a ON n (a, id); INSERT INTO n "
                + "(a) VALUES (1); CREATE VIRTUAL TABLE f USING fts5(x); ANALYZE;"
        );
        // sqlite3 x.db .schema
        var shell = await Database.RowsAsync(
            "SELECT sql || ';' FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'migration~_%' ESCAPE '~' AND "
                + "tbl_name NOT LIKE 'migration~_%' ESCAPE '~'"
        );
        Assert.Contains("CREATE TABLE sqlite_sequence(name,seq);", shell);
        Assert.Contains(shell, s => s.StartsWith("CREATE TABLE sqlite_stat1", StringComparison.Ordinal));
        var file = Temporary["shell.sql"];
        await File.WriteAllLinesAsync(
            file,
            shell.Select(s => s.Replace("CREATE TABLE 'f_", "CREATE TABLE IF NOT EXISTS 'f_", StringComparison.Ordinal))
        );

        Assert.Contains("No difference", await OutputAsync("diff", file, Database.Address), StringComparison.Ordinal);

        await File.AppendAllTextAsync(file, "CREATE TABLE more (a);\n");
        Assert.Equal(4, (await RunAsync("diff", file, Database.Address)).ExitCode);
        Migration("004_shell", "CREATE TABLE sqlite_sequence(name,seq);\n", "SELECT 1;\n");
        await FailsAsync(ErrorId.StatementFailed, 1, ["reserved for internal use", "SQLite makes such tables itself"], "up");
    }
}

public sealed class PostgreSqlIntegrityCommandTests() : IntegrityCommandTests("PostgreSQL");
