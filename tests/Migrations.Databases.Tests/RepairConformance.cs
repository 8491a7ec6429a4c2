using Migrations.History;
using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>Repairing the history, and starting from a schema that exists.</summary>
public abstract class RepairConformance(DatabaseKind kind) : Conformance(kind)
{
    [Fact]
    public async Task An_edited_script_is_accepted()
    {
        ThreeTables();
        await ApplyAsync();
        Write("001_a.up.sql", "CREATE TABLE a (id integer PRIMARY KEY, extra text);\n");
        var repair = Assert.Single(await Engine().RepairAsync());
        Assert.Equal(("001_a", "Changed"), (repair.Name, repair.Repair));
        Assert.Contains("SHA-256", repair.Compared, StringComparison.Ordinal);
        Assert.Equal("001_a Applied, 002_b Applied, 003_c Applied", await StatesAsync());
        Assert.Equal(JournalEvent.Repaired, (await Engine().GetHistoryAsync())[^1].Event);
        Assert.Empty(await ApplyAsync());
        // The repair is no application: the order of undo stays.
        Assert.Equal("003_c", Names(await UndoAsync()));
    }

    [Fact]
    public async Task A_failure_is_cleared()
    {
        ThreeTables();
        Write("002_b.up.sql", "INSERT INTO nowhere VALUES (1);");
        await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync());
        var repair = Assert.Single(await Engine().RepairAsync(new RepairRequest { Name = "002" }));
        Assert.Equal(("002_b", "Failed"), (repair.Name, repair.Repair));
        Assert.Equal("001_a Applied, 002_b Pending, 003_c Pending", await StatesAsync());
        Assert.True((await Engine().GetSummaryAsync()).Healthy);
    }

    [Fact]
    public async Task The_cleared_failure_of_an_undo_does_not_hide_what_was_applied()
    {
        ThreeTables();
        await ApplyAsync();
        Write("003_c.down.sql", "DROP TABLE nowhere;");
        await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => UndoAsync());
        Assert.Equal("Failed", Assert.Single(await Engine().RepairAsync()).Repair);
        Write("003_c.up.sql", "-- only a comment\nCREATE TABLE c (id integer PRIMARY KEY);\n");
        var status = await StatusOfAsync("003_c");
        Assert.Equal((MigrationState.Applied, ScriptChange.Cosmetic), (status.State, status.Change));
    }

    [Fact]
    public async Task An_edit_and_the_failure_of_an_undo_are_repaired_at_once()
    {
        ThreeTables();
        await ApplyAsync();
        Write("003_c.down.sql", "DROP TABLE nowhere;");
        await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => UndoAsync());
        Write("003_c.up.sql", "CREATE TABLE c (id integer PRIMARY KEY, extra text);\n");
        Assert.Equal(["Changed", "Failed"], (await Engine().RepairAsync()).Select(r => r.Repair));
        Assert.Equal("001_a Applied, 002_b Applied, 003_c Applied", await StatesAsync());
        Assert.True((await Engine().GetSummaryAsync()).Healthy);
    }

    [Fact]
    public async Task Edited_comments_of_a_repeatable_are_accepted_as_the_warning_says()
    {
        Write("R__v.sql", "DROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT 1 AS one;\n");
        await ApplyAsync();
        Write("R__v.sql", "-- a comment\nDROP VIEW IF EXISTS v;\nCREATE VIEW v AS SELECT 1 AS one;\n");
        Assert.Empty(await ApplyAsync());
        Assert.Contains("'migrations repair R__v'", Events.ToString(), StringComparison.Ordinal);
        Assert.Equal("R__v", Assert.Single(await Engine().RepairAsync(new RepairRequest { Name = "R__v" })).Name);
        Assert.Equal(ScriptChange.None, (await StatusOfAsync("R__v")).Change);
        Assert.Empty(await ApplyAsync());
    }

    [Fact]
    public async Task A_missing_one_is_forgotten_only_when_asked()
    {
        ThreeTables();
        await ApplyAsync();
        File.Delete(FileOf("002_b.up.sql"));
        File.Delete(FileOf("002_b.down.sql"));
        var error = await ThrowsAsync<MigrationException>(ErrorId.RepairNotNeeded, () => Engine().RepairAsync());
        Assert.Contains("--remove-missing", error.NextStep.ToString(), StringComparison.Ordinal);
        var repair = Assert.Single(await Engine().RepairAsync(new RepairRequest { RemoveMissing = true }));
        Assert.Equal(("002_b", "Missing"), (repair.Name, repair.Repair));
        Assert.Equal("001_a Applied, 003_c Applied", await StatesAsync());
        Assert.Equal("a, b, c", await TablesAsync());
        Assert.Equal("003_c, 001_a", Names(await UndoAsync(new UndoRequest { All = true })));
    }

    [Fact]
    public async Task Nothing_to_repair_is_said()
    {
        ThreeTables();
        await ApplyAsync();
        await ThrowsAsync<MigrationException>(ErrorId.RepairNotNeeded, () => Engine().RepairAsync());
        Assert.Equal("001_a applied, 002_b applied, 003_c applied", await JournalAsync());
    }

    [Fact]
    public async Task A_baseline_counts_as_applied_and_is_not_undone()
    {
        ThreeTables();
        await Database.ExecuteAsync("CREATE TABLE a (id integer)");
        await Database.ExecuteAsync("CREATE TABLE b (id integer)");
        var statuses = await Engine().BaselineAsync(new BaselineRequest { Target = "1.1.0" });
        Assert.Equal([MigrationState.Applied, MigrationState.Applied, MigrationState.Pending], statuses.Select(s => s.State));
        Assert.Equal("003_c", Names(await ApplyAsync()));
        Assert.Equal("001_a baselined, 002_b baselined, 002_b snapshot, 003_c applied", await JournalAsync());
        Assert.Equal("003_c", Names(await UndoAsync(new UndoRequest { All = true })));
        await ThrowsAsync<PlanException>(ErrorId.UndoMissing, () => UndoAsync(new UndoRequest { Name = "002_b" }));
        Assert.Equal("a, b", await TablesAsync());
    }

    [Fact]
    public async Task A_baseline_over_applied_migrations_is_refused()
    {
        ThreeTables();
        await ApplyAsync(new ApplyRequest { First = 1 });
        var error = await ThrowsAsync<PlanException>(
            ErrorId.BaselineConflict,
            () => Engine().BaselineAsync(new BaselineRequest { Target = "002" })
        );
        Assert.Equal(["001_a"], error.Migrations);
        Assert.Equal("001_a applied", await JournalAsync());
    }

    [Theory]
    [InlineData(true, "1")]
    [InlineData(false, "1, 7")]
    public async Task A_statement_in_which_a_run_was_killed_is_decided_by_hand(bool done, string rows)
    {
        // An INSERT leaves nothing that could be looked up: the run before this one ended between its "started" row and its "progress" row.
        Migration("001_a", "-- Transaction: none\nCREATE TABLE a (id integer);\nINSERT INTO a VALUES (1);\nINSERT INTO a VALUES (7);\n");
        await ApplyAsync();
        await Database.ExecuteAsync("DELETE FROM migration_journal WHERE id > 5; DELETE FROM a WHERE id = 7");
        Assert.Equal("001_a started, 001_a progress, 001_a started, 001_a progress, 001_a started", await JournalAsync());

        var error = await ThrowsAsync<StatementException>(ErrorId.StatementUndecided, () => ApplyAsync());
        Assert.Equal(4, error.Location?.Line);
        Assert.Contains("INSERT INTO a VALUES (7)", error.Statement, StringComparison.Ordinal);
        Assert.Contains("--statement-done", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Contains("--statement-not-done", error.NextStep.ToString(), StringComparison.Ordinal);

        var repair = Assert.Single(await Engine().RepairAsync(new RepairRequest { Name = "001_a", StatementDone = done }));
        Assert.Equal("Undecided", repair.Repair);
        Assert.Equal("001_a", Names(await ApplyAsync()));
        Assert.Equal(rows, string.Join(", ", await Database.RowsAsync("SELECT id FROM a ORDER BY id")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_statement_in_which_a_run_was_killed_is_looked_up_where_it_can_be(bool tookEffect)
    {
        Migration("001_a", "-- Transaction: none\nCREATE TABLE a (id integer);\nCREATE INDEX a_id ON a (id);\n");
        await ApplyAsync();
        await Database.ExecuteAsync("DELETE FROM migration_journal WHERE id > 3");
        if (!tookEffect)
            await Database.ExecuteAsync("DROP INDEX a_id");
        Assert.Equal("001_a started, 001_a progress, 001_a started", await JournalAsync());
        Assert.Equal("001_a", Names(await ApplyAsync()));
        Assert.Equal("001_a Applied", await StatesAsync());
        await Database.ExecuteAsync("DROP INDEX a_id");
    }
}

public sealed class SqliteRepairTests() : RepairConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlRepairTests() : RepairConformance(DatabaseKind.PostgreSql);
