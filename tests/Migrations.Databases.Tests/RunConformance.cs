using Migrations.Events;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>Applying, seeing, undoing and applying again.</summary>
public abstract class RunConformance(DatabaseKind kind) : Conformance(kind)
{
    [Fact]
    public async Task Applies_undoes_and_applies_again()
    {
        ThreeTables();
        Assert.Equal("001_a, 002_b, 003_c", Names(await ApplyAsync()));
        Assert.Equal("a, b, c", await TablesAsync());
        Assert.Equal("001_a Applied, 002_b Applied, 003_c Applied", await StatesAsync());

        Assert.Equal("003_c, 002_b, 001_a", Names(await UndoAsync(new UndoRequest { All = true })));
        Assert.Equal("", await TablesAsync());
        Assert.Equal("001_a RolledBack, 002_b RolledBack, 003_c RolledBack", await StatesAsync());

        Assert.Equal("001_a, 002_b, 003_c", Names(await ApplyAsync()));
        Assert.Equal("3", await Database.ScalarAsync("SELECT count(*) FROM b"));
        Assert.Equal("001_a Applied, 002_b Applied, 003_c Applied", await StatesAsync());
        Assert.Equal(
            "001_a applied, 002_b applied, 003_c applied, 003_c rolled_back, 002_b rolled_back, 001_a rolled_back, 001_a "
                + "applied, 002_b applied, 003_c applied",
            await JournalAsync()
        );
    }

    [Fact]
    public async Task A_second_run_does_nothing()
    {
        ThreeTables();
        await ApplyAsync();
        Assert.Empty(await ApplyAsync());
        Assert.Equal("001_a applied, 002_b applied, 003_c applied", await JournalAsync());
    }

    [Theory]
    [InlineData("CREATE TEMP TABLE t (x integer);")]
    [InlineData("CREATE  TEMPORARY\nTABLE t (x integer);")]
    [InlineData("-- Transaction: none\nCREATE TEMP TABLE t (x integer);\nINSERT INTO t VALUES (1);")]
    public async Task A_temporary_table_does_not_stand_before_the_real_one_in_the_next_migration(string temporary)
    {
        Migration("001_a", "CREATE TABLE t (id integer);\n");
        Migration("002_b", temporary);
        Migration("003_c", "ALTER TABLE t ADD COLUMN name text;\nCREATE TEMP TABLE other (x integer);\nINSERT INTO other VALUES (1);\n");
        Migration("004_d", "-- Transaction: none\nCREATE TEMP TABLE other (x integer);\nINSERT INTO other VALUES (1);\n");
        Assert.Equal("001_a, 002_b, 003_c, 004_d", Names(await ApplyAsync()));
        Assert.Empty(await Database.RowsAsync("SELECT name FROM t"));
    }

    [Fact]
    public async Task A_script_whose_file_goes_away_under_the_run_is_told_as_such()
    {
        // More than what is kept from the first reading, and stored in the history.
        Migration(
            "001_a",
            "CREATE TABLE a (id integer);\n" + string.Concat(Enumerable.Repeat("INSERT INTO a VALUES (1234567);\n", 40_000))
        );
        Events = new RecordingEventSink { Published = Act };
        var error = await ThrowsAsync<MigrationException>(ErrorId.FileUnreadable, () => ApplyAsync());
        Assert.Equal(["001_a"], error.NotApplied);
        Assert.Equal("", await TablesAsync());
        Assert.Equal("001_a failed", await JournalAsync());

        void Act(MigrationEvent e)
        {
            if (e is StepStarted)
                File.Delete(FileOf("001_a.up.sql"));
        }
    }

    [Fact]
    public async Task An_empty_folder_is_the_wrong_one_unless_the_history_or_the_caller_knows_it()
    {
        var error = await ThrowsAsync<MigrationException>(ErrorId.FolderEmpty, () => ApplyAsync());
        Assert.Contains("--allow-empty", error.NextStep.ToString(), StringComparison.Ordinal);
        await ThrowsAsync<MigrationException>(ErrorId.FolderEmpty, () => Engine().PlanApplyAsync());
        await ThrowsAsync<MigrationException>(ErrorId.FolderEmpty, () => Engine().GetStatusAsync());
        var allowed = Engine(o => o with { Folder = o.Folder with { AllowEmpty = true } });
        Assert.Empty(await allowed.ApplyAsync());
        await ThrowsAsync<MigrationException>(ErrorId.FolderEmpty, () => Engine().GetStatusAsync());
        Assert.Empty(await allowed.GetStatusAsync());

        Migration("001_a", "CREATE TABLE a (id integer);", "DROP TABLE a;");
        await ApplyAsync();
        await UndoAsync();
        File.Delete(FileOf("001_a.up.sql"));
        File.Delete(FileOf("001_a.down.sql"));
        Assert.Empty(await ApplyAsync());
    }

    [Fact]
    public async Task A_folder_of_checks_or_of_migrations_for_elsewhere_is_not_empty()
    {
        Write("checks/a.sql", "SELECT 1;");
        Assert.Empty(await ApplyAsync());
        Directory.Delete(FileOf("checks"), recursive: true);
        Write("001_a.sql", "-- Environment: elsewhere\nCREATE TABLE a (id integer);");
        Assert.Empty(await ApplyAsync());
    }

    [Fact]
    public async Task Results_and_events_say_what_was_done()
    {
        ThreeTables();
        var result = (await ApplyAsync()).Single(r => r.Name == "002_b");
        Assert.Equal(MigrationDirection.Up, result.Direction);
        Assert.Equal(MigrationOutcome.Done, result.Outcome);
        Assert.Equal("002", result.Version?.Text);
        Assert.Equal(3, result.RowsAffected);
        Assert.Equal(2, result.Statements);
        Assert.Equal(FileOf("002_b.up.sql"), result.File);
        Assert.Equal(Target().Display, result.Database);
        Assert.Null(result.Error);

        Assert.Equal(3, Assert.Single(Events.Of<RunStarted>()).Total);
        Assert.Equal(["001_a", "002_b", "003_c"], Events.Of<StepStarted>().Select(e => e.Migration));
        Assert.Equal([1, 2, 3], Events.Of<StepFinished>().Select(e => e.Number));
    }

    [Fact]
    public async Task Status_tells_all_it_knows()
    {
        ThreeTables();
        Write("004_d.up.sql", "CREATE TABLE d (id integer);");
        await ApplyAsync(new ApplyRequest { Target = "002" });
        var status = await StatusOfAsync("002_b");
        Assert.Equal("the second", status.Description);
        Assert.Equal("1.1.0", status.SemanticVersion);
        Assert.True(status.HasUndo);
        Assert.Equal(3, status.RowsAffected);
        Assert.NotNull(status.Duration);
        Assert.Equal(Environment.UserName, status.AppliedBy);
        Assert.InRange(status.AppliedAt!.Value, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
        Assert.Equal(TimeSpan.Zero, status.AppliedAt.Value.Offset);
        Assert.Equal(64, status.Checksum?.Length);
        Assert.Equal(FileOf("002_b.up.sql"), status.File);
        Assert.Null(status.Error);
        Assert.Equal(ScriptChange.None, status.Change);
        Assert.False((await StatusOfAsync("004_d")).HasUndo);
        Assert.Null((await StatusOfAsync("003_c")).AppliedAt);
    }

    [Fact]
    public async Task The_summary_counts()
    {
        ThreeTables();
        await ApplyAsync(new ApplyRequest { First = 2 });
        var summary = await Engine().GetSummaryAsync();
        Assert.Equal((3, 2, 1, 0), (summary.Total, summary.Applied, summary.Pending, summary.Failed));
        Assert.Equal("002", summary.Current?.Text);
        Assert.True(summary.Healthy);
        Assert.Null(summary.LockedBy);
        Assert.NotNull(summary.LastRun);
        Assert.Equal(Kind.Driver.Engine, summary.Engine);
        Assert.Matches(@"\d+\.\d+", summary.EngineVersion);
    }

    [Theory]
    [InlineData("2")]
    [InlineData("002")]
    [InlineData("002_b")]
    [InlineData("b")]
    [InlineData("1.1.0")]
    public async Task A_target_is_a_version_a_name_or_a_semantic_version(string target)
    {
        ThreeTables();
        Assert.Equal("001_a, 002_b", Names(await ApplyAsync(new ApplyRequest { Target = target })));
        Assert.Equal("001_a Applied, 002_b Applied, 003_c Pending", await StatesAsync());
        await ApplyAsync();
        Assert.Equal("003_c", Names(await UndoAsync(new UndoRequest { To = target })));
    }

    [Fact]
    public async Task First_takes_so_many()
    {
        ThreeTables();
        Assert.Equal("001_a", Names(await ApplyAsync(new ApplyRequest { First = 1 })));
        Assert.Equal("002_b, 003_c", Names(await ApplyAsync(new ApplyRequest { First = 7 })));
    }

    [Fact]
    public async Task Only_takes_those_named_and_passes_over_none_unasked()
    {
        ThreeTables();
        var refused = await ThrowsAsync<PlanException>(ErrorId.OutOfOrder, () => ApplyAsync(new ApplyRequest { Only = ["002"] }));
        Assert.Equal(["001_a"], refused.Migrations);
        Assert.Equal("001_a", Names(await ApplyAsync(new ApplyRequest { Only = ["001_a"] })));
        Assert.Equal("003_c", Names(await ApplyAsync(new ApplyRequest { Only = ["c"], AllowOutOfOrder = true })));
    }

    [Fact]
    public async Task An_unknown_name_is_refused_with_the_nearest()
    {
        ThreeTables();
        var error = await ThrowsAsync<PlanException>(ErrorId.MigrationUnknown, () => ApplyAsync(new ApplyRequest { Target = "003_d" }));
        Assert.Contains("003_c", error.NextStep.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_in_one_transaction_share_one_fate()
    {
        ThreeTables();
        var all = new ApplyRequest { TransactionMode = TransactionMode.All };
        Migration("004_bad", "CREATE TABLE d (id integer);\nINSERT INTO nowhere VALUES (1);");
        var error = await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync(all));
        Assert.Empty(error.Applied);
        Assert.Equal(["001_a", "002_b", "003_c", "004_bad"], error.NotApplied);
        Assert.Equal("", await TablesAsync());
        Assert.Equal("001_a Pending, 002_b Pending, 003_c Pending, 004_bad Failed", await StatesAsync());

        Migration("004_bad", "CREATE TABLE d (id integer);");
        Assert.Equal("001_a, 002_b, 003_c, 004_bad", Names(await ApplyAsync(all)));
        Assert.Equal("a, b, c, d", await TablesAsync());
    }

    [Fact]
    public async Task All_in_one_transaction_undoes_too()
    {
        ThreeTables();
        await ApplyAsync();
        Write("001_a.down.sql", "DROP TABLE a;\nDROP TABLE nowhere;");
        await ThrowsAsync<StatementException>(
            ErrorId.StatementFailed,
            () => UndoAsync(new UndoRequest { All = true, TransactionMode = TransactionMode.All })
        );
        Assert.Equal("a, b, c", await TablesAsync());
        Assert.Equal("001_a Applied, 002_b Applied, 003_c Applied", await StatesAsync());
    }

    [Fact]
    public async Task What_cannot_run_in_a_transaction_is_refused_in_one_run()
    {
        Migration("001_vacuum", "VACUUM;");
        var error = await ThrowsAsync<FolderException>(
            ErrorId.FolderInvalid,
            () => ApplyAsync(new ApplyRequest { TransactionMode = TransactionMode.All })
        );
        Assert.Equal(ErrorId.ScriptMixed, Assert.Single(error.Problems).Id);
        Assert.Equal("001_vacuum", Names(await ApplyAsync()));
    }

    [Fact]
    public async Task Versions_run_in_the_order_of_numbers()
    {
        foreach (var version in new[] { "10", "2", "1" })
            Migration(version + "_t" + version, $"CREATE TABLE t{version} (id integer);", $"DROP TABLE t{version};");
        Assert.Equal("1_t1, 2_t2, 10_t10", Names(await ApplyAsync()));
        Assert.Equal("10_t10", Names(await UndoAsync()));
    }

    [Fact]
    public async Task A_file_name_may_hold_anything()
    {
        Migration("001_it's a \"täble\" – 表", "CREATE TABLE a (id integer);", "DROP TABLE a;");
        Assert.Equal("001_it's a \"täble\" – 表", Names(await ApplyAsync()));
        Assert.Equal("001_it's a \"täble\" – 表 Applied", await StatesAsync());
        await UndoAsync();
        Assert.Equal("", await TablesAsync());
    }

    [Fact]
    public async Task Line_ends_and_a_byte_order_mark_do_not_matter()
    {
        Migration("001_a", "\uFEFFCREATE TABLE a (id integer);\r\nCREATE TABLE b (id integer) -- no end", "DROP TABLE b;\r\nDROP TABLE a");
        await ApplyAsync();
        Assert.Equal("a, b", await TablesAsync());
        Write("001_a.up.sql", "CREATE TABLE a (id integer);\nCREATE TABLE b (id integer) -- no end");
        Assert.Equal(ScriptChange.None, (await StatusOfAsync("001_a")).Change);
        await UndoAsync();
        Assert.Equal("", await TablesAsync());
    }
}

public sealed class SqliteRunTests() : RunConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlRunTests() : RunConformance(DatabaseKind.PostgreSql);
