namespace Migrations.Cli.Tests;

/// <summary><c>clear</c> and <c>fresh</c>: what they ask, say and refuse.</summary>
public sealed class ClearCommandTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public ClearCommandTests()
    {
        _temporary.Write("migrations/001_a.sql", "CREATE TABLE a (id integer);\nINSERT INTO a VALUES (1), (2);\n");
        _temporary.Write("migrations/002_b.sql", "CREATE TABLE b (id integer);\n");
    }

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Rows_go_only_when_that_is_accepted()
    {
        await OutputAsync("up", "--database", "x.db");
        var shown = await OutputAsync("clear", "--database", "x.db", "--what-if");
        Assert.Contains("  a (2 rows)", shown, StringComparison.Ordinal);
        Assert.Contains("would be cleared: 2 tables with 2 rows removed. Nothing was changed.", shown, StringComparison.Ordinal);
        var refused = await RunAsync("clear", "--database", "x.db", "--yes");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("error DataLossRefused", refused.Error, StringComparison.Ordinal);
        Assert.Contains("removes table a (2 rows)", refused.Error, StringComparison.Ordinal);
        Assert.Contains("Applied: 2", await OutputAsync("status", "--database", "x.db"), StringComparison.Ordinal);
        Assert.Contains(
            "2 tables with 2 rows removed",
            await OutputAsync("clear", "--database", "x.db", "--accept-data-loss"),
            StringComparison.Ordinal
        );
        Assert.Contains("Applied: 0", await OutputAsync("status", "--database", "x.db"), StringComparison.Ordinal);
        Assert.Contains("nothing to do", await OutputAsync("clear", "--database", "x.db"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tables_without_rows_are_asked_about_with_the_name_of_the_database()
    {
        await OutputAsync("up", "--database", "x.db");
        await OutputAsync("clear", "--database", "x.db", "--accept-data-loss");
        _temporary.Write("migrations/001_a.sql", "CREATE TABLE a (id integer);");
        await OutputAsync("up", "--database", "x.db");
        var refused = await RunAsync("clear", "--database", "x.db");
        Assert.Equal(2, refused.ExitCode);
        Assert.Matches("error ConfirmationRequired: Clearing .*x.db requires confirmation", refused.Error);
        await OutputAsync("clear", "--database", "x.db", "--yes");
    }

    [Fact]
    public async Task Fresh_builds_a_new_file_and_rebuilds_an_old_one()
    {
        Assert.Contains("2 migrations applied", await OutputAsync("fresh", "--database", "new.db"), StringComparison.Ordinal);
        var json = await OutputAsync("fresh", "--database", "new.db", "--accept-data-loss", "--output", "json");
        Assert.Matches("(?s)\"outcome\": \"Done\".*\"rows\": 2.*\"applied\": \\[\\s*\"001_a\",\\s*\"002_b\"", json);
        Assert.Equal(1, (await RunAsync("clear", "--database", "nowhere.db")).ExitCode);
        Assert.False(File.Exists(_temporary["nowhere.db"]));
    }

    [Fact]
    public async Task Fresh_runs_the_seed_at_the_end_where_that_is_allowed()
    {
        _temporary.Write("migrations/seed.sql", "INSERT INTO b VALUES (7);\n");
        _temporary.Write(
            "migrations.json",
            """
            { "environments": { "local": { "database": "local.db" }, "production": { "confirm": true, "database": "production.db" } } }
            """
        );
        var output = await OutputAsync("fresh", "--seed", "--environment", "local");
        Assert.Contains("2 migrations applied, seed.sql run.", output, StringComparison.Ordinal);
        var json = await OutputAsync("fresh", "--seed", "--environment", "local", "--accept-data-loss", "--output", "json");
        Assert.Matches("(?s)\"rows\": 3.*\"seed\": \"seed.sql\"", json);
        var refused = await RunAsync("fresh", "--seed", "--environment", "production", "--yes");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("error SeedRefused", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_temporary["production.db"]));
        output = await OutputAsync("fresh", "--seed", "--environment", "production", "--force");
        Assert.Contains("seed.sql run", output, StringComparison.Ordinal);

        // Production that is stamped, also under its own name.
        await OutputAsync("init", "--environment", "production", "--stamp", "production", "--yes");
        refused = await RunAsync("clear", "--environment", "production", "--yes", "--accept-data-loss");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("error ClearRefused", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--force", refused.Error, StringComparison.Ordinal);
        await OutputAsync("clear", "--environment", "production", "--force", "--accept-data-loss");
    }

    [Fact]
    public async Task Services_that_share_a_database_are_cleared_once()
    {
        _temporary.Write("api/001_api.sql", "CREATE TABLE api (id integer);");
        _temporary.Write("web/001_web.sql", "CREATE TABLE web (id integer);");
        _temporary.Write(
            "migrations.json",
            """
            { "defaultEnvironment": "local", "services": { "api": { "path": "api" }, "web": { "path": "web" } },
              "environments": { "local": { "database": "all.db" }, "production": { "confirm": true, "database": "all.db" } } }
            """
        );
        await OutputAsync("fresh", "--service", "*", "--accept-data-loss");
        var again = await OutputAsync("fresh", "--service", "*", "--accept-data-loss");
        Assert.Matches("(?s)2 tables with 0 rows removed, 1 migration applied.*1 migration applied.*2 of 2 services", again);
        Assert.Contains("Applied: 1", await OutputAsync("status", "--service", "api"), StringComparison.Ordinal);
        var one = await RunAsync("fresh", "--service", "api", "--accept-data-loss");
        Assert.Contains("is also the database of web", one.Error, StringComparison.Ordinal);
        var all = await OutputAsync("clear", "--service", "api", "--accept-data-loss", "--include-others");
        Assert.Contains("2 tables", all, StringComparison.Ordinal);
        var production = await RunAsync("fresh", "--service", "*", "--environment", "production", "--accept-data-loss");
        Assert.Equal(2, production.ExitCode);
        Assert.Contains("error ConfirmationRequired", production.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("undefined variable", "fresh", "--variable", "q=1")]
    [InlineData("missing folder", "fresh")]
    [InlineData("missing seed", "fresh", "--seed")]
    [InlineData("skipped", "fresh")]
    [InlineData("skipped", "clear")]
    public async Task A_shared_database_is_not_cleared_where_one_of_its_services_cannot_have_its_turn(string fault, params string[] call)
    {
        _temporary.Write("m/a/001_a.sql", "CREATE TABLE sa (id integer);\nINSERT INTO sa VALUES (1);\n");
        _temporary.Write("m/b/001_b.sql", "CREATE TABLE sb (id integer);\nINSERT INTO sb VALUES (1);\n");
        _temporary.Write("m/core/001_c.sql", "CREATE TABLE c (id integer);\n");
        _temporary.Write("m/a/seed.sql", "INSERT INTO sa VALUES (2);\n");
        _temporary.Write(
            "migrations.json",
            """
            { "services": { "core": { "path": "m/core" }, "a": { "path": "m/a", "dependsOn": ["core"] }, "b": { "path": "m/b" } },
              "environments": { "local": { "databases": { "core": "core.db", "a": "s.db", "b": "s.db" } } } }
            """
        );
        await OutputAsync("up", "--environment", "local", "--service", "*");
        if (fault is "undefined variable")
            _temporary.Write("m/b/002_b.sql", "INSERT INTO sb VALUES (${none});\n");
        else if (fault is "missing folder")
            Directory.Delete(_temporary["m/b"], recursive: true);
        else if (fault is "skipped" && call[0] is "fresh")
            Directory.Delete(_temporary["m/core"], recursive: true);
        else if (fault is "skipped")
            File.Delete(_temporary["core.db"]);
        var before = await RowsAsync();
        var result = await RunAsync([.. call, "--environment", "local", "--service", "*", "--accept-data-loss", "--yes"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("error ServiceSkipped", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, await RowsAsync());
        Assert.Contains("1,1", before, StringComparison.Ordinal);

        Task<string> RowsAsync() =>
            OutputAsync("run", "--csv", "--database", "s.db", "--command", "SELECT (SELECT sum(id) FROM sa), (SELECT sum(id) FROM sb)");
    }

    [Fact]
    public async Task A_file_that_has_two_names_is_cleared_once()
    {
        await OutputAsync("up", "--database", "x.db");
        File.CreateSymbolicLink(_temporary["y.db"], _temporary["x.db"]);
        var output = await OutputAsync("fresh", "--database", "x.db", "--database", "y.db", "--accept-data-loss");
        Assert.Single(output.Split("rows removed").Skip(1));
    }

    [Fact]
    public async Task What_is_shown_of_a_shared_database_names_the_service()
    {
        _temporary.Write("api/001_api.sql", "CREATE TABLE api (id integer);");
        _temporary.Write("web/001_web.sql", "CREATE TABLE web (id integer);");
        _temporary.Write(
            "migrations.json",
            """
            { "defaultEnvironment": "local", "services": { "api": { "path": "api" }, "web": { "path": "web" } },
              "environments": { "local": { "database": "all.db" }, "other": { "database": "other.db" } }, "advice": { "off": ["no-rule"] } }
            """
        );
        var unknown = await RunAsync("up", "--service", "api");
        Assert.Matches(@"error ConfigurationInvalid: .*migrations\.json:2:\d+: There is no rule 'no-rule'", unknown.Error);
        var text = await File.ReadAllTextAsync(_temporary["migrations.json"]);
        _temporary.Write("migrations.json", text.Replace("\"no-rule\"", "", StringComparison.Ordinal));
        Assert.Contains("would be applied to ", await OutputAsync("up", "--service", "*", "--what-if"), StringComparison.Ordinal);
        var up = await OutputAsync("up", "--service", "*");
        Assert.Matches(@"(?s)Applied 1 migration to .*all\.db \(service api\).*Applied 1 migration to .*all\.db \(service web\)", up);
        Assert.Contains("all.db (service web)", await OutputAsync("status", "--service", "*"), StringComparison.Ordinal);
        Assert.Matches("(?s)Event +Service +Migration.*applied +web +001_web", await OutputAsync("history", "--database", "all.db"));
        var restore = await RunAsync("restore", "--latest", "--source-environment", "other", "--service", "api", "--yes");
        Assert.Contains("The environment 'other', whose backup is wanted, names no folder", restore.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_link_that_leads_nowhere_and_a_service_without_a_file_are_named()
    {
        File.CreateSymbolicLink(_temporary["migrations.json"], "gone.json");
        var link = await RunAsync("status");
        Assert.Contains("is a link to 'gone.json', which does not exist", link.Error, StringComparison.Ordinal);
        File.Delete(_temporary["migrations.json"]);
        var service = await RunAsync("status", "--service", "api");
        Assert.Contains("there is no migrations.json in", service.Error, StringComparison.Ordinal);
        var init = await RunAsync("init", "--create", "--owner", "ada", "--database", "x.db");
        Assert.Contains("it has no owner", init.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_with_histories_and_addresses_of_their_own_are_cleared_once_and_keep_the_stamp()
    {
        _temporary.Write("api/001_api.sql", "CREATE TABLE api (id integer);");
        _temporary.Write("web/001_web.sql", "CREATE TABLE web (id integer);");
        _temporary.Write(
            "migrations.json",
            """
            { "services": { "api": { "path": "api", "historyTable": "h_api" }, "web": { "path": "web", "historyTable": "h_web" } },
              "environments": { "local": { "databases": { "api": "all.db", "web": "./link.db" } },
                "other": { "databases": { "api": "all.db", "web": "./link.db" } } } }
            """
        );
        File.CreateSymbolicLink(_temporary["link.db"], _temporary["all.db"]);
        string[] local = ["--environment", "local", "--service"];
        await OutputAsync(["init", "--create", "--stamp", "local", .. local, "api"]);
        await OutputAsync(["fresh", .. local, "*", "--accept-data-loss"]);
        var again = await OutputAsync(["fresh", .. local, "*", "--accept-data-loss"]);
        Assert.Matches("(?s)2 tables with 0 rows removed, 1 migration applied.*1 migration applied.*2 of 2 services", again);
        Assert.Contains("Applied: 1", await OutputAsync(["status", .. local, "api"]), StringComparison.Ordinal);
        var one = await RunAsync(["clear", .. local, "web", "--accept-data-loss"]);
        Assert.Contains("is also the database of api", one.Error, StringComparison.Ordinal);
        Assert.Contains("--include-others", one.Error, StringComparison.Ordinal);
        // What keeps the first from it keeps the other from it, too.
        var refused = await RunAsync("clear", "--environment", "other", "--service", "*", "--accept-data-loss");
        Assert.Contains("error StampDiffers", refused.Error, StringComparison.Ordinal);
        Assert.Equal(2, System.Text.RegularExpressions.Regex.Count(refused.Error, "error "));
        Assert.Contains("Applied: 1", await OutputAsync(["status", .. local, "web"]), StringComparison.Ordinal);
    }

    private async Task<string> OutputAsync(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Output;
    }

    private Task<CliResult> RunAsync(params string[] arguments) =>
        CliProcess.RunAsync(new CliCall { Arguments = arguments, WorkingFolder = _temporary.Path });
}
