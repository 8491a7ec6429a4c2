using Migrations.Events;
using Migrations.Integrity;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>
/// What goes with what a script drops, and the script does not name: in the plan, the result, the rehearsal and the command.
/// </summary>
public abstract class LostObjectConformance(DatabaseKind kind) : Conformance(kind)
{
    protected override bool NeedsCopies => true;

    /// <summary>A script that takes something along: what it is, and how much it matters.</summary>
    protected abstract (string Up, string Kind, string Name, LostObjectWeight Weight) Taking { get; }

    [Fact]
    public async Task It_is_in_the_plan_the_result_and_the_rehearsal()
    {
        var (up, kind, name, weight) = Taking;
        await BeginAsync();
        Migration("002_b", up);

        var plan = await Engine().PlanApplyAsync();
        var planned = Assert.Single(Assert.Single(await Engine().ForecastAsync(plan)).Forecast.ObjectsLost);
        var rehearsed = Assert.Single((await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync()).Results);
        var preview = await CliProcess.RunAsync("up", "--database", Database.Address, "--path", Folder, "--what-if");
        var result = Assert.Single(await ApplyAsync());

        Assert.Equal(kind, planned.Kind);
        Assert.Contains(name, planned.Name, StringComparison.Ordinal);
        Assert.Equal(kind, Assert.Single(rehearsed.ObjectsLost).Kind);
        Assert.Equal(weight != LostObjectWeight.Unrehearsed, rehearsed.IsGood);
        var lost = Assert.Single(result.ObjectsLost);
        Assert.Equal((kind, weight), (lost.Kind, lost.Weight));
        Assert.Contains(name, lost.Name, StringComparison.Ordinal);
        Assert.Contains($"{kind} ", preview.Output, StringComparison.Ordinal);
        Assert.Contains(name, preview.Output, StringComparison.Ordinal);
        if (weight > LostObjectWeight.Listed)
            Assert.Contains(
                Events.Of<WarningRaised>(),
                w =>
                    w.Message.Contains(name, StringComparison.Ordinal)
                    && w.Message.Contains("To recreate it: CREATE", StringComparison.Ordinal)
            );
    }

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    [InlineData(TransactionMode.None)]
    public async Task It_is_in_the_result_in_every_mode(TransactionMode mode)
    {
        await BeginAsync();
        Migration("002_b", Taking.Up);
        var result = Assert.Single(await ApplyAsync(new ApplyRequest { TransactionMode = mode }));
        Assert.Contains(Taking.Name, Assert.Single(result.ObjectsLost).Name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_shows_it_as_json_and_as_text()
    {
        await BeginAsync();
        Migration("002_b", Taking.Up, "SELECT 1;");
        var test = await CliProcess.RunAsync("test", "--database", Database.Address, "--path", Folder, "--output", "json");
        Assert.Equal(Taking.Kind, test.Json[0].GetProperty("objectsLost")[0].GetProperty("kind").GetString());
        var up = await CliProcess.RunAsync("up", "--database", Database.Address, "--path", Folder, "--output", "json");
        Assert.Contains(Taking.Name, up.Json[0].GetProperty("objectsLost")[0].GetProperty("name").GetString(), StringComparison.Ordinal);
    }

    private async Task BeginAsync()
    {
        Migration(
            "001_a",
            "CREATE TABLE t (id integer PRIMARY KEY, name text);\nCREATE UNIQUE INDEX one_name ON t (name);\nCREATE VIEW v "
                + "AS SELECT name FROM t;\n"
        );
        await ApplyAsync();
        Events = new RecordingEventSink();
    }
}

public sealed class SqliteLostObjectTests() : LostObjectConformance(DatabaseKind.Sqlite)
{
    protected override (string Up, string Kind, string Name, LostObjectWeight Weight) Taking =>
        (
            "DROP VIEW v;\nCREATE TABLE n (id integer PRIMARY KEY, name text);\nINSERT INTO n SELECT * FROM t;\nDROP TABLE "
                + "t;\nALTER TABLE n RENAME TO t;\nCREATE VIEW v AS SELECT name FROM t;\n",
            "unique index",
            "one_name",
            LostObjectWeight.Unrehearsed
        );
}

public sealed class PostgreSqlLostObjectTests() : LostObjectConformance(DatabaseKind.PostgreSql)
{
    protected override (string Up, string Kind, string Name, LostObjectWeight Weight) Taking =>
        ("ALTER TABLE t DROP COLUMN name CASCADE;\n", "view", "v", LostObjectWeight.Listed);
}
