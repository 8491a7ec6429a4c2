using Migrations.Events;
using Migrations.History;
using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>Scripts of <c>hooks/</c>: where they run, what they are given, and what becomes of a run in which one fails.</summary>
public abstract class HookConformance(DatabaseKind kind) : Conformance(kind)
{
    private const string Broken = "SELECT * FROM no_such_table;";
    private const string MakeLog = "CREATE TABLE IF NOT EXISTS log (n integer, hook text, migration text, direction text, run text);\n";

    private void Hook(string point, string sql) => Write($"hooks/{point}.sql", sql);

    private static string Insert(string point) =>
        $"INSERT INTO log SELECT count(*), '{point}', '${{migration}}', '${{direction}}', '${{run_id}}' FROM log;\n";

    private void TwoTables()
    {
        Migration("001_a", "CREATE TABLE a (id integer);", "DROP TABLE a;");
        Migration("002_b", "CREATE TABLE b (id integer);", "DROP TABLE b;");
    }

    /// <summary>Two migrations, and at each point a hook that says so in a table.</summary>
    private void AllPoints()
    {
        TwoTables();
        Hook("before-run", MakeLog + Insert("before-run"));
        foreach (var point in (string[])["after-run", "before-each", "after-each", "before-undo", "after-undo", "on-error"])
            Hook(point, Insert(point));
    }

    private async Task<string> LogAsync(string columns = "hook || ' ' || migration") =>
        string.Join(", ", (await Database.RowsAsync($"SELECT {columns} FROM log ORDER BY n")).Select(row => row.Trim()));

    private async Task<IReadOnlyList<JournalEntry>> RanAsync() =>
        [.. (await Engine().GetHistoryAsync()).Where(e => e.Event == JournalEvent.Ran)];

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    [InlineData(TransactionMode.None)]
    public async Task Each_runs_at_its_point_with_its_values_and_is_in_the_history(TransactionMode mode)
    {
        AllPoints();
        var applied = await ApplyAsync(new ApplyRequest { TransactionMode = mode });
        const string Up = "before-run, before-each 001_a, after-each 001_a, before-each 002_b, after-each 002_b, after-run";
        Assert.Equal(Up, await LogAsync());
        Assert.Equal(["hooks/before-run.sql", "hooks/before-each.sql", "hooks/after-each.sql"], applied[0].Hooks);
        Assert.Equal(Up, string.Join(", ", Events.Of<HookRan>().Select(e => $"{e.Hook[6..^4]} {e.Migration}".Trim())));

        await UndoAsync(new UndoRequest { TransactionMode = mode });
        const string Down = ", before-run, before-each 002_b, before-undo 002_b, after-undo 002_b, after-each 002_b, after-run";
        Assert.Equal(Up + Down, await LogAsync());
        var ran = await RanAsync();
        Assert.Equal(Up + Down, string.Join(", ", ran.Select(e => $"{e.Name[6..^4]} {e.Description}".Trim())));
        Assert.Equal(
            string.Join(", ", ran.Select(e => $"{(e.Direction == MigrationDirection.Up ? "up" : "down")} {e.RunId}")),
            await LogAsync("direction || ' ' || run")
        );
        Assert.All(ran, e => Assert.Equal((64, true), (e.Checksum?.Length, e.Success)));
        Assert.Equal("001_a Applied, 002_b RolledBack", await StatesAsync());

        // Nothing to do: nothing runs.
        await ApplyAsync(new ApplyRequest { Target = "001" });
        Assert.Equal(ran.Count, (await RanAsync()).Count);
    }

    [Theory]
    [InlineData("before-run", TransactionMode.Each, 0)]
    [InlineData("before-run", TransactionMode.All, 0)]
    [InlineData("before-run", TransactionMode.None, 0)]
    [InlineData("before-each", TransactionMode.Each, 1)]
    [InlineData("before-each", TransactionMode.All, 0)]
    [InlineData("before-each", TransactionMode.None, 1)]
    [InlineData("after-each", TransactionMode.Each, 1)]
    [InlineData("after-each", TransactionMode.All, 0)]
    [InlineData("after-each", TransactionMode.None, 2)]
    [InlineData("after-run", TransactionMode.Each, 2)]
    [InlineData("after-run", TransactionMode.All, 2)]
    [InlineData("after-run", TransactionMode.None, 2)]
    public async Task One_that_fails_ends_the_run_there(string point, TransactionMode mode, int applied)
    {
        TwoTables();
        // What is around each migration fails at the second one.
        await Database.ExecuteAsync(MakeLog + "CREATE TABLE due (migration text CHECK (migration <> '' AND migration <> '002_b'))");
        Hook(point, "INSERT INTO due VALUES ('${migration}');");
        Hook("on-error", Insert("on-error"));

        var error = await ThrowsAsync<StatementException>(
            ErrorId.StatementFailed,
            () => ApplyAsync(new ApplyRequest { TransactionMode = mode })
        );

        string[] names = ["001_a", "002_b"];
        Assert.Equal(FileOf($"hooks/{point}.sql"), error.Location?.File);
        Assert.Equal(names[..applied], error.Applied.Select(r => r.Name));
        Assert.Equal(names[applied..], error.NotApplied);
        Assert.Equal(string.Join(", ", names.Select((n, i) => $"{n} {(i < applied ? "Applied" : "Pending")}")), await StatesAsync());
        Assert.Equal(string.Concat(((string[])["a, ", "b, "]).Take(applied)) + "due, log", await TablesAsync());
        Assert.Equal(("on-error " + (error.NotApplied.FirstOrDefault() ?? "")).Trim(), await LogAsync());
        Assert.Equal([$"hooks/{point}.sql"], (await Engine().GetHistoryAsync()).Where(e => !e.Success).Select(e => e.Name));

        Hook(point, "DELETE FROM log;");
        await ApplyAsync(new ApplyRequest { TransactionMode = mode });
        Assert.Equal("001_a Applied, 002_b Applied", await StatesAsync());
    }

    [Theory]
    [InlineData("before-undo", TransactionMode.Each, 1)]
    [InlineData("before-undo", TransactionMode.All, 0)]
    [InlineData("after-undo", TransactionMode.Each, 1)]
    [InlineData("after-undo", TransactionMode.All, 0)]
    [InlineData("after-undo", TransactionMode.None, 2)]
    [InlineData("after-each", TransactionMode.Each, 1)]
    public async Task An_undo_whose_hook_fails_is_rolled_back(string point, TransactionMode mode, int undone)
    {
        TwoTables();
        await ApplyAsync();
        await Database.ExecuteAsync("CREATE TABLE due (migration text CHECK (migration <> '001_a'))");
        Hook(point, "INSERT INTO due VALUES ('${migration}');");
        await ThrowsAsync<StatementException>(
            ErrorId.StatementFailed,
            () => UndoAsync(new UndoRequest { All = true, TransactionMode = mode })
        );
        Assert.Equal(
            (undone < 2 ? "001_a Applied, " : "001_a RolledBack, ") + (undone < 1 ? "002_b Applied" : "002_b RolledBack"),
            await StatesAsync()
        );
        Assert.Equal(string.Concat(((string[])["a, ", "b, "]).Take(2 - undone)) + "due", await TablesAsync());
    }

    [Fact]
    public async Task What_goes_wrong_when_a_run_has_failed_hides_nothing()
    {
        Migration("001_a", "CREATE TABLE a (id integer);\nSELECT * FROM wanted;");
        Hook("on-error", Broken);
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync());
        Assert.Contains("wanted", error.Message, StringComparison.Ordinal);
        var warning = Assert.Single(Events.Of<WarningRaised>(), w => w.Message.Contains("on-error", StringComparison.Ordinal));
        Assert.Contains("no_such_table", warning.Message, StringComparison.Ordinal);
        Assert.Equal("001_a failed, hooks/on-error.sql ran", await JournalAsync());
        Assert.False((await RanAsync()).Single().Success);
        Assert.Equal("", await TablesAsync());
    }

    [Fact]
    public async Task What_a_hook_takes_away_is_warned_about_and_asked_about_like_an_undo()
    {
        TwoTables();
        await Database.ExecuteAsync("CREATE TABLE kept (id integer); INSERT INTO kept VALUES (1), (2)");
        Hook("before-run", "-- Transaction: required\nDROP TABLE kept;");
        await ApplyAsync();
        Assert.Contains(
            Events.Of<WarningRaised>(),
            w =>
                w.Message.EndsWith("kept (2 rows).", StringComparison.Ordinal)
                && w.Message.StartsWith("hooks/before-run.sql removes", StringComparison.Ordinal)
        );
        File.Delete(FileOf("hooks/before-run.sql"));
        await Database.ExecuteAsync("CREATE TABLE kept (id integer); INSERT INTO kept VALUES (1), (2)");
        Hook("after-undo", "DROP TABLE kept;");
        var plan = await Engine().PlanUndoAsync();
        Assert.Equal(["hooks/after-undo.sql"], plan.HooksOf(0));
        var loss = Assert.Single(await Engine().ForecastAsync(plan), l => l.IsLossy);
        Assert.Equal(("hooks/after-undo.sql", "002_b", true), (loss.Migration, loss.Step, loss.IsLossy));
        await ThrowsAsync<DataLossException>(ErrorId.DataLossRefused, () => Engine().UndoAsync());
        Assert.Equal("001_a Applied, 002_b Applied", await StatesAsync());
        await UndoAsync();
        Assert.Equal("a", await TablesAsync());
    }

    [Fact]
    public async Task A_hook_that_writes_to_the_history_is_refused_and_its_step_with_it()
    {
        TwoTables();
        await ApplyAsync(new ApplyRequest { Target = "001" });
        Hook("after-each", "DELETE FROM migration_journal;");
        await ThrowsAsync<MigrationException>(ErrorId.HistoryTableConflict, () => ApplyAsync());
        Assert.Equal("001_a Applied, 002_b Pending", await StatesAsync());
        Assert.Equal("a", await TablesAsync());
    }

    [Theory]
    [InlineData("before-run")]
    [InlineData("after-each")]
    [InlineData("on-error")]
    public async Task One_in_batches_is_refused_before_anything_runs(string point)
    {
        TwoTables();
        Hook(point, "-- Batch: 2 rows\nUPDATE a SET id = id;\n");
        var problem = (await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => ApplyAsync())).Problems.Single();
        Assert.Equal((ErrorId.BatchInvalid, "Only a migration runs in batches."), (problem.Id, problem.Message));
        Assert.EndsWith($"{point}.sql", problem.Location.File, StringComparison.Ordinal);
        Assert.Equal("", await JournalOrNoneAsync());
    }

    [Fact]
    public async Task What_ends_the_transaction_of_a_step_is_refused_before_anything_runs()
    {
        TwoTables();
        Hook("before-each", "INSERT INTO nowhere VALUES (1);\nROLLBACK;");
        Assert.Contains(
            "before-each.sql",
            (await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => ApplyAsync())).Message,
            StringComparison.Ordinal
        );
        Assert.Equal("", await JournalOrNoneAsync());
        Hook("before-each", "VACUUM;");
        Assert.Equal(ErrorId.HookInvalid, (await Assert.ThrowsAsync<FolderException>(() => ApplyAsync())).Problems.Single().Id);
        File.Delete(FileOf("hooks/before-each.sql"));
        // Around the run a statement may stand alone.
        Hook("before-run", "VACUUM;");
        Hook("after-run", "-- Transaction: none\nCREATE TABLE x (id integer);\nVACUUM;");
        await ApplyAsync();
        Assert.Equal("a, b, x", await TablesAsync());
        Assert.Equal(2, (await RanAsync()).Count);
    }

    [Fact]
    public async Task The_values_of_a_migration_that_do_not_fit_are_found_before_anything_runs()
    {
        TwoTables();
        Hook("before-run", MakeLog);
        Hook("after-each", "CREATE TABLE of_${direction} (id integer);\nINSERT INTO log (hook) VALUES (${run_id});");
        var error = await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => ApplyAsync());
        Assert.Equal((ErrorId.VariableInvalid, 2), (error.Problems[0].Id, error.Problems[0].Location.Line));
        Assert.Equal("", await TablesAsync());
        Hook("after-each", "CREATE TABLE ${direction}_${migraton} (id integer);");
        Assert.Contains(
            "'migration'",
            (await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => ApplyAsync())).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_call_can_leave_them_out_and_an_environment_too()
    {
        TwoTables();
        Hook("before-run", "-- Environment: test\n" + Broken);
        await ApplyAsync(new ApplyRequest { Target = "001" });
        Hook("before-run", Broken);
        Hook("on-error", Broken);
        var engine = Engine(o => o with { Folder = o.Folder with { NoHooks = true } });
        var applied = Assert.Single(await engine.ApplyAsync());
        Assert.Equal(["before-run.sql", "on-error.sql"], applied.HooksSkipped);
        Assert.Empty(applied.Hooks);
        Assert.Equal("001_a applied, 002_b applied", await JournalAsync());
    }

    [Fact]
    public async Task Services_that_share_a_database_have_hooks_of_their_own()
    {
        TwoTables();
        Hook("before-run", MakeLog);
        Hook("before-each", Insert("here"));
        var other = FileOf("elsewhere");
        Write("elsewhere/before-each.sql", Insert("there"));
        await Engine(o => o with { Service = "one" }).ApplyAsync(new ApplyRequest { Target = "001" });
        await Engine(o => o with { Service = "two", Folder = o.Folder with { Hooks = other, IdentityByName = true } })
            .ApplyAsync(new ApplyRequest { Only = ["002_b"], AllowOutOfOrder = true });
        Assert.Equal("here 001_a, there 002_b", await LogAsync());
        Assert.Equal(["one", "one", "two"], (await RanAsync()).Select(e => e.Service!));
        Assert.Contains(Events.Of<WarningRaised>(), w => w.Message.Contains("elsewhere", StringComparison.Ordinal));
        await ThrowsAsync<MigrationException>(
            ErrorId.FolderMissing,
            () => Engine(o => o with { Service = "one", Folder = o.Folder with { Hooks = FileOf("none") } }).ApplyAsync()
        );
    }

    [Fact]
    public async Task They_are_rehearsed_and_what_they_write_spoils_no_proof()
    {
        AllPoints();
        Migration("001_a", "CREATE TABLE a (id integer);\nINSERT INTO a SELECT count(*) FROM log;", "DROP TABLE a;");
        var report = await Rehearsal().RunAsync();
        Assert.All(report.Results, r => Assert.Equal(UndoVerdict.Proven, r.UndoVerdict));
        Assert.Equal(
            ["hooks/before-each.sql", "hooks/before-undo.sql", "hooks/after-undo.sql", "hooks/after-each.sql"],
            report.Results[0].Hooks
        );
        Assert.Equal("", await TablesAsync());
        var without = await new Integrity.Rehearsal(
            Kind.Driver,
            Target(),
            Folder,
            EngineOptions() with
            {
                Folder = new Folders.FolderOptions { NoHooks = true },
            }
        ).RunAsync();
        Assert.Equal((false, 7), (without.Results[0].Applies, without.Results[0].HooksSkipped.Count));
    }

    [Theory]
    [InlineData("before-run", "001_a", false, UndoVerdict.NotRun)]
    [InlineData("before-each", "002_b", false, UndoVerdict.NotRun)]
    [InlineData("after-each", "002_b", false, UndoVerdict.Proven)]
    [InlineData("before-undo", "002_b", true, UndoVerdict.Failed)]
    [InlineData("after-undo", "002_b", true, UndoVerdict.Failed)]
    [InlineData("after-run", "002_b", true, UndoVerdict.Proven)]
    public async Task One_that_fails_in_a_rehearsal_counts_against_its_migration(
        string point,
        string bad,
        bool applies,
        UndoVerdict verdict
    )
    {
        TwoTables();
        await Database.ExecuteAsync("CREATE TABLE due (migration text CHECK (migration <> '' AND migration <> '002_b'))");
        Hook(point, "INSERT INTO due VALUES ('${migration}');");
        var report = await Rehearsal().RunAsync();
        var fault = Assert.Single(report.Results, r => !r.IsGood);
        Assert.Equal((bad, applies, verdict), (fault.Name, fault.Applies, fault.UndoVerdict));
        Assert.Equal(FileOf($"hooks/{point}.sql"), fault.Failure!.Location?.File);
    }

    [Fact]
    public async Task One_that_reaches_beyond_the_copy_is_not_run_there()
    {
        TwoTables();
        var elsewhere = FileOf("elsewhere");
        Hook("after-run", "VACUUM;");
        Hook(
            "before-run",
            Kind == DatabaseKind.Sqlite ? $"ATTACH '{elsewhere}' AS other;" : $"COPY (SELECT 1) TO PROGRAM 'touch {elsewhere}';"
        );
        var report = await Rehearsal().RunAsync();
        Assert.All(report.Results, r => Assert.NotNull(r.NotRun));
        Assert.False(File.Exists(elsewhere));
        File.Delete(FileOf("hooks/before-run.sql"));
        Assert.All((await Rehearsal().RunAsync()).Results, r => Assert.True(r.IsGood));
    }

    [Fact]
    public async Task The_name_of_a_migration_stands_in_a_literal_and_in_a_name_and_is_no_number()
    {
        TwoTables();
        await ApplyAsync(new ApplyRequest { Target = "001" });
        Hook(
            "after-each",
            "CREATE TABLE log_${migration} (t text);\nINSERT INTO log_${migration} VALUES ('of ${migration} ${direction}');"
        );
        await ApplyAsync();
        Assert.Equal("of 002_b up", await Database.ScalarAsync("SELECT t FROM log_002_b"));
        Hook("after-each", "INSERT INTO log_002_b VALUES (${migration});");
        var error = await ThrowsAsync<FolderException>(ErrorId.FolderInvalid, () => UndoAsync());
        Assert.Equal(ErrorId.VariableInvalid, Assert.Single(error.Problems).Id);
        Assert.Equal("001_a Applied, 002_b Applied", await StatesAsync());
    }

    [Fact]
    public async Task A_large_one_runs_from_its_file_and_one_that_is_edited_meanwhile_does_not()
    {
        TwoTables();
        Hook("before-run", MakeLog);
        var many = string.Concat(Enumerable.Range(0, 30000).Select(i => $"INSERT INTO log (n, hook) VALUES ({i}, 'a line of many');\n"));
        Hook("after-each", many);
        await ApplyAsync(new ApplyRequest { Target = "001" });
        Assert.Equal("30000", await Database.ScalarAsync("SELECT count(*) FROM log"));
        Events.Published = e =>
        {
            // A small one runs as it was read.
            if (e is HookRan { Migration: null })
                Hook("before-each", Broken);
            if (e is StepStarted)
                Hook("after-each", many.Replace("a line", "A LINE", StringComparison.Ordinal));
        };
        Hook("before-each", Insert("before-each"));
        await ThrowsAsync<MigrationException>(ErrorId.FileChanged, () => ApplyAsync());
        Assert.Equal("001_a Applied, 002_b Pending", await StatesAsync());
        Assert.Equal("30000", await Database.ScalarAsync("SELECT count(*) FROM log"));
    }

    private Integrity.Rehearsal Rehearsal() => new(Kind.Driver, Target(), Folder, EngineOptions());

    private async Task<string> JournalOrNoneAsync() =>
        (await Database.TablesAsync()).Any(t => t.StartsWith("migration_", StringComparison.Ordinal)) ? await JournalAsync() : "";
}

public sealed class SqliteHookTests() : HookConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlHookTests() : HookConformance(DatabaseKind.PostgreSql)
{
    [Theory]
    [InlineData("before-run", TransactionMode.Each)]
    [InlineData("before-run", TransactionMode.All)]
    [InlineData("before-each", TransactionMode.Each)]
    [InlineData("before-each", TransactionMode.All)]
    [InlineData("before-each", TransactionMode.None)]
    [InlineData("after-each", TransactionMode.Each)]
    [InlineData("after-each", TransactionMode.None)]
    public async Task One_that_frees_the_lock_ends_the_run_before_another_can_be_at_work(string point, TransactionMode mode)
    {
        Migration("001_a", "CREATE TABLE a (id integer);", "DROP TABLE a;");
        Migration("002_b", "CREATE TABLE b (id integer);", "DROP TABLE b;");
        Write($"hooks/{point}.sql", "SELECT pg_advisory_unlock_all();");
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => ApplyAsync(new ApplyRequest { TransactionMode = mode }));
        Assert.Equal(ErrorId.LockLost, error.Id);
        // What is there is recorded, and nothing else.
        var applied = error.Applied.Select(r => r.Name).ToList();
        Assert.Equal(applied, (await Engine().GetStatusAsync()).Where(s => s.State == MigrationState.Applied).Select(s => s.Name));
        Assert.Equal(string.Join(", ", applied.Select(n => n[4..])), await TablesAsync());
        File.Delete(FileOf($"hooks/{point}.sql"));
        await ApplyAsync();
        Assert.Equal("a, b", await TablesAsync());
    }

    [Theory]
    [InlineData("before-run")]
    [InlineData("before-each")]
    [InlineData("after-each")]
    public async Task One_that_calls_a_procedure_that_commits_is_refused_and_rolled_back(string point)
    {
        Migration("001_a", "CREATE TABLE a (id integer);", "DROP TABLE a;");
        await Database.ExecuteAsync(
            "CREATE TABLE log (n integer); CREATE PROCEDURE keep() LANGUAGE plpgsql AS "
                + "$$ BEGIN INSERT INTO log VALUES (1); COMMIT; INSERT INTO log VALUES (2); END $$"
        );
        Write($"hooks/{point}.sql", "CALL keep();");
        await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync());
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM log"));
        Assert.Equal("001_a Pending", await StatesAsync());
    }
}
