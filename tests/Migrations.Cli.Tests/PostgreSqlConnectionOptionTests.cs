namespace Migrations.Cli.Tests;

/// <summary>libpq's variables in place of a database, and a server that comes up while it is waited for.</summary>
public sealed class PostgreSqlConnectionOptionTests() : CliTests("PostgreSQL")
{
    [Fact]
    public async Task Variables_of_libpq_name_the_database()
    {
        ThreeTables();
        var result = await AloneAsync();
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("a", await Database.TablesAsync());
        Assert.Contains("Applied 3 migrations to postgres://", result.Output, StringComparison.Ordinal);
        AssertSilent(result);
    }

    [Fact]
    public async Task Encryption_that_a_variable_demands_is_not_left_out()
    {
        ThreeTables();
        var result = await AloneAsync(("PGSSLMODE", "require"));
        AssertError(result, ErrorId.ConnectionFailed, 1, "SSL");
        Assert.Empty(await Database.TablesAsync());
        AssertError(await AloneAsync(("PGSSLMODE", "sometimes")), ErrorId.TargetInvalid, 2, "sslmode");
    }

    [Fact]
    public async Task A_server_that_comes_up_is_waited_for()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The tests start no PostgreSQL server on Windows.");
        ThreeTables();
        using var server = PostgreSqlServer.Start();
        await server.ExecuteAsync("CREATE DATABASE shop");
        if (!OperatingSystem.IsWindows())
            server.StopImmediately();
        using var process = CliProcess.Start(
            new CliCall { Arguments = ["up", "-d", server.UrlOf("shop"), "--path", Folder, "--wait", "60s"] }
        );
        await process.WaitForAsync("Waiting for ");
        if (!OperatingSystem.IsWindows())
            server.StartAgain();
        var result = await process.WaitAsync();
        Assert.True(result.ExitCode == 0, result.ToString());
        Assert.Contains("Applied 3 migrations", result.Output, StringComparison.Ordinal);
    }

    private async Task<CliResult> AloneAsync(params (string Name, string Value)[] more)
    {
        var url = new Uri(Database.Address);
        var user = url.UserInfo.Split(':').Select(Uri.UnescapeDataString).ToList();
        var variables = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["PGHOST"] = url.Host,
            ["PGPORT"] = $"{url.Port}",
            ["PGUSER"] = user[0],
            ["PGPASSWORD"] = user.Count > 1 ? user[1] : "",
            ["PGDATABASE"] = Uri.UnescapeDataString(url.AbsolutePath[1..]),
        };
        foreach (var (name, value) in more)
            variables[name] = value;
        return await CliProcess.RunAsync(new CliCall { Arguments = ["up", "--path", Folder], Environment = variables });
    }
}
