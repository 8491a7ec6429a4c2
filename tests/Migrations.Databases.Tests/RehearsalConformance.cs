using Migrations.Integrity;
using Migrations.Planning;
using Migrations.Schema;

namespace Migrations.Databases.Tests;

/// <summary>Migrations and their undo are tried on a copy, and the database itself stays as it is.</summary>
public abstract class RehearsalConformance(DatabaseKind kind) : Conformance(kind)
{
    protected override bool NeedsCopies => true;

    [Fact]
    public async Task A_temporary_table_does_not_stand_in_the_way_of_the_same_script_again()
    {
        Migration(
            "001_b",
            "CREATE TABLE b (id integer);\nCREATE TEMPORARY TABLE t (id integer);\nINSERT INTO t VALUES (1);\n",
            "DROP TABLE b;\n"
        );
        var report = await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync();
        Assert.True(
            Assert.Single(report.Results) is { IsGood: true, UndoProven: true },
            report.Results[0].Failure?.Message ?? report.Results[0].NotRun
        );
    }

    [Fact]
    public async Task A_good_undo_is_proven_and_the_verdict_kept()
    {
        ThreeTables();
        await ApplyAsync(new ApplyRequest { First = 1 });

        var report = await RehearseAsync();

        Assert.Equal(["002_b", "003_c"], report.Results.Select(r => r.Name));
        Assert.All(report.Results, r => Assert.True(r is { Applies: true, UndoProven: true, IsGood: true, Failure: null }));
        Assert.All(report.Results, r => Assert.Empty(r.Differences));
        Assert.Equal(("b", 3L), report.Results[0].RowsChanged.Where(c => c.Table.EndsWith('b')).Select(c => ("b", c.Inserted)).Single());
        Assert.Equal(DifferenceKind.Added, report.Results[0].ObjectsChanged.Single().Kind);
        Assert.Equal("a", await TablesAsync());
        Assert.Equal([null, true, true], (await Engine().GetStatusAsync()).Select(s => s.UndoProven));
        Write("002_b.down.sql", "DROP TABLE b; -- edited\nSELECT 1;\n");
        Assert.Null((await StatusOfAsync("002_b")).UndoProven);
    }

    [Fact]
    public async Task An_undo_that_forgets_something_is_found_with_the_exact_difference_and_the_next_is_rehearsed_all_the_same()
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY, n integer);\n", "DROP TABLE a;\n");
        Migration(
            "002_forgets_index",
            "ALTER TABLE a ADD COLUMN m integer;\nCREATE INDEX a_n ON a (n);\n",
            "ALTER TABLE a DROP COLUMN m;\n"
        );
        Migration("003_wrong_column", "ALTER TABLE a ADD COLUMN extra text;\n", "ALTER TABLE a DROP COLUMN m;\n");
        Migration("004_good", "CREATE TABLE b (id integer);\n", "DROP TABLE b;\n");

        var results = (await RehearseAsync()).Results;

        Assert.Equal([true, false, false, true], results.Select(r => r.UndoProven));
        var forgotten = Assert.Single(results[1].Differences);
        Assert.Equal((DifferenceKind.Added, SchemaObjectType.Index), (forgotten.Kind, forgotten.ObjectType));
        Assert.EndsWith("a_n", forgotten.Name, StringComparison.Ordinal);
        Assert.Equal(
            [(DifferenceKind.Added, "extra"), (DifferenceKind.Removed, "m")],
            results[2].Differences.Select(d => (d.Kind, d.Name.Split('.')[^1])).Order()
        );
        Assert.False(RehearsalVerdicts.Read(Folder)["002_forgets_index"].UndoProven);
    }

    [Fact]
    public async Task A_migration_that_fails_ends_the_rehearsal_and_is_named_with_its_place()
    {
        Migration("001_a", "CREATE TABLE a (id integer);\n", "DROP TABLE a;\n");
        Migration("002_bad", "CREATE TABLE b (id integer);\nINSERT INTO nowhere VALUES (1);\n", "DROP TABLE b;\n");
        Migration("003_c", "CREATE TABLE c (id integer);\n", "DROP TABLE c;\n");

        var results = (await RehearseAsync()).Results;

        Assert.Equal(["001_a", "002_bad"], results.Select(r => r.Name));
        Assert.False(results[1].Applies);
        Assert.Contains(Kind.NoSuchTable("nowhere"), results[1].Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(2, results[1].Failure!.Location!.Line);
    }

    [Fact]
    public async Task An_undo_that_fails_is_no_proof()
    {
        Migration("001_a", "CREATE TABLE a (id integer);\n", "DROP TABLE nowhere;\n");
        Migration("002_b", "CREATE TABLE b (id integer);\n");

        var results = (await RehearseAsync()).Results;

        Assert.Equal([false, null], results.Select(r => r.UndoProven));
        Assert.True(results[0].Applies);
        Assert.NotNull(results[0].Failure);
    }

    [Fact]
    public async Task What_cannot_be_applied_again_is_no_proof()
    {
        // The history's row of the undo is no difference of schema or values, and stands in the way of the second application.
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY);\n", "DROP TABLE a;\n");
        Migration(
            "002_row",
            "CREATE TABLE b (n integer CHECK (n < 5));\nINSERT INTO b SELECT count(*) FROM migration_journal;\n",
            "DROP TABLE b;\n"
        );

        var results = (await RehearseAsync()).Results;

        Assert.Equal([true, false], results.Select(r => r.UndoProven));
        Assert.True(results[1].Applies);
        Assert.NotNull(results[1].Failure);
    }

    [Fact]
    public async Task With_data_the_rows_that_an_undo_loses_are_counted()
    {
        ThreeTables();
        await ApplyAsync(new ApplyRequest { First = 2 });
        Migration("004_empties", "SELECT 1;\n", "DELETE FROM b WHERE id < 3;\n");

        var results = (await RehearseAsync(new RehearsalRequest { WithData = true })).Results;

        var lost = Assert.Single(results.Single(r => r.Name == "004_empties").RowsLost);
        Assert.Equal(("b", 2L), (lost.Table.Split('.')[^1], lost.Rows));
        Assert.Equal("3", await Database.ScalarAsync("SELECT count(*) FROM b"));
        Assert.All((await RehearseAsync()).Results, r => Assert.False(r.WithData));
    }

    [Theory]
    [InlineData("ALTER TABLE k RENAME TO u", "ALTER TABLE u RENAME TO k", "")]
    [InlineData("ALTER TABLE k RENAME COLUMN id TO n", "ALTER TABLE k RENAME COLUMN n TO id", "")]
    [InlineData(
        "ALTER TABLE k RENAME TO u",
        "ALTER TABLE u RENAME TO tmp;\nALTER TABLE tmp RENAME TO k;\nDELETE FROM k WHERE id < 3",
        "u 2"
    )]
    [InlineData(
        "ALTER TABLE k RENAME TO tmp;\nALTER TABLE l RENAME TO k;\nALTER TABLE tmp RENAME TO l",
        "ALTER TABLE k RENAME TO tmp;\nALTER TABLE l RENAME TO k;\nALTER TABLE tmp RENAME TO l",
        ""
    )]
    [InlineData("DELETE FROM k WHERE id > 9", "ALTER TABLE k RENAME TO kept;\nCREATE TABLE k (id integer)", "")]
    [InlineData("DELETE FROM k WHERE id > 9", "DROP TABLE k;\nALTER TABLE l RENAME TO k", "k 3")]
    [InlineData("DELETE FROM k WHERE id > 9", "DROP TABLE l;\nCREATE TABLE l (id integer)", "l 1")]
    public async Task Rows_of_a_table_that_is_renamed_are_not_lost(string up, string down, string lost)
    {
        Migration("001_k", "CREATE TABLE k (id integer);\nCREATE TABLE l (id integer);\n", "DROP TABLE k;\nDROP TABLE l;\n");
        await ApplyAsync();
        await Database.ExecuteAsync("INSERT INTO k VALUES (1), (2), (3); INSERT INTO l VALUES (7)");
        Migration("002_names", up + ";\n", $"-- Row-Loss: allowed\n{down};\n");

        var result = Assert.Single((await RehearseAsync(new RehearsalRequest { WithData = true })).Results);

        Assert.Equal(lost, string.Join(", ", result.RowsLost.Select(t => $"{t.Table.Split('.')[^1]} {t.Rows}")));
        Assert.Empty(result.RowsChanged);
    }

    [Fact]
    public async Task A_database_without_a_history_has_rows_to_lose_too()
    {
        await Database.ExecuteAsync("CREATE TABLE legacy (id integer)");
        await Database.ExecuteAsync("INSERT INTO legacy VALUES (1), (2)");
        Migration("001_empties", "SELECT 1;\n", "DELETE FROM legacy;\n");

        var result = Assert.Single((await RehearseAsync(new RehearsalRequest { WithData = true })).Results);

        Assert.True(result.WithData);
        Assert.Equal(2, Assert.Single(result.RowsLost).Rows);
        Assert.False(Assert.Single((await RehearseAsync(new RehearsalRequest { WithData = true, All = true })).Results).WithData);
    }

    [Fact]
    public async Task Checks_of_another_environment_are_not_asked()
    {
        ThreeTables();
        Write(
            "checks/rows.sql",
            "-- check: everywhere\n-- expect: value 3\nSELECT count(*) FROM b;\n\n-- check: there\n-- environment: "
                + "production\n-- expect: rows 0\nSELECT id FROM b;\n"
        );
        Assert.Equal(["everywhere"], (await RehearseAsync()).Checks.Select(c => c.Name));
        var there = await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions() with { Environment = "Production" }).RunAsync();
        Assert.Equal(["everywhere", "there"], there.Checks.Select(c => c.Name));
    }

    [Fact]
    public async Task All_migrations_are_rehearsed_from_an_empty_database()
    {
        ThreeTables();
        await ApplyAsync();

        Assert.Equal(3, (await RehearseAsync(new RehearsalRequest { All = true })).Results.Count);
        Assert.Empty((await RehearseAsync()).Results);
        Assert.Equal("a, b, c", await TablesAsync());
    }

    [Fact]
    public async Task Verdicts_can_be_kept_in_the_history()
    {
        ThreeTables();
        await ApplyAsync();

        await RehearseAsync(new RehearsalRequest { All = true, Record = true });

        Assert.False(File.Exists(FileOf(RehearsalVerdicts.FileName)));
        Assert.All(await Engine().GetStatusAsync(), s => Assert.True(s is { UndoProven: true, State: MigrationState.Applied }));
        await Engine().UndoAsync(new UndoRequest { RequireProven = true });
        Assert.Equal("a, b", await TablesAsync());
    }

    [Fact]
    public async Task An_unproven_undo_is_refused_when_only_proven_ones_are_wanted()
    {
        ThreeTables();
        await ApplyAsync();

        await ThrowsAsync<PlanException>(ErrorId.UndoUnproven, () => UndoAsync(new UndoRequest { RequireProven = true }));

        Assert.Equal("a, b, c", await TablesAsync());
        await RehearseAsync(new RehearsalRequest { All = true });
        await UndoAsync(new UndoRequest { RequireProven = true });
        Assert.Equal("a, b", await TablesAsync());
    }

    [Fact]
    public async Task Declared_checks_are_asked_after_the_last_migration()
    {
        ThreeTables();
        Write(
            "checks/rows.sql",
            "-- check: b has rows\n-- expect: value 3\nSELECT count(*) FROM b;\n\n-- check: b has too many\n-- expect: rows "
                + "0\nSELECT id FROM b WHERE id > 2;\n"
        );

        var report = await RehearseAsync();

        Assert.Equal(
            [("b has rows", CheckStatus.Pass), ("b has too many", CheckStatus.Fail)],
            report.Checks.Select(c => (c.Name, c.Status))
        );
    }

    [Fact]
    public async Task A_check_that_needs_rows_is_not_shown_on_a_copy_without_them()
    {
        Migration(
            "001_a",
            "CREATE TABLE a (id integer PRIMARY KEY, n integer CHECK (n > 0));\nCREATE VIEW small AS SELECT id FROM a WHERE n < 5;\n",
            "DROP VIEW small;\nDROP TABLE a;\n"
        );
        Migration("002_b", "CREATE TABLE b (id integer PRIMARY KEY);\nINSERT INTO b VALUES (1);\n", "DROP TABLE b;\n");
        await ApplyAsync(new ApplyRequest { First = 1 });
        await Database.ExecuteAsync("INSERT INTO a VALUES (1, 7)");
        Write(
            "checks/rows.sql",
            """
            -- check: 1 none is large
            -- expect: rows 0
            SELECT id FROM a WHERE n > 6;
            -- check: 2 some are small
            -- expect: rows > 0
            SELECT * FROM "small";
            -- check: 3 what it writes itself
            -- expect: value 9
            INSERT INTO a (id, n) VALUES (9, 9);
            SELECT max(n) FROM a;
            -- check: 4 what the migrations wrote
            -- expect: rows 1
            SELECT id FROM b;
            -- check: 5 none is negative
            -- expect: error check constraint
            INSERT INTO a VALUES (2, -1);
            -- check: 6 a change is refused
            -- expect: error check constraint
            UPDATE a SET n = -1;
            -- check: 7 it cannot be asked
            -- expect: rows 0
            SELECT nowhere FROM a;
            -- check: 8 a name in a literal
            -- expect: value a
            SELECT 'a';

            """
        );
        var (shown, open, bad) = (CheckStatus.Pass, CheckStatus.NotRun, CheckStatus.Fail);

        var checks = (await RehearseAsync()).Checks;
        Assert.Equal([open, open, shown, shown, shown, open, bad, shown], checks.Select(c => c.Status));
        Assert.Matches("no rows of (public[.])?a[.]$", checks[0].Message);
        Assert.Contains("--with-data", checks[0].Recommendation, StringComparison.Ordinal);
        Assert.Equal(
            [open, open, shown, shown, shown, open, bad, shown],
            (await RehearseAsync(new RehearsalRequest { All = true })).Checks.Select(c => c.Status)
        );
        Assert.Equal(
            [bad, bad, shown, shown, shown, shown, bad, shown],
            (await RehearseAsync(new RehearsalRequest { WithData = true })).Checks.Select(c => c.Status)
        );
    }

    [Fact]
    public async Task A_child_cannot_be_added_to_a_copy_that_lacks_its_parent_and_that_shows_nothing()
    {
        Migration(
            "001_a",
            "CREATE TABLE projects (id integer PRIMARY KEY, name text NOT NULL);\nCREATE TABLE tasks (id integer PRIMARY "
                + "KEY, project integer NOT NULL REFERENCES projects (id), name text);\n",
            "DROP TABLE tasks;\nDROP TABLE projects;\n"
        );
        Migration("002_b", "CREATE TABLE b (id integer);\n", "DROP TABLE b;\n");
        Write(
            "checks/tasks.sql",
            """
            -- check: 1 a task can be added
            -- expect: value 1
            INSERT INTO tasks VALUES (7, 1, 'Test');
            SELECT count(*) FROM tasks WHERE name = 'Test';
            -- check: 2 to the first project
            -- expect: value 1
            INSERT INTO tasks VALUES (8, (SELECT min(id) FROM projects), 'Test');
            SELECT count(*) FROM tasks WHERE name = 'Test';
            -- check: 3 to its own project
            -- expect: value 1
            INSERT INTO projects VALUES (9, 'Nine');
            INSERT INTO tasks VALUES (9, 9, 'Test');
            SELECT count(*) FROM tasks WHERE name = 'Test';
            -- check: 4 to none
            -- expect: error foreign key constraint
            INSERT INTO tasks VALUES (10, -1, 'Test');
            -- check: 5 a project needs a name
            -- expect: rows 1
            INSERT INTO projects VALUES (11, NULL);

            """
        );
        await ApplyAsync(new ApplyRequest { First = 1 });
        await Database.ExecuteAsync("INSERT INTO projects VALUES (1, 'One')");
        var (shown, open, bad) = (CheckStatus.Pass, CheckStatus.NotRun, CheckStatus.Fail);

        var checks = (await RehearseAsync()).Checks;
        Assert.Equal([open, open, shown, shown, bad], checks.Select(c => c.Status));
        Assert.Matches("no rows of (public[.])?projects[.]$", checks[0].Message);
        Assert.Equal(
            [open, open, shown, shown, bad],
            (await RehearseAsync(new RehearsalRequest { All = true, WithData = true })).Checks.Select(c => c.Status)
        );
        Assert.Equal(
            [shown, shown, shown, shown, bad],
            (await RehearseAsync(new RehearsalRequest { WithData = true })).Checks.Select(c => c.Status)
        );
        await Database.ExecuteAsync("DELETE FROM projects");
        Assert.Equal(
            [open, bad, shown, shown, bad],
            (await RehearseAsync(new RehearsalRequest { WithData = true })).Checks.Select(c => c.Status)
        );
    }

    [Fact]
    public async Task The_checklist_is_answered_for_every_migration()
    {
        ThreeTables();
        Migration("004_no_undo", "CREATE TABLE d (id integer);\n");
        await ApplyAsync(new ApplyRequest { First = 2 });

        var results = await new MigrationChecklist(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync(
            new RehearsalRequest(),
            new CheckRequest()
        );

        Assert.Equal(
            [
                "naming",
                "rollback-exists",
                "applies-on-empty-data",
                "applies-on-populated-data",
                "rollback-tested",
                "duration",
                "backup-made",
            ],
            results.Where(r => r.Target == "003_c").Select(r => r.Name)
        );
        Assert.All(results.Where(r => r is { Target: "003_c", Name: not "backup-made" }), r => Assert.Equal(CheckStatus.Pass, r.Status));
        Assert.Equal(CheckStatus.NotRun, results.Single(r => r is { Target: "003_c", Name: "backup-made" }).Status);
        Assert.Equal(CheckStatus.Warn, results.Single(r => r is { Target: "004_no_undo", Name: "rollback-exists" }).Status);
        Assert.Equal(CheckStatus.NotRun, results.Single(r => r is { Target: "004_no_undo", Name: "rollback-tested" }).Status);
    }

    [Theory]
    [InlineData(0.000001, CheckStatus.Fail)]
    [InlineData(600, CheckStatus.Pass)]
    public async Task The_checklist_judges_how_long_a_migration_takes(double seconds, CheckStatus expected)
    {
        ThreeTables();
        var results = await new MigrationChecklist(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync(
            new RehearsalRequest { Target = "001_a" },
            new CheckRequest { MaxDuration = TimeSpan.FromSeconds(seconds) }
        );
        var duration = results.Single(r => r.Name == "duration");
        Assert.Equal(expected, duration.Status);
        Assert.Equal(expected == CheckStatus.Fail, duration.Message.Contains("are allowed", StringComparison.Ordinal));
    }

    private Task<RehearsalReport> RehearseAsync(RehearsalRequest? request = null) =>
        new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync(request);
}

public sealed class SqliteRehearsalTests() : RehearsalConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlRehearsalTests() : RehearsalConformance(DatabaseKind.PostgreSql);
