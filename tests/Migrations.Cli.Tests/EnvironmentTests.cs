namespace Migrations.Cli.Tests;

/// <summary>Environments in the command: stamps, a copy of production in staging, and migrations that belonged to no service.</summary>
public sealed class EnvironmentTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public EnvironmentTests()
    {
        foreach (var service in new[] { "api", "words" })
        {
            _temporary.Write($"migrations/{service}/001_{service}.sql", $"CREATE TABLE {service} (id integer);");
            _temporary.Write($"migrations/{service}/001_{service}.down.sql", $"DROP TABLE {service};");
        }

        Directory.CreateDirectory(_temporary["kept"]);
        _temporary.Write(
            "migrations.json",
            """
            { "services": { "api": { "path": "migrations/api" }, "words": { "path": "migrations/words" } },
              "defaultEnvironment": "local",
              "environments": {
                "local": { "database": "local.db" },
                "staging": { "databases": { "api": "s_api.db", "words": "s_words.db" } },
                "production": { "confirm": true, "stamp": "live", "backup": { "folder": "kept" },
                  "databases": { "api": "p_api.db", "words": "p_words.db" } } } }
            """
        );
    }

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Production_is_copied_to_staging_in_one_call_and_stays_staging()
    {
        string[] production = ["--environment", "production", "--service", "*", "--yes"];
        string[] staging = ["--environment", "staging", "--service", "*", "--yes"];
        await OutputAsync(["up", .. production]);
        await OutputAsync(["backup", .. production[..^1]]);
        await OutputAsync(["restore", "--latest", .. production]);
        await OutputAsync(["backup", .. production[..^1]]);
        await OutputAsync(["up", .. staging]);

        var copied = await OutputAsync(["restore", "--latest", "--source-environment", "production", .. staging]);

        Assert.Matches("(?s)s_api.db.*Stamp: staging.*s_words.db.*Stamp: staging.*2 of 2 services completed", copied);
        Assert.Contains("\"stamp\": \"staging\"", await SummaryAsync("staging", "api"), StringComparison.Ordinal);
        Assert.Contains("\"stamp\": \"live\"", await SummaryAsync("production", "words"), StringComparison.Ordinal);
        Assert.Contains("Stamp:      live", await OutputAsync(["status", "--summary", .. production[..^1]]), StringComparison.Ordinal);
        Assert.Contains(
            "stamped",
            await OutputAsync(["history", "--environment", "staging", "--service", "api"]),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("down", "--environment", "staging", "--database", "p_api.db", "--path", "migrations/api")]
    [InlineData("down", "--database", "p_api.db", "--path", "migrations/api")]
    [InlineData("reset", "--database", "p_api.db", "--path", "migrations/api")]
    [InlineData("down", "--what-if", "--database", "p_api.db", "--path", "migrations/api", "--environment", "local")]
    [InlineData("restore", "--latest", "--from", "kept", "--database", "p_api.db")]
    [InlineData("restore", "--latest", "--from", "kept", "--database", "p_api.db", "--what-if")]
    [InlineData("clear", "--database", "p_api.db", "--history-table", "other", "--include-others")]
    [InlineData("fresh", "--database", "p_api.db", "--path", "migrations/api", "--history-table", "other", "--include-others")]
    [InlineData("run", "--command", "DROP TABLE migration_journal", "--database", "p_api.db", "--history-table", "other")]
    [InlineData("init", "--stamp", "staging", "--environment", "staging", "--database", "p_api.db", "--path", "migrations/api")]
    [InlineData("prune", "kept", "--keep-last", "1")]
    [InlineData("prune", "kept", "--keep-last", "1", "--environment", "staging")]
    public async Task What_takes_away_needs_the_environment_of_the_stamp(params string[] call)
    {
        await StampedProductionAsync();
        string[] answers =
            call[0] is "prune" ? ["--yes"]
            : call[0] is "init" ? []
            : call[0] is "restore" ? ["--yes"]
            : ["--yes", "--accept-data-loss"];
        var result = await RunAsync([.. call, .. answers]);
        Assert.True(result.ExitCode == 1, result.ToString());
        Assert.Contains("error StampDiffers", result.Error, StringComparison.Ordinal);
        Assert.Contains("--environment production", result.Error, StringComparison.Ordinal);
        Assert.Contains(
            "Applied: 1",
            await OutputAsync(["status", "--environment", "production", "--service", "api"]),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(true, "--database", "s_api.db", "--path", "migrations/api")]
    [InlineData(false, "--database", "s_api.db", "--environment", "staging", "--service", "api")]
    [InlineData(false, "--environment", "staging", "--service", "api")]
    public async Task That_only_the_top_of_the_file_counts_is_said_to_who_asks_for_details(bool isSaid, params string[] call)
    {
        const string Remark = "only the settings at its top count";
        var result = await RunAsync(["status", "--verbose", .. call]);
        Assert.Equal((0, isSaid), (result.ExitCode, result.Error.Contains(Remark, StringComparison.Ordinal)));
        Assert.DoesNotContain(Remark, (await RunAsync(["status", .. call])).All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_stamp_of_production_is_replaced_only_with_a_yes()
    {
        await StampedProductionAsync();
        string[] call = ["init", "--database", "p_api.db", "--environment", "local", "--service", "api", "--stamp", "local", "--restamp"];
        var refused = await RunAsync(call);
        Assert.True(refused.ExitCode == 2, refused.ToString());
        Assert.Contains("error ConfirmationRequired", refused.Error, StringComparison.Ordinal);
        Assert.Contains("Replacing the stamp of the environment 'production'", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--yes", refused.Error, StringComparison.Ordinal);
        Assert.Contains("Would stamp it as 'local'", await OutputAsync([.. call, "--what-if"]), StringComparison.Ordinal);
        Assert.Contains("\"stamp\": \"live\"", await SummaryAsync("production", "api"), StringComparison.Ordinal);
        Assert.Contains("Stamped it as 'local'", await OutputAsync([.. call, "--yes"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_its_own_environment_everything_goes_on()
    {
        await StampedProductionAsync();
        string[] production = ["--environment", "production", "--service", "api", "--yes"];
        await OutputAsync(["prune", "--keep-last", "1", "--environment", "production", "--yes"]);
        await OutputAsync(["down", "--accept-data-loss", .. production]);
        await OutputAsync(["up", .. production]);
        Assert.Contains("p_api_", await OutputAsync(["backups", "--environment", "production"]), StringComparison.Ordinal);
        var none = await RunAsync(["backups", "--environment", "staging"]);
        Assert.Equal(2, none.ExitCode);
        Assert.Contains("No folder for backups is named", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_that_share_a_history_stop_until_its_rows_are_assigned()
    {
        await OutputAsync(["up", "--database", "local.db", "--path", "migrations/api"]);
        foreach (var command in new[] { "up", "down", "test", "repair", "reset" })
        {
            var stopped = await RunAsync([command, "--service", "api", "--yes"]);
            Assert.True(stopped.ExitCode == 1, stopped.ToString());
            Assert.Contains("error ServiceDiffers", stopped.Error, StringComparison.Ordinal);
            Assert.Contains("migrations repair --assign-service api", stopped.Error, StringComparison.Ordinal);
        }

        Assert.Contains("001_api", await OutputAsync(["repair", "--assign-service", "api", "--what-if"]), StringComparison.Ordinal);
        Assert.Contains("Assigned to 'api'", await OutputAsync(["repair", "--assign-service", "api", "--yes"]), StringComparison.Ordinal);
        Assert.Contains("Nothing to apply", await OutputAsync(["up", "--service", "api"]), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Applied 1", await OutputAsync(["up", "--service", "words"]), StringComparison.Ordinal);
        Assert.Contains(
            "\"service\": \"api\"",
            await OutputAsync(["history", "--service", "api", "--output", "json"]),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_service_with_its_own_database_goes_on_with_what_had_none()
    {
        await OutputAsync(["up", "--database", "s_api.db", "--path", "migrations/api"]);
        string[] staging = ["--environment", "staging", "--service", "api"];
        var result = await RunAsync(["up", .. staging]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("which has this database to itself", result.All, StringComparison.Ordinal);
        Assert.Contains("Applied: 1", await OutputAsync(["status", .. staging]), StringComparison.Ordinal);
        // Named by its path alone, what has been applied since would run again.
        _temporary.Write("migrations/api/002_more.sql", "CREATE TABLE IF NOT EXISTS more (id integer);");
        await OutputAsync(["up", .. staging]);
        var without = await RunAsync(["up", "--database", "s_api.db", "--path", "migrations/api"]);
        Assert.Contains("error ServiceDiffers", without.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migration_is_forgotten_when_nothing_of_it_is_left()
    {
        string[] staging = ["--environment", "staging", "--service", "api"];
        await OutputAsync(["up", .. staging]);
        var refused = await RunAsync(["repair", "--forget", "1", .. staging]);
        Assert.True(refused.ExitCode == 1, refused.ToString());
        Assert.Contains("error ForgetRefused", refused.Error, StringComparison.Ordinal);
        Assert.Contains("table api", refused.Error, StringComparison.Ordinal);
        var forgotten = await OutputAsync(["repair", "--forget", "1", "--skip-comparison", "--output", "json", .. staging]);
        Assert.Contains("\"repair\": \"Forgotten\"", forgotten, StringComparison.Ordinal);
        Assert.Contains("Pending: 1", await OutputAsync(["status", .. staging]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("repair", "--forget", "1", "--remove-missing")]
    [InlineData("repair", "--forget", "1", "--assign-service", "api")]
    [InlineData("repair", "1", "--forget", "1")]
    [InlineData("repair", "--skip-comparison")]
    [InlineData("restore", "x.db", "--source-environment", "production")]
    [InlineData("restore", "--latest", "--source-environment", "prodution", "--environment", "staging", "--service", "api", "--yes")]
    public async Task What_does_not_go_together_is_wrong_use(params string[] call) => Assert.Equal(2, (await RunAsync(call)).ExitCode);

    private async Task StampedProductionAsync()
    {
        string[] production = ["--environment", "production", "--service", "api"];
        await OutputAsync(["up", "--yes", .. production]);
        await OutputAsync(["backup", .. production]);
        await OutputAsync(["restore", "--latest", "--yes", .. production]);
        for (var i = 0; i < 2; i++)
            await OutputAsync(["backup", .. production]);
    }

    private Task<string> SummaryAsync(string environment, string service) =>
        OutputAsync(["status", "--summary", "--output", "json", "--environment", environment, "--service", service]);

    private async Task<string> OutputAsync(string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Output;
    }

    private Task<CliResult> RunAsync(string[] arguments) =>
        CliProcess.RunAsync(new CliCall { Arguments = arguments, WorkingFolder = _temporary.Path });
}
