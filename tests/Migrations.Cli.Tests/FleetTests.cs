namespace Migrations.Cli.Tests;

/// <summary>Many databases in one call: which, how many at once, and what becomes of the others when one fails.</summary>
public sealed class FleetTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public FleetTests()
    {
        _folder.Write("migrations/001_a.sql", "CREATE TABLE a (id integer);\n");
        _folder.Write("migrations/001_a_rollback.sql", "DROP TABLE a;\n");
        _folder.Write("migrations/002_b.sql", "CREATE TABLE b (id integer);\n");
        _folder.Write("migrations/002_b_rollback.sql", "DROP TABLE b;\n");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("1")]
    [InlineData("4")]
    public async Task All_files_of_a_pattern_are_migrated_and_undone(string limit)
    {
        await TenantsAsync(6);
        _folder.Write("tenants/1.db-wal", "");
        var up = await SucceedsAsync("up", "--databases", "tenants/*.db*", "--throttle-limit", limit);
        Assert.EndsWith("6 of 6 databases completed.", up.Output.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal("", up.Error);
        // What is written about one database stands together.
        Assert.All(
            up.Output.Split("Applying 2 migrations to ")[1..],
            part => Assert.Contains($"Applied 2 migrations to {part[..part.IndexOf('\n')]} in", part, StringComparison.Ordinal)
        );
        var status = await SucceedsAsync("status", "--databases", "tenants/*.db", "--throttle-limit", limit, "--output", "json");
        Assert.Equal(12, status.Json.EnumerateArray().Count(s => s.GetProperty("state").GetString() == "Applied"));
        var down = await SucceedsAsync("down", "--databases", "tenants/*.db", "--throttle-limit", limit, "--output", "json");
        Assert.Equal(
            6,
            down.Json.EnumerateArray().Select(r => r.GetProperty("database").GetString()).Distinct(StringComparer.Ordinal).Count()
        );
    }

    [Fact]
    public async Task A_list_is_read_from_a_file_and_from_standard_input()
    {
        await TenantsAsync(3);
        _folder.Write("tenants.txt", "# the first two\ntenants/1.db\n\n  tenants/2.db \ntenants/1.db\n");
        var listed = await SucceedsAsync("up", "--databases-file", "tenants.txt", "--throttle-limit", "2");
        Assert.EndsWith("2 of 2 databases completed.", listed.Output.TrimEnd(), StringComparison.Ordinal);
        var piped = await CliProcess.RunAsync(Call("up", "--databases-file", "-") with { Input = "tenants/2.db\ntenants/3.db\n" });
        Assert.Contains("Nothing to apply: " + _folder["tenants/2.db"], piped.Output, StringComparison.Ordinal);
        Assert.Contains("Applied 2 migrations to " + _folder["tenants/3.db"], piped.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_is_read_from_a_table_and_no_password_in_a_row_is_shown()
    {
        await TenantsAsync(3);
        _folder.Write("control.db", "");
        const string Query = "SELECT url FROM tenants WHERE id < 3";
        string[] control = ["--database", "control.db", "--databases-query"];
        await SucceedsAsync("run", "--database", "control.db", "--command", "CREATE TABLE tenants (id integer, url text)");
        await SucceedsAsync(
            "run",
            "--database",
            "control.db",
            "--command",
            "INSERT INTO tenants VALUES (1, 'tenants/1.db'), (2, 'tenants/2.db'), (3, 'mysql://ada:hunter2@db/x'), "
                + "(4, 'postgres://ada:hunter2@127.0.0.1:1/x')"
        );
        var up = await SucceedsAsync(["up", .. control, Query, "--throttle-limit", "2"]);
        Assert.EndsWith("2 of 2 databases completed.", up.Output.TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(4, (await SucceedsAsync(["status", .. control, Query, "--output", "json"])).Json.GetArrayLength());
        foreach (var row in (int[])[3, 4])
        {
            var failed = await CliProcess.RunAsync(Call(["status", .. control, $"SELECT url FROM tenants WHERE id = {row}"]));
            Assert.True(failed.ExitCode is 1 or 2, failed.ToString());
            Assert.DoesNotContain("hunter2", failed.Output + failed.Error, StringComparison.Ordinal);
        }

        Assert.Equal(2, (await CliProcess.RunAsync(Call(["status", .. control, Query, "--databases", "tenants/*.db"]))).ExitCode);
        Assert.Equal(2, (await CliProcess.RunAsync(Call(["status", .. control, "SELECT 1, 2"]))).ExitCode);
        var none = await CliProcess.RunAsync(Call(["status", "--databases-query", Query]));
        Assert.Contains("--databases-query asks one database", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_leaves_the_others_their_turn_and_the_next_call_does_what_is_left()
    {
        await TenantsAsync(5, broken: 3);
        string[] call = ["up", "--databases", "tenants/*.db", "--throttle-limit", "3"];
        var first = await CliProcess.RunAsync(Call(call));
        Assert.Equal(1, first.ExitCode);
        Assert.Contains("error StatementFailed", first.Error, StringComparison.Ordinal);
        Assert.EndsWith(
            $"4 of 5 databases completed; failed: {_folder["tenants/3.db"]}.",
            first.Output.TrimEnd(),
            StringComparison.Ordinal
        );
        await ExecuteAsync(3, "DROP TABLE b");
        var second = await SucceedsAsync(call);
        Assert.Equal(4, second.Output.Split("Nothing to apply: ").Length - 1);
        Assert.EndsWith("5 of 5 databases completed.", second.Output.TrimEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("the canary failed", "--canary", "1", "--throttle-limit", "4")]
    [InlineData("one failed", "--stop-after", "1")]
    public async Task A_failure_can_keep_the_others_from_beginning(string why, params string[] options)
    {
        await TenantsAsync(4, broken: 1);
        var result = await CliProcess.RunAsync(Call(["up", "--databases", "tenants/*.db", "--output", "json", .. options]));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("\"id\":\"FleetStopped\"", result.Error, StringComparison.Ordinal);
        Assert.Contains(
            $"3 databases were not worked on, because {why}: {_folder["tenants/1.db"]}.",
            result.Error,
            StringComparison.Ordinal
        );
        Assert.Equal(
            _folder["tenants/1.db"],
            Assert.Single(result.Json.EnumerateArray().Select(r => r.GetProperty("database").GetString()).Distinct(StringComparer.Ordinal))
        );
    }

    [Fact]
    public async Task Services_have_their_turn_after_those_that_they_depend_on()
    {
        _folder.Write(
            "migrations.json",
            """
            { "services": { "api": { "path": "migrations" }, "scores": { "path": "migrations", "dependsOn": ["api"] } },
              "environments": { "local": { "databases": { "api": "api.db", "scores": "scores.db" } } } }
            """
        );
        string[] call = ["up", "--environment", "local", "--service", "*", "--throttle-limit", "4"];
        var result = await SucceedsAsync(call);
        Assert.True(
            result.Output.IndexOf("api.db", StringComparison.Ordinal) < result.Output.IndexOf("scores.db", StringComparison.Ordinal),
            result.Output
        );
        await using (var api = new SqliteTestDatabase(_folder["api.db"]))
            await api.ExecuteAsync("UPDATE migration_journal SET checksum = 'x'");
        var failed = await CliProcess.RunAsync(Call(call));
        Assert.Contains("error ServiceSkipped", failed.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("No file matches 'tenants/*.x'.", "--databases", "tenants/*.x")]
    [InlineData("No file matches 'nowhere/*.db'", "--databases", "nowhere/*.db")]
    [InlineData("wildcards may stand in the name of a file only", "--databases", "te*/1.db")]
    [InlineData("The list of databases cannot be read", "--databases-file", "nowhere.txt")]
    [InlineData("The list of databases is empty: standard input.", "--databases-file", "-")]
    [InlineData("cannot be used together", "--databases-file", "-", "--databases", "tenants/*.db")]
    [InlineData("cannot be used together", "--databases", "tenants/*.db", "--database", "tenants/1.db")]
    [InlineData("Invalid number '0' for --throttle-limit", "--throttle-limit", "0")]
    [InlineData("--canary has an empty value", "--canary", "")]
    public async Task Whatever_names_no_databases_stops_the_call(string message, params string[] options)
    {
        await TenantsAsync(1);
        var result = await CliProcess.RunAsync(Call(["up", .. options]));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        await using var database = new SqliteTestDatabase(_folder["tenants/1.db"]);
        Assert.DoesNotContain("a", await database.TablesAsync());
    }

    [Fact]
    public async Task A_secret_of_a_list_is_shown_nowhere()
    {
        _folder.Write("tenants.txt", "postgres://ada:s3cr3t@127.0.0.1:1/shop\nHost=127.0.0.1;Port=1;Username=ada;Password=s3cr3t;Bad=1\n");
        var result = await CliProcess.RunAsync(Call("up", "--databases-file", "tenants.txt", "--throttle-limit", "2", "--verbose"));
        Assert.Equal(2, result.ExitCode);
        Assert.DoesNotContain("s3cr3t", result.Output + result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Databases_of_one_server_are_migrated_at_once()
    {
        await using var one = await PostgreSqlTestDatabase.CreateAsync();
        await using var other = await PostgreSqlTestDatabase.CreateAsync();
        await using var third = await PostgreSqlTestDatabase.CreateAsync();
        _folder.Write("tenants.txt", $"{one.Address}\n{other.Address}\n{third.Address}\n");
        string[] call = ["--databases-file", "tenants.txt", "--throttle-limit", "3", "--throttle-per-server", "2"];
        await SucceedsAsync(["up", .. call]);
        foreach (var database in (TestDatabase[])[one, other, third])
            Assert.Equal("2", await database.ScalarAsync("SELECT count(*) FROM migration_journal WHERE event = 'applied'"));
        var checks = await SucceedsAsync(["check", .. call, "--category", "history", "--output", "json"]);
        Assert.Equal(
            3,
            checks.Json.EnumerateArray().Select(c => c.GetProperty("database").GetString()).Distinct(StringComparer.Ordinal).Count()
        );
    }

    private CliCall Call(params string[] arguments) => new() { Arguments = [.. arguments], WorkingFolder = _folder.Path };

    private async Task<CliResult> SucceedsAsync(params string[] arguments)
    {
        var result = await CliProcess.RunAsync(Call(arguments));
        Assert.True(result.ExitCode == 0, result.ToString());
        return result;
    }

    private async Task TenantsAsync(int count, int? broken = null)
    {
        Directory.CreateDirectory(_folder["tenants"]);
        for (var i = 1; i <= count; i++)
            await ExecuteAsync(i, "CREATE TABLE own (id integer)");
        if (broken is { } number)
            await ExecuteAsync(number, "CREATE TABLE b (id integer)");
    }

    private async Task ExecuteAsync(int tenant, string sql)
    {
        await using var database = new SqliteTestDatabase(_folder[$"tenants/{tenant}.db"]);
        await database.ExecuteAsync(sql);
    }
}
