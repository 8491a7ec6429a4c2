using Migrations.Events;
using Migrations.History;
using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>The folder is no longer what was applied: edited, missing, out of order, repeatable, dependent.</summary>
public abstract class ChangeConformance(DatabaseKind kind) : Conformance(kind)
{
    [Fact]
    public async Task An_edited_applied_script_is_refused_and_can_be_overruled()
    {
        ThreeTables();
        await ApplyAsync(new ApplyRequest { Target = "002" });
        Write("001_a.up.sql", "CREATE TABLE a (id integer PRIMARY KEY, extra text);\n");
        var status = await StatusOfAsync("001_a");
        Assert.Equal((MigrationState.Changed, ScriptChange.Statement), (status.State, status.Change));

        var error = await ThrowsAsync<PlanException>(ErrorId.MigrationChanged, () => ApplyAsync());
        Assert.Equal(["001_a"], error.Migrations);
        Assert.Contains("001_a", error.Message, StringComparison.Ordinal);
        Assert.Contains("--skip-checksum", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Equal("a, b", await TablesAsync());

        Assert.Equal("003_c", Names(await ApplyAsync(new ApplyRequest { SkipChecksum = true })));
        var row = (await Engine().GetHistoryAsync())[^1];
        Assert.Contains("001_a", row.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(MigrationState.Changed, (await StatusOfAsync("001_a")).State);
    }

    [Fact]
    public async Task A_cosmetic_edit_is_only_a_warning()
    {
        ThreeTables();
        await ApplyAsync(new ApplyRequest { Target = "002" });
        Write("001_a.up.sql", "-- a better comment\n\nCREATE   TABLE a\n(id integer PRIMARY KEY) ;\n");
        var status = await StatusOfAsync("001_a");
        Assert.Equal((MigrationState.Applied, ScriptChange.Cosmetic), (status.State, status.Change));
        Assert.Equal("003_c", Names(await ApplyAsync()));
        Assert.Contains(Events.Of<WarningRaised>(), w => w.Message.Contains("001_a", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_edited_literal_is_no_cosmetic_edit()
    {
        Migration("001_a", "CREATE TABLE a (t text);\nINSERT INTO a VALUES ('one  -- two');\n");
        await ApplyAsync();
        Migration("001_a", "CREATE TABLE a (t text);\nINSERT INTO a VALUES ('one -- two');\n");
        Assert.Equal(ScriptChange.Statement, (await StatusOfAsync("001_a")).Change);
    }

    [Fact]
    public async Task A_missing_applied_script_is_refused_and_can_be_overruled()
    {
        ThreeTables();
        await ApplyAsync(new ApplyRequest { Target = "002" });
        File.Delete(FileOf("001_a.up.sql"));
        File.Delete(FileOf("001_a.down.sql"));
        Assert.Equal("001_a Missing, 002_b Applied, 003_c Pending", await StatesAsync());
        Assert.Null((await StatusOfAsync("001_a")).File);
        var error = await ThrowsAsync<PlanException>(ErrorId.MigrationMissing, () => ApplyAsync());
        Assert.Equal(["001_a"], error.Migrations);
        Assert.Equal("003_c", Names(await ApplyAsync(new ApplyRequest { SkipChecksum = true })));
        Assert.Contains("001_a", (await Engine().GetHistoryAsync())[^1].ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Out_of_order_is_refused_and_can_be_allowed()
    {
        ThreeTables();
        await ApplyAsync();
        Migration("0025_late", "CREATE TABLE d (id integer);");
        Migration("002.5_late", "CREATE TABLE e (id integer);", "DROP TABLE e;");
        File.Delete(FileOf("0025_late.up.sql"));
        Assert.Equal("001_a Applied, 002_b Applied, 002.5_late OutOfOrder, 003_c Applied", await StatesAsync());
        Assert.False((await Engine().GetSummaryAsync()).Healthy);
        var error = await ThrowsAsync<PlanException>(ErrorId.OutOfOrder, () => ApplyAsync());
        Assert.Equal(["002.5_late"], error.Migrations);
        Assert.Contains("--allow-out-of-order", error.NextStep.ToString(), StringComparison.Ordinal);

        Assert.Equal("002.5_late", Names(await ApplyAsync(new ApplyRequest { AllowOutOfOrder = true })));
        Assert.Contains("002.5_late", (await Engine().GetHistoryAsync())[^1].ErrorMessage, StringComparison.Ordinal);
        // The order of application counts, not the order of versions.
        Assert.Equal("002.5_late", Names(await UndoAsync()));
    }

    [Fact]
    public async Task Repeatables_run_last_and_again_when_they_change()
    {
        Write("R__views.sql", "DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT id FROM a;\n");
        Write("V1__a.sql", "CREATE TABLE a (id integer);\n");
        Assert.Equal("V1__a, R__views", Names(await ApplyAsync()));
        Assert.Empty(await ApplyAsync());

        Write("R__views.sql", "-- only a comment\nDROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT id FROM a;\n");
        Assert.Empty(await ApplyAsync());

        Write("R__views.sql", "DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT id AS renamed FROM a;\n");
        Assert.Equal("R__views", Names(await ApplyAsync()));
        await Database.ExecuteAsync("SELECT renamed FROM v");
        Assert.Null((await StatusOfAsync("R__views")).Version);
    }

    [Fact]
    public async Task A_dependency_must_come_first()
    {
        ThreeTables();
        Write("002_b.up.sql", "-- Depends-On: 003_c\nCREATE TABLE b (id integer);\n");
        var error = await ThrowsAsync<PlanException>(ErrorId.DependencyMissing, () => ApplyAsync());
        Assert.Equal(["002_b", "003_c"], error.Migrations);
        Assert.Equal("", await TablesAsync());

        Write("002_b.up.sql", "CREATE TABLE b (id integer);\n");
        Write("003_c.up.sql", "-- Depends-On: 001, b\nCREATE TABLE c (id integer);\n");
        Assert.Equal("001_a, 002_b, 003_c", Names(await ApplyAsync()));
    }

    [Fact]
    public async Task A_migration_for_another_environment_is_left_out()
    {
        ThreeTables();
        Write("002_b.up.sql", "-- Environment: staging, local\nCREATE TABLE b (id integer);\n");
        Assert.Equal("001_a, 003_c", Names(await Engine(o => o with { Environment = "production" }).ApplyAsync()));
        Assert.Contains(Events.Of<WarningRaised>(), w => w.Message.Contains("002_b", StringComparison.Ordinal));
        Assert.Equal("a, c", await TablesAsync());
        Assert.Equal(
            "002_b",
            Names(await Engine(o => o with { Environment = "Staging" }).ApplyAsync(new ApplyRequest { AllowOutOfOrder = true }))
        );
    }

    [Fact]
    public async Task Without_an_environment_only_those_that_name_none_run()
    {
        Migration("001_seed", "-- Environment: local\nCREATE TABLE a (id integer);");
        Assert.Empty(await ApplyAsync());
        Assert.Equal("001_seed NotHere", await StatesAsync());
    }

    [Fact]
    public async Task A_secret_that_was_edited_is_a_change()
    {
        Migration("001_a", "CREATE TABLE a (password text DEFAULT 'x');\n-- PASSWORD 'one'\nINSERT INTO a (password) VALUES ('one');\n");
        await ApplyAsync();
        Migration("001_a", "CREATE TABLE a (password text DEFAULT 'x');\n-- PASSWORD 'one'\nINSERT INTO a (password) VALUES ('two');\n");
        Assert.Equal(MigrationState.Changed, (await StatusOfAsync("001_a")).State);
    }

    [Fact]
    public async Task What_is_not_stored_cannot_be_called_cosmetic()
    {
        Migration("001_a", "-- Store-Script: no\nCREATE TABLE a (id integer);\n");
        await ApplyAsync();
        Assert.Null((await Engine().GetHistoryAsync()).Single(e => e.Event == JournalEvent.Applied).Script);
        Migration("001_a", "-- Store-Script: no\n\nCREATE TABLE a (id integer);\n");
        Assert.Equal(ScriptChange.Statement, (await StatusOfAsync("001_a")).Change);
    }
}

public sealed class SqliteChangeTests() : ChangeConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlChangeTests() : ChangeConformance(DatabaseKind.PostgreSql);
