namespace Migrations.Cli.Tests;

/// <summary><c>run</c>: SQL that is no migration, from a file or the command line.</summary>
public abstract class RunCommandConformance(string engine) : CliTests(engine)
{
    private async Task TableAsync() =>
        await Database.ExecuteAsync(
            "CREATE TABLE t (id integer, name text); INSERT INTO t VALUES (1, 'a,\"b\"'), (2, ''), (3, NULL), (4, 'x\ny')"
        );

    [Fact]
    public async Task Rows_are_a_table_with_their_number()
    {
        await TableAsync();
        var output = await OutputAsync("run", "--command", "SELECT id, name FROM t ORDER BY id; SELECT 7 AS seven FROM t WHERE id > 9");
        Assert.StartsWith(
            "id  name\n--  -----\n1   a,\"b\"\n2\n3   NULL\n4   x y\n(4 rows)\n\nseven\n-----\n(0 rows)\n\nRan command on ",
            output,
            StringComparison.Ordinal
        );
        Assert.EndsWith(": 2 statements.\n", output, StringComparison.Ordinal);
        Assert.StartsWith("id", await OutputAsync("run", "--command", "SELECT 1 AS id", "--quiet"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Standard_input_is_a_script()
    {
        await TableAsync();
        var result = await CliProcess.RunAsync(Call("run", "-", "--csv") with { Input = "SELECT id FROM t WHERE id < 3 ORDER BY id" });
        Assert.Equal("id\n1\n2\n", result.Output);
        AssertError(await CliProcess.RunAsync(Call("run", "-x")), ErrorId.UsageInvalid, 2, "'-x'");
    }

    [Theory]
    [InlineData("SELECT * FROM nowhere")]
    [InlineData("SELECT nothing FROM t")]
    [InlineData("SELEC 1")]
    public async Task What_failed_is_run_again_not_migrated(string sql)
    {
        await TableAsync();
        var result = await RunAsync("run", "--command", sql);
        AssertError(result, ErrorId.StatementFailed, 1, "run the command again");
        Assert.DoesNotContain("migrations up", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rows_are_CSV_in_which_NULL_and_an_empty_text_differ()
    {
        await TableAsync();
        Assert.Equal(
            "id,name\n1,\"a,\"\"b\"\"\"\n2,\"\"\n3,\n4,\"x\ny\"\n\nid,id_2\n1,2\n",
            await OutputAsync("run", "--csv", "--command", "SELECT id, name FROM t ORDER BY id; SELECT 1 AS id, 2 AS id")
        );
    }

    [Fact]
    public async Task Rows_are_JSON_with_numbers_texts_and_null()
    {
        await TableAsync();
        var result = (await RunAsync("run", "--command", "SELECT id, name FROM t ORDER BY id", "--output", "json")).Json[0];
        Assert.Equal("Done", result.GetProperty("outcome").GetString());
        Assert.Equal("command", result.GetProperty("name").GetString());
        var rows = result.GetProperty("results")[0].GetProperty("rows");
        Assert.Equal("""{"id":2,"name":""}""", System.Text.Json.JsonSerializer.Serialize(rows[1]));
        Assert.Equal("""{"id":3,"name":null}""", System.Text.Json.JsonSerializer.Serialize(rows[2]));
        var change = (await RunAsync("run", "--command", "UPDATE t SET name = 'z'", "--output", "json")).Json[0];
        Assert.Equal((0, 4), (change.GetProperty("results").GetArrayLength(), change.GetProperty("rowsAffected").GetInt32()));
    }

    [Fact]
    public async Task After_an_error_there_are_no_rows_and_still_JSON()
    {
        await TableAsync();
        var both = await RunAsync("run", "--csv", "--output", "json", "--command", "SELECT 1");
        Assert.Equal(2, both.ExitCode);
        Assert.Contains("--csv and --output json cannot be used together", both.Error, StringComparison.Ordinal);
        var call = await RunAsync(
            "run",
            "--output",
            "json",
            "--command",
            "CREATE TABLE n (id integer); SELECT 1 AS a; SELECT * FROM nowhere"
        );
        Assert.Equal(1, call.ExitCode);
        Assert.Equal(0, call.Json.GetArrayLength());
        Assert.Contains("\"id\":\"StatementFailed\"", call.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("n", await Database.TablesAsync());
    }

    [Fact]
    public async Task A_loss_is_refused_shown_and_accepted()
    {
        await TableAsync();
        Temporary.Write("fix.sql", "-- what is old goes\nDELETE FROM t WHERE id < 3;\n");
        await FailsAsync(ErrorId.DataLossRefused, 1, ["(2 rows)", "--accept-data-loss", "Nothing was run."], "run", "fix.sql", "--yes");
        var shown = await OutputAsync("run", "fix.sql", "--what-if");
        Assert.Contains("DELETE FROM t WHERE id < 3;", shown, StringComparison.Ordinal);
        Assert.Contains("(2 rows)", shown, StringComparison.Ordinal);
        Assert.Equal("4", await Database.ScalarAsync("SELECT count(*) FROM t"));
        Assert.Equal(["t"], await Database.TablesAsync());
        var json = (await RunAsync("run", "fix.sql", "--what-if", "--output", "json")).Json[0];
        Assert.Equal(
            ("WhatIf", 2),
            (json.GetProperty("outcome").GetString(), json.GetProperty("losses")[0].GetProperty("rows").GetInt32())
        );
        Assert.Contains("1 statement, 2 rows changed", await OutputAsync("run", "fix.sql", "--accept-data-loss"), StringComparison.Ordinal);
        Assert.Contains("ran", await OutputAsync("history", "--name", "fix.sql"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("run", "Name a file")]
    [InlineData("run fix.sql --command SELECT", "cannot be used together")]
    [InlineData("run fix.sql --transaction-mode all", "--transaction-mode")]
    public async Task A_wrong_call_is_refused(string arguments, string reason) =>
        await FailsAsync(ErrorId.UsageInvalid, 2, [reason], arguments.Split(' '));

    [Fact]
    public async Task SQL_with_a_comment_in_front_or_an_address_in_it_is_a_value()
    {
        await TableAsync();
        var output = await OutputAsync("run", "--command", "-- of someone\nSELECT 'http://user@host' AS u", "--csv");
        Assert.Equal("u\nhttp://user@host\n", output);
    }
}

public sealed class SqliteRunCommandTests() : RunCommandConformance("SQLite")
{
    [Fact]
    public async Task Queries_run_in_a_file_that_may_not_be_written_and_are_not_recorded()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "File modes are those of Unix.");
        await Database.ExecuteAsync("CREATE TABLE t (id integer); INSERT INTO t VALUES (41)");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(((SqliteTestDatabase)Database).File, UnixFileMode.UserRead);
        var asked = await CliProcess.RunAsync(Call("run", "--command", "SELECT id FROM t", "--csv") with { ModesCountForRoot = true });
        Assert.Equal((0, "id\n41\n"), (asked.ExitCode, asked.Output));
        Assert.Contains("ran without the migration lock and is not in the history", asked.Error, StringComparison.Ordinal);
        var written = await CliProcess.RunAsync(Call("run", "--command", "INSERT INTO t VALUES (1)") with { ModesCountForRoot = true });
        AssertError(written, ErrorId.DatabaseReadOnly, 1, "test.db");
    }
}

public sealed class PostgreSqlRunCommandTests() : RunCommandConformance("PostgreSQL");
