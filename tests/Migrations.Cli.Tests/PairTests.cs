namespace Migrations.Cli.Tests;

/// <summary>Copies and comparisons of two environments, or of an environment and a database that is named.</summary>
public sealed class PairTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);

    public PairTests()
    {
        foreach (var service in new[] { "api", "words" })
            _temporary.Write($"migrations/{service}/001_{service}.sql", $"CREATE TABLE {service} (id integer PRIMARY KEY);");
        _temporary.Write(
            "config/migrations.json",
            """
            { "services": { "api": { "path": "../migrations/api" }, "words": { "path": "../migrations/words" } },
              "defaultEnvironment": "local",
              "environments": {
                "local": { "databases": { "api": "api.db", "words": "words.db" } },
                "other": { "databases": { "api": "o_api.db", "words": "o_words.db" } },
                "staging": { "databases": { "api": "${API_URL}", "words": "${WORDS_URL}" } },
                "production": { "confirm": true, "databases": { "api": "${API_URL}", "words": "${WORDS_URL}" } } } }
            """
        );
        _variables["MIGRATIONS_CONFIG"] = _temporary["config/migrations.json"];
    }

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Two_environments_are_compared_service_by_service()
    {
        await OutputAsync("up", "--service", "*");
        await OutputAsync("up", "--service", "*", "--environment", "other");
        string[] sides = ["--source-environment", "local", "--environment", "other"];
        string[] rows = ["--exclude-table", "migration_*"];
        await OutputAsync(["diff", "--data", .. sides, .. rows, "--service", "*"]);
        await OutputAsync(["diff", .. sides, "--service", "api"]);
        await OutputAsync("run", "--command", "INSERT INTO words VALUES (7)", "--service", "words", "--environment", "other");
        var differs = await RunAsync(["diff", "--data", .. sides, .. rows, "--service", "*"]);
        Assert.Equal(4, differs.ExitCode);
        Assert.Contains("7", differs.Output, StringComparison.Ordinal);
        await OutputAsync(["diff", "--data", .. sides, .. rows, "--service", "api"]);
        var one = await RunAsync(["diff", "--data", "config/words.db", .. sides[2..], .. rows, "--service", "words"]);
        Assert.Equal(4, one.ExitCode);
        await OutputAsync(["diff", "--data", .. sides[..2], "config/api.db", .. rows, "--service", "api"]);
    }

    [Fact]
    public async Task A_local_database_is_copied_into_an_environment_of_a_server()
    {
        await using var api = await PostgreSqlTestDatabase.CreateAsync();
        await using var words = await PostgreSqlTestDatabase.CreateAsync();
        (_variables["API_URL"], _variables["WORDS_URL"]) = (api.Address, words.Address);
        await OutputAsync("up", "--service", "*");
        string[] copy = ["copy", "--source-environment", "local", "--service", "*", "--environment"];
        var asked = await RunAsync([.. copy, "production"]);
        Assert.Equal(2, asked.ExitCode);
        Assert.Contains("'copy' in the environment 'production' on api (", asked.Error, StringComparison.Ordinal);
        Assert.Contains("api", await OutputAsync([.. copy, "production", "--what-if"]), StringComparison.Ordinal);
        Assert.Empty(await api.TablesAsync());

        // With a variable for another purpose set: both sides are named.
        _variables["DATABASE_URL"] = "elsewhere.db";
        await OutputAsync([.. copy, "staging"]);
        _variables.Remove("DATABASE_URL");
        Assert.Contains("words", await words.TablesAsync());
        Assert.Matches(
            "(?s)\"stamp\": \"staging\".*\"stamp\": \"staging\"",
            await OutputAsync("status", "--summary", "--environment", "staging", "--service", "*", "--output", "json")
        );
        await OutputAsync(["diff", "--data", .. copy[1..], "staging", "--exclude-table", "migration_*"]);

        var other = await RunAsync([.. copy, "production", "--recreate", "--yes"]);
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("error StampDiffers", other.Error, StringComparison.Ordinal);
        await OutputAsync([.. copy, "staging", "--recreate", "--yes"]);
        foreach (var secret in api.Secrets)
            Assert.DoesNotContain(secret, asked.All + other.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_option_for_a_database_names_the_target_and_keeps_what_the_environment_says()
    {
        await using var api = await PostgreSqlTestDatabase.CreateAsync();
        (_variables["API_URL"], _variables["WORDS_URL"]) = ("postgres://127.0.0.1:1/no", "postgres://127.0.0.1:1/no");
        await OutputAsync("up", "--service", "api");
        string[] copy = ["copy", "config/api.db", "--database", api.Address, "--service", "api", "--environment"];
        var asked = await RunAsync([.. copy, "production"]);
        Assert.Equal(2, asked.ExitCode);
        Assert.Contains("'copy' in the environment 'production' on api (", asked.Error, StringComparison.Ordinal);
        await OutputAsync([.. copy, "staging"]);
        Assert.Contains("api", await api.TablesAsync());
        var three = await RunAsync([.. copy[..^1], "config/words.db"]);
        Assert.Equal(2, three.ExitCode);
        Assert.Contains("the call says 3", three.Error, StringComparison.Ordinal);
        var several = await RunAsync([.. copy[..^3], "--service", "*"]);
        Assert.Equal(2, several.ExitCode);
        Assert.Contains("several services", several.Error, StringComparison.Ordinal);
        await OutputAsync("diff", "--data", "config/api.db", "--database", api.Address, "--exclude-table", "migration_*");
    }

    [Fact]
    public async Task Only_rows_are_copied_into_the_tables_of_a_folder_that_is_named()
    {
        await using var api = await PostgreSqlTestDatabase.CreateAsync();
        await OutputAsync("up", "--service", "api");
        await OutputAsync("run", "--command", "INSERT INTO api VALUES (70000)", "--service", "api");
        _temporary.Write("own/001_api.sql", "CREATE TABLE api (id ${type} PRIMARY KEY);");
        string[] copy = ["copy", "config/api.db", api.Address, "--throttle-limit", "2", "--path", "own", "--variable", "type=smallint"];
        Assert.Contains("smallint", await OutputAsync([.. copy, "--what-if"]), StringComparison.Ordinal);
        var refused = await RunAsync(copy);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("api.id: values that do not fit the chosen type smallint (id 70000)", refused.Error, StringComparison.Ordinal);
        copy[^1] = "type=integer";
        Assert.Contains("\"type\": \"integer\"", await OutputAsync([.. copy, "--output", "json"]), StringComparison.Ordinal);
        Assert.Equal("70000", await api.ScalarAsync("SELECT id FROM api"));
        await OutputAsync("status", "--database", api.Address, "--path", "own", "--variable", "type=integer", "--exit-code");

        await OutputAsync("run", "--command", "CREATE TABLE words (a TEXT); INSERT INTO words VALUES ('x')", "--service", "api");
        _temporary.Write("names.json", "{ \"tables\": { \"words\": { \"name\": \"named\", \"colums\": {} } } }");
        copy = ["copy", "config/api.db", api.Address, "--table", "words", "--mapping", "names.json", "--full-text", "words.a"];
        var bad = await RunAsync(copy);
        Assert.Contains("names.json:1:43: 'colums' is not a setting", bad.Error, StringComparison.Ordinal);
        Assert.Contains("Did you mean 'columns'?", bad.Error, StringComparison.Ordinal);
        _temporary.Write("names.json", "{ \"tables\": { \"words\": { \"name\": \"named\" } } }");
        await OutputAsync(copy);
        Assert.Equal("'x':1", await api.ScalarAsync("SELECT a_search::text FROM named"));
    }

    [Theory]
    [InlineData("the call says 0", "copy")]
    [InlineData("the call says 1", "copy", "a.db")]
    [InlineData("the call says 1", "diff", "--data", "--environment", "other")]
    [InlineData("the call says 3", "copy", "a.db", "b.db", "--source-environment", "local")]
    [InlineData("the call says 3", "diff", "a.db", "--source-environment", "local", "--environment", "other")]
    [InlineData("several services", "copy", "a.db", "--environment", "other", "--service", "*")]
    [InlineData("Name one service", "diff", "--source-environment", "local", "--environment", "other", "--service", "*")]
    [InlineData("Did you mean 'local'?", "copy", "--source-environment", "locl", "--environment", "other", "--service", "api")]
    [InlineData("No service is named", "copy", "--source-environment", "local", "--environment", "other")]
    public async Task What_is_not_clear_is_wrong_use(string words, params string[] call)
    {
        var result = await RunAsync(call);
        Assert.True(result.ExitCode == 2, result.ToString());
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }

    // Line and column are those of the database in the file.
    [Theory]
    [InlineData(":4:38", "diff", "--data", "--source-environment", "local", "--environment", "other", "--service", "api")]
    [InlineData(":4:38", "diff", "--source-environment", "local", "--environment", "other", "--service", "api")]
    [InlineData(":6:40", "copy", "a.db", "--environment", "staging", "--service", "api")]
    public async Task An_error_names_the_place_of_the_configuration_that_it_is_about(string place, params string[] call)
    {
        _temporary.Write("a.db", "");
        _variables["API_URL"] = "postgres://ann@127.0.0.1:1/x";
        var result = await RunAsync(call);
        Assert.Contains($"Configured at: {_temporary["config/migrations.json"]}{place}\n", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_down_is_waited_for()
    {
        _temporary.Write("a.db", "");
        var result = await RunAsync(["copy", "a.db", "postgres://ann@127.0.0.1:1/x", "--wait", "1200ms"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Waiting for ", result.Error, StringComparison.Ordinal);
    }

    private async Task<string> OutputAsync(params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.True(result.ExitCode == 0, $"{string.Join(' ', arguments)}\n{result}");
        return result.Output;
    }

    private Task<CliResult> RunAsync(string[] arguments) =>
        CliProcess.RunAsync(
            new CliCall
            {
                Arguments = arguments,
                WorkingFolder = _temporary.Path,
                Environment = _variables,
            }
        );
}
