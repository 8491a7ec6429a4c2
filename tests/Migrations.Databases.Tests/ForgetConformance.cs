using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>A migration is marked as not applied, and is not while the schema has something of it.</summary>
public abstract class ForgetConformance(DatabaseKind kind) : Conformance(kind)
{
    protected override bool NeedsCopies => true;

    [Theory]
    [InlineData("CREATE TABLE d (id integer PRIMARY KEY);", "DROP TABLE d", "table")]
    [InlineData("ALTER TABLE a ADD COLUMN note text;", "ALTER TABLE a DROP COLUMN note", "note")]
    [InlineData("CREATE INDEX a_id ON a (id);", "DROP INDEX a_id", "index")]
    [InlineData("CREATE VIEW v AS SELECT id FROM a;", "DROP VIEW v", "view")]
    [InlineData("DROP TABLE c;", "CREATE TABLE c (id integer PRIMARY KEY)", "table")]
    public async Task It_is_refused_while_the_schema_has_it(string script, string byHand, string named)
    {
        ThreeTables();
        Migration("004_d", script + "\n");
        await ApplyAsync();
        foreach (var call in new Func<Task>[] { () => ForgetAsync("4"), () => Engine().PlanRepairAsync(Request("004_d")) })
        {
            var error = await ThrowsAsync<PlanException>(ErrorId.ForgetRefused, call);
            Assert.Contains(named, error.Message, StringComparison.Ordinal);
            Assert.Contains("--skip-comparison", error.NextStep.ToString(), StringComparison.Ordinal);
        }

        Assert.Equal(MigrationState.Applied, (await StatusOfAsync("004_d")).State);
        await Database.ExecuteAsync(byHand);

        var result = Assert.Single(await ForgetAsync("004_d"));
        Assert.Equal(("004_d", "Forgotten"), (result.Name, result.Repair));
        Assert.Contains("the schema has nothing of it", result.Compared, StringComparison.Ordinal);
        Assert.Equal(MigrationState.Pending, (await StatusOfAsync("004_d")).State);
        Assert.Equal("004_d", Names(await ApplyAsync()));
    }

    [Fact]
    public async Task One_between_others_is_compared_with_what_was_before_it()
    {
        ThreeTables();
        await ApplyAsync();
        await Database.ExecuteAsync("DROP TABLE b");
        var result = Assert.Single(await ForgetAsync("1.1.0"));
        Assert.Equal("002_b", result.Name);
        Assert.Equal("001_a Applied, 002_b OutOfOrder, 003_c Applied", await StatesAsync());
    }

    [Fact]
    public async Task What_cannot_be_compared_is_said_and_can_be_skipped()
    {
        ThreeTables();
        Migration("004_rows", "INSERT INTO a VALUES (1);\n");
        await ApplyAsync();
        Assert.Contains("what it did to rows was not", Assert.Single(await ForgetAsync("004")).Compared, StringComparison.Ordinal);

        File.Delete(FileOf("003_c.up.sql"));
        File.Delete(FileOf("003_c.down.sql"));
        await ThrowsAsync<PlanException>(ErrorId.ForgetRefused, () => ForgetAsync("003_c"));
        var skipped = await Engine().RepairAsync(Request("003_c") with { SkipComparison = true });
        Assert.Contains("the schema was not compared", Assert.Single(skipped).Compared, StringComparison.Ordinal);
        Assert.Equal("001_a Applied, 002_b Applied, 004_rows Pending", await StatesAsync());
    }

    [Fact]
    public async Task Only_what_is_applied_is_forgotten()
    {
        ThreeTables();
        await ApplyAsync(new ApplyRequest { First = 2 });
        await ThrowsAsync<PlanException>(ErrorId.MigrationNotApplied, () => ForgetAsync("003"));
        await ThrowsAsync<PlanException>(ErrorId.MigrationUnknown, () => ForgetAsync("009"));
    }

    [Fact]
    public async Task A_baseline_was_never_run_and_cannot_be_compared()
    {
        ThreeTables();
        await Database.ExecuteAsync("CREATE TABLE a (id integer PRIMARY KEY)");
        await Engine().BaselineAsync(new BaselineRequest { Target = "001" });
        var error = await ThrowsAsync<PlanException>(ErrorId.ForgetRefused, () => ForgetAsync("001"));
        Assert.Contains("baseline", error.Message, StringComparison.Ordinal);
    }

    protected static RepairRequest Request(string name) => new() { Forget = name };

    private Task<IReadOnlyList<RepairResult>> ForgetAsync(string name) => Engine().RepairAsync(Request(name));
}

public sealed class SqliteForgetTests() : ForgetConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlForgetTests() : ForgetConformance(DatabaseKind.PostgreSql)
{
    [Fact]
    public async Task The_copies_are_made_on_the_server_that_is_named()
    {
        ThreeTables();
        await ApplyAsync();
        await Database.ExecuteAsync("DROP TABLE c");
        var other = Kind.Driver.Parse("postgres://nobody@127.0.0.1:1/none", Folder);
        var request = Request("003_c") with { ScratchServer = other };
        var error = await ThrowsAsync<MigrationException>(ErrorId.ConnectionFailed, () => Engine().RepairAsync(request));
        Assert.Contains("127.0.0.1:1", error.Message, StringComparison.Ordinal);
        Assert.Single(await Engine().RepairAsync(request with { ScratchServer = Target() }));
    }
}
