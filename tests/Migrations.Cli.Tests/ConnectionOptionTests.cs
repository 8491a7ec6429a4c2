namespace Migrations.Cli.Tests;

/// <summary>The ways to say which database is meant and how long to wait for it, and <c>--quiet</c>.</summary>
public sealed class ConnectionOptionTests() : CliTests("SQLite")
{
    private string File => ((SqliteTestDatabase)Database).File;

    [Fact]
    public async Task A_file_names_the_database()
    {
        ThreeTables();
        var secret = Temporary.Write("database.txt", $"\n  sqlite:{File}  \r\n");
        var result = await CliProcess.RunAsync("up", "--path", Folder, "--database-file", secret);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("a", await Database.TablesAsync());
        var status = await RunAloneAsync(["status", "--path", Folder], ("DATABASE_URL_FILE", secret));
        Assert.Contains("Applied: 3", status.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("postgres://ann:s3cr3t@h/a\npostgres://ann:s3cr3t@h/b\n", "more than one line")]
    [InlineData(null, "Could not find")]
    public async Task A_file_that_names_none_is_wrong_use(string? text, string words)
    {
        var path = text is null ? Temporary["nowhere"] : Temporary.Write("database.txt", text);
        foreach (
            var result in new[]
            {
                await CliProcess.RunAsync("status", "--path", Folder, "--database-file", path),
                await RunAloneAsync(["status", "--path", Folder], ("DATABASE_URL_FILE", path)),
            }
        )
        {
            AssertError(result, ErrorId.UsageInvalid, 2, words);
            Assert.DoesNotContain("s3cr3t", result.All, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Two_ways_to_name_the_database_are_wrong_use()
    {
        var path = Temporary.Write("database.txt", "x.db");
        AssertError(
            await CliProcess.RunAsync("status", "-d", "y.db", "--database-file", path, "--path", Folder),
            ErrorId.UsageInvalid,
            2,
            "cannot be used together"
        );
        AssertError(
            await RunAloneAsync(["status", "--path", Folder], ("DATABASE_URL", "y.db"), ("DATABASE_URL_FILE", path)),
            ErrorId.UsageInvalid,
            2,
            "are both set"
        );
    }

    [Fact]
    public async Task An_environment_file_sets_what_is_not_set_and_only_when_asked_for()
    {
        ThreeTables();
        Temporary.Write(
            ".env",
            $"# settings\n\nexport MIGRATION_PATH='{Folder}'\nDATABASE_URL=\"sqlite:{File}\" # the shop\nDB_RETRY_ATTEMPTS=often\n"
        );
        AssertError(await RunAloneAsync(["status"]), ErrorId.UsageInvalid, 2, "No database was specified");
        var result = await RunAloneAsync(["up", "--env-file", ".env"], ("DB_RETRY_ATTEMPTS", "2"));
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("a", await Database.TablesAsync());
        AssertError(await RunAloneAsync(["status", "--env-file", ".env"]), ErrorId.UsageInvalid, 2, "DB_RETRY_ATTEMPTS");
    }

    [Theory]
    [InlineData("DATABASE_URL=a.db\ns3cr3t\n", "Line 2")]
    [InlineData("DATABASE_URL=\"s3cr3t\n", "Line 1")]
    [InlineData("DATABASE_URL='s3cr3t' s3cr3t\n", "Line 1")]
    [InlineData("1A=s3cr3t\n", "Line 1")]
    [InlineData("", "is empty")]
    public async Task An_environment_file_of_another_form_is_wrong_use(string text, string words)
    {
        Temporary.Write(".env", text);
        var result = await RunAloneAsync(["status", "--env-file", ".env"]);
        AssertError(result, ErrorId.UsageInvalid, 2, words);
        Assert.DoesNotContain("s3cr3t", result.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Waiting_for_a_server_that_does_not_come_up_ends_in_time_and_says_why_once()
    {
        ThreeTables();
        var result = await CliProcess.RunAsync("status", "-d", "postgres://ann@127.0.0.1:1/db", "--path", Folder, "--wait", "2s");
        AssertError(result, ErrorId.ConnectionFailed, 1, "127.0.0.1:1");
        Assert.Single(
            result.Error.Split('\n'),
            line => line.StartsWith("Waiting for postgres://ann@127.0.0.1:1/db: ", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Connecting_to_what_does_not_answer_ends_in_time()
    {
        ThreeTables();
        // It takes connections and never answers.
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port;
        var call = new CliCall
        {
            Arguments = ["status", "-d", $"postgres://ann@127.0.0.1:{port}/db", "--path", Folder, "--connect-timeout", "1s"],
            Timeout = TimeSpan.FromSeconds(12), // Without the option it takes 15 s.
        };
        AssertError(await CliProcess.RunAsync(call), ErrorId.ConnectionFailed, 1);
        var byVariable = call with
        {
            Arguments = call.Arguments.Take(5).ToList(),
            Environment = new Dictionary<string, string>(StringComparer.Ordinal) { ["PGCONNECT_TIMEOUT"] = "1" },
        };
        AssertError(await CliProcess.RunAsync(byVariable), ErrorId.ConnectionFailed, 1);
    }

    [Theory]
    [InlineData("up")]
    [InlineData("backup", "--destination", ".")]
    [InlineData("create", "more")]
    public async Task Quiet_says_nothing_of_what_went_well(params string[] arguments)
    {
        ThreeTables();
        if (arguments[0] == "backup")
            await OutputAsync("up");
        var result = await RunAsync([.. arguments, "--quiet"]);
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Equal("", result.All);
    }

    [Fact]
    public async Task Quiet_keeps_what_was_asked_for_and_what_went_wrong()
    {
        ThreeTables();
        await OutputAsync("up", "--first", "1");
        Assert.Contains("001_initial_schema", await OutputAsync("status", "--quiet"), StringComparison.Ordinal);
        Assert.Contains("CREATE TABLE b", await OutputAsync("up", "--what-if", "--quiet"), StringComparison.Ordinal);
        Migration("004_wrong", "SELECT nonsense;\n");
        var result = await RunAsync("up", "--quiet");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal("", result.Output);
        Assert.Contains("error StatementFailed", result.Error, StringComparison.Ordinal);
    }

    private Task<CliResult> RunAloneAsync(string[] arguments, params (string Name, string Value)[] variables) =>
        CliProcess.RunAsync(
            new CliCall
            {
                Arguments = arguments,
                WorkingFolder = Temporary.Path,
                Environment = variables.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal),
            }
        );
}
