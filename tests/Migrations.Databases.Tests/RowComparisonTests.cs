using Migrations.Sqlite;
using Migrations.Testing;
using Migrations.Transfer;

namespace Migrations.Databases.Tests;

/// <summary>Compares rows, and finds those that differ by their keys; copies and compares by the command.</summary>
public sealed class RowComparisonTests : CopyTestBase
{
    [Fact]
    public async Task A_change_after_the_copy_is_found_by_table_and_key()
    {
        await FillAsync(
            """
            CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b REAL); INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 2), (3, 'c', 3);
            CREATE TABLE w (x TEXT, y INT, z TEXT, PRIMARY KEY (x, y)) WITHOUT ROWID; INSERT INTO w VALUES ('p', 1, 'q');
            CREATE TABLE k (a TEXT); INSERT INTO k VALUES ('same'), ('same'); CREATE TABLE gone (a);
            """
        );
        await CopyAsync();
        await Target.ExecuteAsync(
            """
            UPDATE t SET b = 2.5 WHERE id = 2; DELETE FROM t WHERE id = 3; INSERT INTO t VALUES (9, 'z', 0);
            UPDATE w SET z = 'r'; INSERT INTO k VALUES ('same'); DROP TABLE gone; CREATE TABLE extra (a int); ALTER TABLE w ADD more int;
            """
        );
        var found = (await CompareAsync()).ToDictionary(c => c.Table, StringComparer.Ordinal);
        Assert.Equal(
            ["Added id 9 ", "Changed id 2 b", "Removed id 3 "],
            found["t"].Differences.Select(d => $"{d.Kind} {d.Key} {string.Join(',', d.Columns)}").Order(StringComparer.Ordinal)
        );
        Assert.Equal("x 'p', y 1", Assert.Single(found["w"].Differences).Key);
        Assert.Equal(["more"], found["w"].RightColumns);
        Assert.Equal("a 'same'", Assert.Single(found["k"].Differences).Key);
        Assert.Equal((2L, 3L), (found["k"].LeftRows, found["k"].RightRows));
        Assert.Equal((0L, null), (found["gone"].LeftRows, found["gone"].RightRows));
        Assert.Equal((null, 0L), (found["extra"].LeftRows, found["extra"].RightRows));
        Assert.All(found.Values, f => Assert.False(f.Equal));
    }

    [Fact]
    public async Task Two_files_are_compared_by_what_they_store()
    {
        await FillAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES (1, 1), (2, 2);");
        await using var other = new SqliteTestDatabase();
        await other.ExecuteAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, a); INSERT INTO t VALUES (1, '1'), (2, 2);");
        var driver = new SqliteDriver();
        var found = await new DataComparison(
            (driver, driver.Parse(Source.Address, "/")!),
            (driver, driver.Parse(other.Address, "/")!),
            new CompareRequest()
        ).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal("id 1", Assert.Single(Assert.Single(found).Differences).Key);
    }

    [Fact]
    public async Task The_command_shows_the_plan_copies_and_compares()
    {
        await FillAsync(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO t VALUES (1, 'x'); CREATE VIEW v AS SELECT rowid FROM t;"
        );
        var plan = await CliProcess.RunAsync("copy", Source.Address, Target.Address, "--what-if");
        Assert.Equal(0, plan.ExitCode);
        Assert.Contains("CREATE TABLE \"public\".\"t\"", plan.Output, StringComparison.Ordinal);
        Assert.Contains("numbers the rows", plan.Output, StringComparison.Ordinal);
        Assert.Empty(await Target.TablesAsync());

        var json = (await CliProcess.RunAsync("copy", Source.Address, Target.Address, "--output", "json")).Json;
        Assert.Equal("t", json[0].GetProperty("table").GetString());
        Assert.True(json[0].GetProperty("equal").GetBoolean());
        Assert.Equal("CREATE VIEW v AS SELECT rowid FROM t", json[1].GetProperty("leftOut")[0].GetProperty("text").GetString());

        var again = await CliProcess.RunAsync("copy", Source.Address, Target.Address);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("CopyTargetOccupied", again.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await CliProcess.RunAsync("copy", Source.Address, Target.Address, "--recreate")).ExitCode);
        Assert.Equal(0, (await CliProcess.RunAsync("copy", Source.Address, Target.Address, "--recreate", "--yes")).ExitCode);
        Assert.Equal(0, (await CliProcess.RunAsync("diff", "--data", Source.Address, Target.Address)).ExitCode);
        await Target.ExecuteAsync("UPDATE t SET a = 'y'");
        var different = await CliProcess.RunAsync("diff", "--data", Source.Address, Target.Address);
        Assert.Equal(4, different.ExitCode);
        Assert.Contains("~ id 1: a", different.Output, StringComparison.Ordinal);
        foreach (var secret in Target.Secrets)
            Assert.DoesNotContain(secret, plan.All + again.All + different.All, StringComparison.Ordinal);
    }
}
