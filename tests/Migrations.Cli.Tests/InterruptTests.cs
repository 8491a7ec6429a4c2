namespace Migrations.Cli.Tests;

/// <summary>Ctrl-C once, twice and three times.</summary>
public sealed class InterruptTests() : CliTests("PostgreSQL")
{
    // It takes the cancellation for an error of its own and goes on, and does not look whether its client is still there.
    private const string Stubborn = """
        SET client_connection_check_interval = 0;
        CREATE TABLE b (id integer);
        DO $$ BEGIN FOR i IN 1..8 LOOP BEGIN PERFORM pg_sleep(0.5); EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END $$;
        """;

    [Fact]
    public async Task A_second_one_says_what_is_waited_for_and_a_third_ends_the_process()
    {
        Prerequisite.Signals();
        Migration("001_stubborn", Stubborn);
        using var process = CliProcess.Start(Call("up"));
        await process.WaitForAsync("Applying 001_stubborn");
        await Task.Delay(300);
        process.Interrupt();
        await process.WaitForAsync("Cancelling: rolling back...");
        process.Interrupt();
        await process.WaitForAsync("Still rolling back.");
        process.Interrupt();
        var result = await process.WaitAsync(TimeSpan.FromSeconds(5));
        Assert.Equal(130, result.ExitCode);
        Assert.DoesNotContain("   at ", result.All, StringComparison.Ordinal);

        // The server goes on for a while, and commits or not; the next run waits for it, and does what is left to do.
        await OutputAsync("up");
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM migration_journal WHERE event = 'applied'"));
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM b"));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task A_request_to_end_and_a_terminal_that_is_gone_cancel_too(string signal)
    {
        Prerequisite.Signals();
        Migration("001_a", "CREATE TABLE a (id integer);");
        Migration("002_slow", "CREATE TABLE b (id integer);\n" + Slow.PostgreSql);
        using var process = CliProcess.Start(Call("up"));
        await process.WaitForAsync("Applying 002_slow");
        process.Interrupt(signal);
        var result = await process.WaitAsync(TimeSpan.FromSeconds(20));
        AssertError(result, ErrorId.Cancelled, 130, "002_slow", "rolled back", "Done before: 001_a");
        Assert.Equal(["a", "migration_journal"], await Database.TablesAsync());
    }

    [Fact]
    public async Task Twice_in_a_row_is_as_once()
    {
        Prerequisite.Signals();
        Migration("001_a", "CREATE TABLE a (id integer);");
        Migration("002_slow", "CREATE TABLE b (id integer);\n" + Slow.PostgreSql);
        using var process = CliProcess.Start(Call("up"));
        await process.WaitForAsync("Applying 002_slow");
        await Task.Delay(300);
        process.Interrupt();
        process.Interrupt();
        var result = await process.WaitAsync(TimeSpan.FromSeconds(20));
        AssertError(result, ErrorId.Cancelled, 130, "002_slow", "rolled back", "Done before: 001_a");
        Assert.Equal(["a", "migration_journal"], await Database.TablesAsync());
    }

    [Fact]
    public async Task The_databases_that_did_not_have_their_turn_are_named()
    {
        Prerequisite.Signals();
        Migration("001_slow", Slow.PostgreSql);
        await using var second = await PostgreSqlTestDatabase.CreateAsync();
        using var process = CliProcess.Start(
            Call("up", "--database", Database.Address, "--database", second.Address) with
            {
                Arguments = ["up", "--path", Folder, "--database", Database.Address, "--database", second.Address],
            }
        );
        await process.WaitForAsync("Applying 001_slow");
        await Task.Delay(300);
        process.Interrupt();
        var result = await process.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(130, result.ExitCode);
        Assert.Contains($"{second.Name} was processed", result.Error, StringComparison.Ordinal);
        Assert.Empty(await second.TablesAsync());
    }

    [Fact]
    public async Task One_that_comes_when_all_is_done_changes_nothing()
    {
        Prerequisite.Signals();
        Migration("001_a", "CREATE TABLE a (id integer);");
        var door = Temporary.Write("door", "");
        using var process = CliProcess.Start(
            Call("up", "--output", "json") with
            {
                // The newest runtime there is: that of these tests, whose assembly is loaded.
                Environment = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["DOTNET_STARTUP_HOOKS"] = typeof(StartupHook).Assembly.Location,
                    ["DOTNET_ROLL_FORWARD"] = "LatestMajor",
                    [StartupHook.Door] = door,
                },
            }
        );
        await process.WaitForAsync(StartupHook.Knock);
        process.Interrupt();
        process.Interrupt();
        process.Interrupt();
        File.Delete(door);
        var result = await process.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal((0, StartupHook.Knock), (result.ExitCode, result.Error.Trim()));
        Assert.Equal("Done", result.Json[0].GetProperty("outcome").GetString());
    }
}
