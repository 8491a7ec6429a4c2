using Migrations.Integrity;
using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>Migrations whose header names other environments than this one.</summary>
public abstract class EnvironmentConformance(DatabaseKind kind) : Conformance(kind)
{
    protected override bool NeedsCopies => true;

    [Fact]
    public async Task A_migration_for_another_environment_is_not_pending_here()
    {
        Migration("001_a", "CREATE TABLE a (id integer, v integer);\n", "DROP TABLE a;\n");
        Write("002_seed.sql", "-- Environment: staging\nINSERT INTO a (v) VALUES (1);\n");
        Migration("003_b", "CREATE TABLE b (id integer);\n", "DROP TABLE b;\n");
        Assert.Equal("001_a, 003_b", Names(await ApplyAsync()));
        Assert.Equal("001_a Applied, 002_seed NotHere, 003_b Applied", await StatesAsync());
        var summary = await Engine().GetSummaryAsync();
        Assert.Equal((2, 2, 0, true), (summary.Total, summary.Applied, summary.Pending, summary.Healthy));
        var checks = await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.History] });
        Assert.DoesNotContain(checks, c => c.Message.Contains("002_seed", StringComparison.Ordinal));
        Assert.Empty(
            (
                await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync(new RehearsalRequest { Target = "002_seed" })
            ).Results
        );
        Assert.Empty(await ApplyAsync(new ApplyRequest { Target = "002_seed" }));

        var staging = Engine(o => o with { Environment = "Staging" });
        Assert.Equal("001_a Applied, 002_seed OutOfOrder, 003_b Applied", await StatesAsync(staging));
        Assert.Equal("002_seed", Names(await staging.ApplyAsync(new ApplyRequest { AllowOutOfOrder = true })));
        Assert.Equal("001_a Applied, 002_seed Applied, 003_b Applied", await StatesAsync());
    }

    [Fact]
    public async Task A_target_for_another_environment_is_a_place_in_the_order()
    {
        Migration("001_a", "CREATE TABLE a (id integer, v integer);\n");
        Write("002_seed.sql", "-- Environment: staging\nINSERT INTO a (v) VALUES (1);\n");
        Migration("003_b", "CREATE TABLE b (id integer);\n");
        Assert.Equal("001_a", Names(await ApplyAsync(new ApplyRequest { Target = "002_seed" })));
        Assert.Contains("002_seed is skipped: it runs in staging only", Events.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_depends_on_a_migration_for_another_environment_says_so()
    {
        Write("001_seed.sql", "-- Environment: staging\nCREATE TABLE a (id integer);\n");
        Write("002_b.sql", "-- Depends-On: 001_seed\nCREATE TABLE b (id integer);\n");
        var error = await ThrowsAsync<PlanException>(ErrorId.DependencyMissing, () => ApplyAsync());
        Assert.Contains("runs in staging only", error.Message, StringComparison.Ordinal);
        Assert.Contains("--environment staging", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Equal("001_seed, 002_b", Names(await Engine(o => o with { Environment = "staging" }).ApplyAsync()));
    }

    [Fact]
    public async Task A_baseline_leaves_out_what_is_for_another_environment()
    {
        Migration("001_a", "CREATE TABLE a (id integer, v integer);\n");
        Write("002_seed.sql", "-- Environment: staging\nINSERT INTO a (v) VALUES (1);\n");
        Migration("003_b", "CREATE TABLE b (id integer);\n");
        await Database.ExecuteAsync("CREATE TABLE a (id integer)");
        await Engine().BaselineAsync(new BaselineRequest { Target = "003" });
        Assert.Equal("001_a Applied, 002_seed NotHere, 003_b Applied", await StatesAsync());
    }
}

public sealed class SqliteEnvironmentTests() : EnvironmentConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlEnvironmentTests() : EnvironmentConformance(DatabaseKind.PostgreSql);
