namespace Migrations.Cli.Tests;

/// <summary>The configuration file in the command: services, environments, and which database is meant.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _temporary = new();

    public ConfigurationTests()
    {
        Service("api", "CREATE TABLE a (id integer);");
        Service("scores", "CREATE TABLE s (id integer);");
        Service("words", "CREATE TABLE w (id integer);");
        Configure("");
    }

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task All_services_are_worked_on_in_order_and_undone_in_reverse()
    {
        var up = await OutputAsync(["up", "--service", "*"]);
        Assert.Matches("(?s)api.db.*scores.db.*words.db.*3 of 3 services completed", up);
        Assert.Contains("Applied: 1", await OutputAsync(["status", "--service", "scores"]), StringComparison.Ordinal);
        var down = await OutputAsync(["reset", "--service", "api,scores", "--yes"]);
        Assert.Matches("(?s)scores.db.*api.db.*2 of 2 services completed", down);
        Assert.Contains("Pending: 1", await OutputAsync(["status", "--service", "api"]), StringComparison.Ordinal);
        Assert.Contains("Applied: 1", await OutputAsync(["status", "--service", "words"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failure_stops_the_services_that_depend_on_it_and_no_others()
    {
        Service("api", "CREATE TABLE nonsense;");
        var result = await RunAsync(["up", "--service", "*", "--output", "json"]);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("\"id\":\"ServiceSkipped\"", result.Error, StringComparison.Ordinal);
        Assert.Contains("\"service\": \"words\"", result.Output, StringComparison.Ordinal);
        Assert.False(File.Exists(_temporary["scores.db"]));
        Assert.Contains("Applied: 1", await OutputAsync(["status", "--service", "words"]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("down")]
    [InlineData("reset")]
    [InlineData("repair")]
    [InlineData("baseline", "1")]
    [InlineData("restore", "x.db")]
    public async Task What_changes_production_is_confirmed_by_its_name(params string[] command)
    {
        var result = await RunAsync([.. command, "--environment", "production", "--service", "api"], ("API_URL", "p.db"));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("error ConfirmationRequired", result.Error, StringComparison.Ordinal);
        Assert.Contains("in the environment 'production' on api", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_temporary["p.db"]));
    }

    [Fact]
    public async Task An_answer_lets_production_run_and_looking_needs_none()
    {
        string[] production = ["--environment", "production", "--service", "api"];
        Assert.Contains("Applied 1", await OutputAsync(["up", "--yes", .. production], ("API_URL", "p.db")), StringComparison.Ordinal);
        Assert.Contains("Applied: 1", await OutputAsync(["status", .. production], ("API_URL", "p.db")), StringComparison.Ordinal);
        Assert.Contains(
            "DROP TABLE",
            await OutputAsync(["down", "--what-if", .. production], ("API_URL", "p.db")),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("UsageInvalid", "DATABASE_URL names", "DATABASE_URL", "other.db", "status", "--service", "api")]
    [InlineData("UsageInvalid", "Did you mean 'production'?", "API_URL", "p.db", "status", "--environment", "prodution")]
    [InlineData("UsageInvalid", "Did you mean 'scores'?", "API_URL", "p.db", "status", "--service", "score")]
    [InlineData("UsageInvalid", "No service is named", "API_URL", "p.db", "up")]
    [InlineData("ConfigurationInvalid", "API_URL is not set", "X", "x", "up", "--environment", "production", "--service", "api")]
    [InlineData("ConfigurationMissing", "does not exist", "X", "x", "status", "--config", "nowhere.json")]
    [InlineData("ConfigurationMissing", "does not exist", "MIGRATIONS_CONFIG", "nowhere.json", "status")]
    [InlineData("ConfigurationInvalid", "module only", "API_URL", "p.db", "up", "--environment", "production", "--service", "scores")]
    public async Task What_is_not_clear_is_wrong_use(string id, string words, string name, string value, params string[] arguments)
    {
        var result = await RunAsync(arguments, (name, value));
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("error " + id, result.Error, StringComparison.Ordinal);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
        Assert.Contains("  Next: ", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_of_the_file_are_in_force_and_options_win()
    {
        Configure(
            "\"historyTable\": \"of_file\", \"transactionMode\": \"all\", \"backup\": { \"folder\": \"kept\", \"beforeRun\": true },"
        );
        Directory.CreateDirectory(_temporary["kept"]);
        Assert.Contains("Backup: " + _temporary["kept"], await OutputAsync(["up", "--service", "api"]), StringComparison.Ordinal);
        Assert.Contains("Applied: 1", await OutputAsync(["status", "--service", "api"]), StringComparison.Ordinal);
        var other = await OutputAsync(["status", "--service", "api", "--history-table", "other"]);
        Assert.Contains("Applied: 0", other, StringComparison.Ordinal);
        Assert.Contains("api_", await OutputAsync(["backup", "--service", "api"]), StringComparison.Ordinal);
        _temporary.Write("migrations/api/002_more.sql", "CREATE TABLE more (id integer);");
        // The newest backup is looked for where the configuration keeps them.
        foreach (
            var call in (string[][])
                [
                    ["check", "--category", "backup"],
                    ["test", "--checklist"],
                ]
        )
            Assert.Contains(
                $" in '{_temporary["kept"]}' is proven",
                (await RunAsync([.. call, "--service", "api", "--output", "json"])).Output,
                StringComparison.Ordinal
            );
    }

    [Fact]
    public async Task A_call_that_names_its_database_means_what_it_meant_before()
    {
        string[] given = ["--database", "x.db", "--path", "migrations/api"];
        await OutputAsync(["up", .. given]);
        await OutputAsync(["up", "--service", "free", "--database", "x.db", "--path", "migrations/words"]);
        var history = await OutputAsync(["history", "--output", "json", "--database", "x.db"]);
        Assert.Contains("\"service\": null", history, StringComparison.Ordinal);
        Assert.Contains("\"service\": \"free\"", history, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_in_force_is_listed_without_secrets()
    {
        _temporary.Write("secret", "postgres://ann:s3cr3t@host/db");
        Configure("", "\"words\": \"${file:secret}\"");
        var result = await RunAsync(["config", "--environment", "production"], ("API_URL", "postgres://ann:s3cr3t@host/a"));
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.DoesNotContain("s3cr3t", result.All, StringComparison.Ordinal);
        Assert.Contains("postgres://ann@host", result.Output, StringComparison.Ordinal);
        Assert.Contains("command line", result.Output, StringComparison.Ordinal);
        Assert.Matches("confirm +true +.migrations.json:1:", result.Output);
        var failed = await RunAsync(["status", "--environment", "production", "--service", "words", "--verbose"]);
        Assert.DoesNotContain("s3cr3t", failed.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scripts_take_variables_of_the_file_and_of_the_call()
    {
        _temporary.Write("key", "s3cr3t");
        Service("api", "-- Variables: quoted\nCREATE TABLE a (v text);\nINSERT INTO a VALUES ('${word} ${key}');");
        Configure("\"variables\": { \"word\": \"of the file\", \"key\": \"${file:key}\", \"way\": \"in ${PATH}\" },");
        var shown = await OutputAsync(["up", "--service", "api", "--what-if", "--variable", "word=it's"]);
        Assert.Contains("VALUES ('it''s ***')", shown, StringComparison.Ordinal);
        var json = await OutputAsync(["up", "--service", "api", "--what-if", "--output", "json"]);
        Assert.Contains("of the file ***", json, StringComparison.Ordinal);
        Assert.Contains("Applied 1", await OutputAsync(["up", "--service", "api"]), StringComparison.Ordinal);
        Assert.Contains("Applied: 1", await OutputAsync(["status", "--service", "api"]), StringComparison.Ordinal);
        var listed = await OutputAsync(["config"]);
        Assert.Matches(@"variables.word +of the file +.migrations.json:1:\d+", listed);
        Assert.Matches(@"variables.key +\*\*\* ", listed);
        Assert.Matches(@"variables.way +in \*\*\* ", listed);
    }

    [Theory]
    [InlineData(
        1,
        "FolderInvalid",
        "001_first.sql:1:14: The variable 'nam' is not defined. Did you mean 'name'?",
        "up",
        "--variable",
        "name=x"
    )]
    [InlineData(2, "UsageInvalid", "Invalid variable 'name'", "up", "--variable", "name")]
    [InlineData(2, "UsageInvalid", "Invalid variable 'a-b'", "up", "--variable", "a-b=x")]
    [InlineData(2, "UsageInvalid", "gives 'a' twice", "up", "--variable", "a=x", "--variable", "a=y")]
    [InlineData(2, "UsageInvalid", "does not apply to 'history'", "history", "--variable", "a=x")]
    [InlineData(2, "UsageInvalid", "Add --checklist", "test", "--max-duration", "10s")]
    public async Task A_variable_that_is_wrong_is_said(int exitCode, string id, string words, params string[] arguments)
    {
        Service("api", "CREATE TABLE ${nam} (v text);");
        var result = await RunAsync([.. arguments, "--service", "api"]);
        Assert.True(result.ExitCode == exitCode, result.ToString());
        Assert.Contains("error " + id, result.Error, StringComparison.Ordinal);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_schema_file_of_a_service_is_kept()
    {
        Configure("");
        var file = _temporary["migrations.json"];
        var text = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(
            file,
            text.Replace(
                "\"path\": \"migrations/api\"",
                "\"path\": \"migrations/api\", \"schemaFile\": \"api.sql\"",
                StringComparison.Ordinal
            )
        );
        await OutputAsync(["up", "--service", "*"]);
        Assert.Contains("CREATE TABLE a", await File.ReadAllTextAsync(_temporary["api.sql"]), StringComparison.Ordinal);
        Assert.Matches("schemaFile +" + _temporary["api.sql"], await OutputAsync(["config"]));
    }

    [Fact]
    public async Task A_new_file_is_one_that_works_and_is_never_overwritten()
    {
        using var empty = new TemporaryFolder();
        var created = await RunAsync(empty, ["config", "--new"]);
        Assert.True(created.ExitCode == 0, created.ToString());
        empty.Write("migrations/001_a.sql", "CREATE TABLE a (id integer);");
        Assert.Contains("Applied 1", (await RunAsync(empty, ["up"])).Output, StringComparison.Ordinal);
        Assert.True(File.Exists(empty["local.db"]));
        Assert.Equal(2, (await RunAsync(empty, ["config", "--new"])).ExitCode);
    }

    [Fact]
    public async Task Names_of_the_file_are_completed()
    {
        Assert.Equal("local\nproduction\n", await OutputAsync(["complete", "--", "status", "--environment", ""]));
        Assert.Equal("scores\n", await OutputAsync(["complete", "--", "status", "--service", "sc"]));
    }

    [Fact]
    public async Task A_migration_is_created_in_the_folder_of_its_service()
    {
        Assert.Contains("migrations/words/002_more", await OutputAsync(["create", "more", "--service", "words"]), StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync(["create", "more"])).ExitCode);
    }

    private void Configure(string settings, string production = "\"words\": \"w.db\"") =>
        _temporary.Write(
            "migrations.json",
            "{ "
                + settings
                + "\"defaultEnvironment\": \"local\", \"services\": { \"scores\": { \"path\": \"migrations/scores\", "
                + "\"dependsOn\": [\"api\"] }, "
                + "\"api\": { \"path\": \"migrations/api\" }, \"words\": { \"path\": \"migrations/words\" } }, \"environments\": { "
                + "\"local\": { \"databases\": { \"api\": \"api.db\", \"scores\": \"scores.db\", \"words\": \"words.db\" } }, "
                + "\"production\": { \"confirm\": true, \"databases\": { \"api\": \"${API_URL}\", \"scores\": \"${secret:v/n}\", "
                + production
                + " } } } }"
        );

    private void Service(string name, string up)
    {
        _temporary.Write($"migrations/{name}/001_first.sql", up);
        _temporary.Write($"migrations/{name}/001_first.down.sql", $"DROP TABLE {name[0]};");
    }

    private async Task<string> OutputAsync(string[] arguments, params (string Name, string Value)[] variables)
    {
        var result = await RunAsync(arguments, variables);
        Assert.True(result.ExitCode == 0, result.ToString());
        return result.Output;
    }

    private Task<CliResult> RunAsync(string[] arguments, params (string Name, string Value)[] variables) =>
        RunAsync(_temporary, arguments, variables);

    private static Task<CliResult> RunAsync(TemporaryFolder folder, string[] arguments, params (string Name, string Value)[] variables) =>
        CliProcess.RunAsync(
            new CliCall
            {
                Arguments = arguments,
                WorkingFolder = folder.Path,
                Environment = variables.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal),
            }
        );
}
