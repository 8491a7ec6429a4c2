using System.Xml.Linq;

namespace Migrations.Cli.Tests;

/// <summary>One fleet shared out over several calls, and their results put together.</summary>
public sealed class ShardTests : IDisposable
{
    private const int Tenants = 7;
    private readonly TemporaryFolder _folder = new();

    public ShardTests()
    {
        _folder.Write("migrations/001_a.sql", "CREATE TABLE a (id integer);\n");
        Directory.CreateDirectory(_folder["tenants"]);
        for (var i = 1; i <= Tenants; i++)
            File.WriteAllBytes(_folder[$"tenants/{i}.db"], []);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Shards_do_all_together_and_their_results_say_so()
    {
        for (var shard = 1; shard <= 3; shard++)
        {
            var result = await RunAsync(
                "up",
                "--databases",
                "tenants/*.db",
                "--shard",
                $"{shard}/3",
                "--result-file",
                $"results/{shard}.json"
            );
            Assert.True(result.ExitCode == 0, result.ToString());
            Assert.Contains($"Shard {shard}/3, ", result.Output, StringComparison.Ordinal);
        }

        var merged = await RunAsync("merge-results", "results", "--report", "report.xml");
        Assert.True(merged.ExitCode == 0, merged.ToString());
        Assert.EndsWith("7 of 7 databases completed in 3 shards.", merged.Output.TrimEnd(), StringComparison.Ordinal);
        for (var i = 1; i <= Tenants; i++)
        {
            await using var database = new SqliteTestDatabase(_folder[$"tenants/{i}.db"]);
            Assert.Contains("a", await database.TablesAsync());
        }

        var report = XDocument.Load(_folder["report.xml"]);
        Assert.Equal(["up 1/3", "up 2/3", "up 3/3"], report.Descendants("testsuite").Select(s => s.Attribute("name")!.Value));
        Assert.Equal(Tenants, report.Descendants("testcase").Count());
        var json = await RunAsync("merge-results", "results", "--output", "json");
        Assert.All(json.Json.EnumerateArray(), row => Assert.Equal("Completed", row.GetProperty("state").GetString()));
    }

    [Fact]
    public async Task A_failure_and_a_lost_shard_are_found_and_the_shard_runs_again()
    {
        await using (var broken = new SqliteTestDatabase(_folder["tenants/4.db"]))
            await broken.ExecuteAsync("CREATE TABLE a (id integer)");
        var failed = await RunAsync("up", "--databases", "tenants/*.db", "--result-file", "results/all.json", "--throttle-limit", "3");
        Assert.Equal(1, failed.ExitCode);
        var merged = await RunAsync("merge-results", "results/all.json", "--output", "json", "--report", "report.xml");
        Assert.Equal(1, merged.ExitCode);
        Assert.Contains("\"id\":\"ResultsIncomplete\"", merged.Error, StringComparison.Ordinal);
        var row = Assert.Single(merged.Json.EnumerateArray(), r => r.GetProperty("state").GetString() == "Failed");
        Assert.Equal(_folder["tenants/4.db"], row.GetProperty("database").GetString());
        Assert.Equal("StatementFailed", row.GetProperty("error").GetString());
        Assert.Single(XDocument.Load(_folder["report.xml"]).Descendants("failure"));

        await RunAsync("status", "--databases", "tenants/*.db", "--shard", "1/2", "--result-file", "status/1.json");
        var lost = await RunAsync("merge-results", "status");
        Assert.Equal(1, lost.ExitCode);
        Assert.Contains("The result of the shard 2/2 is missing.", lost.Error, StringComparison.Ordinal);
        await RunAsync("status", "--databases", "tenants/*.db", "--shard", "2/2", "--result-file", "status/2.json");
        Assert.Equal(0, (await RunAsync("merge-results", "status")).ExitCode);
    }

    [Theory]
    [InlineData("tenants/2.db", "up", "--databases", "tenants/*.db", "--result-file", "tenants/2.db")]
    [InlineData("tenants/2.db", "up", "--database", "tenants/2.db", "--schema-file", "tenants/2.db")]
    [InlineData("tenants/2.db", "up", "--database", "tenants/1.db", "--schema-file", "tenants/2.db")]
    [InlineData("tenants/2.db", "check", "--database", "tenants/1.db", "--report", "tenants/2.db")]
    [InlineData("tenants/2.db", "lint", "--engine", "sqlite", "--sarif", "tenants/2.db")]
    [InlineData("tenants/2.db", "merge-results", "all.json", "--report", "tenants/2.db")]
    [InlineData("migrations/001_a.sql", "up", "--databases", "tenants/*.db", "--result-file", "migrations/001_a.sql")]
    public async Task No_report_is_written_over_something_else(string file, params string[] arguments)
    {
        await RunAsync("up", "--databases", "tenants/*.db", "--result-file", "all.json");
        var before = await File.ReadAllBytesAsync(_folder[file], TestContext.Current.CancellationToken);
        var result = await RunAsync(arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains("that is another file, which would be lost.", result.Error, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(_folder[file], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_call_that_is_killed_leaves_no_result_of_an_earlier_one()
    {
        string[] call = ["up", "--databases", "tenants/*.db", "--result-file", "results/1.json"];
        Assert.Equal(0, (await RunAsync(call)).ExitCode);
        _folder.Write(
            "migrations/002_slow.sql",
            "WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s) INSERT INTO a SELECT max(n) FROM s;\n"
        );
        using (var killed = CliProcess.Start(new CliCall { Arguments = [.. call], WorkingFolder = _folder.Path }))
        {
            await killed.WaitForAsync("Applying 002_slow");
            killed.Kill();
        }

        var merged = await RunAsync("merge-results", "results");
        Assert.Equal(1, merged.ExitCode);
        Assert.Contains("There is no result to merge.", merged.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'0/8' is no shard", "up", "--databases", "tenants/*.db", "--shard", "0/8")]
    [InlineData("No build service names a shard", "up", "--databases", "tenants/*.db", "--shard", "auto")]
    [InlineData("is no result of a call on many databases", "merge-results", "migrations/001_a.sql")]
    [InlineData("is no result of a call on many databases", "merge-results", "nowhere.json")]
    [InlineData("There is no result to merge.", "merge-results", "tenants")]
    public async Task What_cannot_be_a_shard_or_a_result_is_refused(string message, params string[] arguments)
    {
        var result = await RunAsync(arguments);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
        await using var database = new SqliteTestDatabase(_folder["tenants/1.db"]);
        Assert.Empty(await database.TablesAsync());
    }

    private Task<CliResult> RunAsync(params string[] arguments) =>
        CliProcess.RunAsync(new CliCall { Arguments = [.. arguments], WorkingFolder = _folder.Path });
}
