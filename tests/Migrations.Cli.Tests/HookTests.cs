namespace Migrations.Cli.Tests;

/// <summary>Hooks as the command shows them and leaves them out.</summary>
public abstract class HookConformance(string engine) : CliTests(engine)
{
    private void HookFolder(string hooks = "migrations/hooks")
    {
        Temporary.Write("migrations/001_a.sql", "CREATE TABLE a (id integer);");
        Temporary.Write("migrations/001_a_rollback.sql", "DROP TABLE a;");
        Temporary.Write(hooks + "/before-run.sql", "CREATE TABLE IF NOT EXISTS log (run text);");
        Temporary.Write(hooks + "/after-each.sql", "INSERT INTO log VALUES ('${run_id}');");
        Temporary.Write(hooks + "/before-undo.sql", "DELETE FROM log;");
    }

    [Fact]
    public async Task What_if_names_them_and_a_result_has_those_that_ran()
    {
        HookFolder();
        var shown = await OutputAsync("up", "--what-if");
        Assert.Contains("Would run hooks/before-run.sql before the first migration (", shown, StringComparison.Ordinal);
        Assert.Contains("Would run hooks/after-each.sql after each migration (", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("before-undo", shown, StringComparison.Ordinal);
        Assert.Equal("hooks/before-run.sql hooks/after-each.sql", HooksOf(await RunAsync("up", "--what-if", "--output", "json")));
        Assert.Empty(await Database.TablesAsync());

        var up = await RunAsync("up", "--output", "json");
        Assert.Equal("hooks/before-run.sql hooks/after-each.sql", HooksOf(up));
        await FailsAsync(ErrorId.DataLossRefused, 1, ["hooks/before-undo.sql empties table", "(1 row)"], "down");
        var planned = (await RunAsync("down", "--what-if", "--output", "json")).Json[0];
        Assert.Contains("log", planned.GetProperty("losses").ToString(), StringComparison.Ordinal);
        var down = await RunAsync("down", "--accept-data-loss", "--verbose");
        Assert.Contains("Ran hooks/before-undo.sql for 001_a in ", down.Error, StringComparison.Ordinal);
        var history = await OutputAsync("history");
        Assert.Contains("hooks/before-undo.sql", history, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_leaves_them_out_and_says_so()
    {
        HookFolder();
        Assert.Contains(
            "Hooks left out (--no-hooks): before-run.sql, after-each.sql.",
            await OutputAsync("up", "--no-hooks"),
            StringComparison.Ordinal
        );
        var down = (await RunAsync("down", "--no-hooks", "--output", "json")).Json[0];
        Assert.Equal(3, down.GetProperty("hooksSkipped").GetArrayLength());
        Assert.Equal(0, down.GetProperty("hooks").GetArrayLength());
        Assert.DoesNotContain("log", await Database.TablesAsync());
    }

    [Fact]
    public async Task The_configuration_names_another_folder()
    {
        HookFolder("db/of-all");
        Temporary.Write("migrations.json", """{ "hooks": "db/of-all" }""");
        await OutputAsync("up");
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM log"));
        Assert.Matches("hooks +" + Temporary["db/of-all"], await OutputAsync("config"));
    }

    [Fact]
    public async Task A_file_that_is_no_hook_stops_a_run_and_no_status()
    {
        HookFolder();
        Temporary.Write("migrations/hooks/after_run.sql", "SELECT 1;");
        await FailsAsync(ErrorId.FolderInvalid, 1, ["'after_run.sql' is not the name of a hook.", "Did you mean 'after-run.sql'?"], "up");
        await OutputAsync("status");
        Assert.Empty(await Database.TablesAsync());
    }

    [Fact]
    public async Task One_in_PowerShell_is_for_the_module()
    {
        HookFolder();
        Temporary.Write("migrations/hooks/after-run.ps1", "'done'");
        string[] says = ["hooks/after-run.ps1 is written in PowerShell, which only the module runs", "--no-hooks"];
        await FailsAsync(ErrorId.CodeNeedsModule, 1, says, "up");
        await FailsAsync(ErrorId.CodeNeedsModule, 1, says, "up", "--what-if");
        Assert.Empty(await Database.TablesAsync());
        await OutputAsync("status");
        await OutputAsync("up", "--no-hooks");
        await FailsAsync(ErrorId.CodeNeedsModule, 1, says, "down");
        await OutputAsync("down", "--no-hooks");
    }

    private static string HooksOf(CliResult call) =>
        string.Join(' ', call.Json[0].GetProperty("hooks").EnumerateArray().Select(h => h.GetString()));
}

public sealed class SqliteHookTests() : HookConformance("SQLite");

public sealed class PostgreSqlHookTests() : HookConformance("PostgreSQL");
