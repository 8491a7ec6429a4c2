namespace Migrations.Cli.Tests;

/// <summary>The command for a role that owns its database and may create no other: what needs a scratch database finds one.</summary>
public sealed class OwnerTests() : CliTests("PostgreSQL")
{
    [Fact]
    public async Task Rehearsal_drift_and_comparison_need_no_right_to_create_databases()
    {
        await using var owner = await PostgreSqlRole.OwnerOfAsync((PostgreSqlTestDatabase)Database);
        ThreeTables();
        var rehearsed = await RunAsync(owner, "test");
        Assert.Equal((0, true), (rehearsed.ExitCode, rehearsed.Output.Contains("3 good, 0 not", StringComparison.Ordinal)));
        Assert.Equal(0, (await RunAsync(owner, "up")).ExitCode);
        Assert.Equal(0, (await RunAsync(owner, "check", "--category", "drift", "--category", "schema")).ExitCode);
        Assert.Equal(0, (await RunAsync(owner, "diff", Folder, owner.Address)).ExitCode);
        await Database.ExecuteAsync("DROP INDEX a_id");

        var drift = await RunAsync(owner, "check", "--category", "drift");
        var compared = await RunAsync(owner, "diff", Folder, owner.Address, "--scratch-database", Database.Address, "--output", "json");

        Assert.Equal(4, drift.ExitCode);
        Assert.Matches(@"FAIL\s+drift: The index \S*a_id is missing\.", drift.Output);
        Assert.Equal(4, compared.ExitCode);
        Assert.Equal("public.a_id", Assert.Single(compared.Json.EnumerateArray()).GetProperty("name").GetString());
    }

    private async Task<CliResult> RunAsync(PostgreSqlRole owner, params string[] arguments)
    {
        var result = await CliProcess.RunAsync(
            new CliCall { Arguments = [.. arguments, "--database", owner.Address, "--path", Folder], WorkingFolder = Temporary.Path }
        );
        Assert.All(PostgreSqlRole.Secrets, secret => Assert.DoesNotContain(secret, result.All, StringComparison.Ordinal));
        AssertSilent(result);
        return result;
    }
}
