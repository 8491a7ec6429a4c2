namespace Migrations.Cli.Tests;

/// <summary><c>script</c>: a run as a script for the database's own client.</summary>
public abstract class ScriptCommandConformance(string engine) : CliTests(engine)
{
    private string Client => Engine == "SQLite" ? "sqlite3" : "psql";

    private void Migrations()
    {
        Migration("001_a", "CREATE TABLE a (id integer);", "DROP TABLE a;");
        Migration("002_b", "CREATE TABLE b (id integer);", "DROP TABLE b;");
    }

    private async Task ClientRunsAsync(string script)
    {
        var (code, output) = await ClientShell.RunAsync(Database, script);
        Assert.True(code == 0, output);
    }

    [Fact]
    public async Task The_script_goes_to_standard_output_as_it_is_and_the_client_runs_it()
    {
        Migrations();
        var script = await OutputAsync("script", "--target", "001");
        Assert.Empty(await Database.TablesAsync());
        await ClientRunsAsync(script);
        Assert.Contains("Total: 2 | Applied: 1 | Pending: 1", await OutputAsync("status"), StringComparison.Ordinal);
        await ClientRunsAsync(await OutputAsync("script", "--for", Client));
        Assert.Contains("Total: 2 | Applied: 2 | Pending: 0", await OutputAsync("status"), StringComparison.Ordinal);
        await ClientRunsAsync(await OutputAsync("script", "--down", "--last", "2"));
        Assert.Contains("Total: 2 | Applied: 0 | Pending: 2", await OutputAsync("status"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_is_replaced_only_on_request()
    {
        Migrations();
        var file = Path.Combine(Folder, "..", "release.sql");
        Assert.Contains(
            $"applies 2 migrations with {Client}",
            await OutputAsync("script", "--output-file", file),
            StringComparison.Ordinal
        );
        var again = await RunAsync("script", "--output-file", file);
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("--force", again.Error, StringComparison.Ordinal);
        var json = (await RunAsync("script", "--output-file", file, "--force", "--first", "1", "--output", "json")).Json[0];
        Assert.Equal((Client, "Up"), (json.GetProperty("client").GetString(), json.GetProperty("direction").GetString()));
        Assert.Equal("001_a", Assert.Single(json.GetProperty("migrations").EnumerateArray()).GetString());
        Assert.EndsWith("release.sql", json.GetProperty("file").GetString(), StringComparison.Ordinal);
        json = (await RunAsync("script", "--output", "json")).Json[0];
        Assert.Contains("CREATE TABLE b", json.GetProperty("text").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--to 001", "--to needs --down.")]
    [InlineData("--down --target 001", "--target applies to 'up', not with --down.")]
    [InlineData("--down --all --last 1", "Use only one of --to, --last and --all.")]
    [InlineData("--for mysql", "Expected one of psql, sqlite3, d1, plain.")]
    public async Task What_does_not_go_together_is_refused(string options, string words)
    {
        Migrations();
        var result = await RunAsync(["script", .. options.Split(' ')]);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(words, result.Error, StringComparison.Ordinal);
    }
}

public sealed class SqliteScriptCommandTests() : ScriptCommandConformance("SQLite");

public sealed class PostgreSqlScriptCommandTests() : ScriptCommandConformance("PostgreSQL");
