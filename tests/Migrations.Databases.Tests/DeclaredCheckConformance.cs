using Migrations.Backup;
using Migrations.Events;
using Migrations.Integrity;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>Declared checks answer what was asked and leave nothing behind.</summary>
public abstract class DeclaredCheckConformance(DatabaseKind kind) : Conformance(kind)
{
    /// <summary>The sample of this engine.</summary>
    protected abstract string Sample { get; }

    [Fact]
    public async Task Every_check_of_the_dashboard_passes_and_leaves_nothing_behind()
    {
        await UseSampleAsync();
        var before = await ContentAsync();

        var results = await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Declared] });

        Assert.True(results.Count >= 13, $"Only {results.Count} checks were made.");
        Assert.All(results, r => Assert.True(r.Status == CheckStatus.Pass, $"{r.Name}: {r.Message}"));
        Assert.All(results, r => Assert.Equal(Target().Display, r.Database));
        Assert.Equal(before, await ContentAsync());
    }

    [Fact]
    public async Task What_is_broken_is_found_by_its_check_alone()
    {
        await UseSampleAsync();
        await Database.ExecuteAsync("DROP INDEX idx_tasks_priority_queue");
        await Database.ExecuteAsync("UPDATE milestones SET total_tasks = 7");

        var failed = (await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Declared] }))
            .Where(r => r.Status != CheckStatus.Pass)
            .Select(r => r.Name)
            .ToList();

        Assert.Contains("the priority queue has its index", failed);
        Assert.Contains("the priority queue uses its index", failed);
        Assert.Contains("the counts agree with the tasks", failed);
        Assert.DoesNotContain("an unknown status is rejected", failed);
        Assert.DoesNotContain("tables exist", failed);
    }

    [Fact]
    public async Task A_check_cannot_commit_what_it_does()
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY);\n", "DROP TABLE a;\n");
        Write(
            "checks/commits.sql",
            "-- expect: rows 0\nINSERT INTO a VALUES (1);\nCOMMIT;\nINSERT INTO a VALUES (2);\nSELECT 1 WHERE 1 = 0;\n"
        );
        await ApplyAsync();

        var result = Assert.Single(await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Declared] }));

        Assert.Equal(CheckStatus.Fail, result.Status);
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM a"));
    }

    [Fact]
    public async Task An_error_gives_its_code_and_its_place_once()
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY);\n", "DROP TABLE a;\n");
        Write("checks/fails.sql", "-- check: fails\n-- expect: rows 0\nSELECT x FROM nowhere;\n");
        await ApplyAsync();

        var message = Assert.Single(await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Declared] })).Message;

        foreach (var once in new[] { "fails.sql:3", Kind.Driver.Engine == "SQLite" ? "SQLITE_ERROR" : "42P01", "nowhere" })
            Assert.Equal(2, message.Split(once).Length);
    }

    [Theory]
    [InlineData(
        "-- check: a\n-- expect: rows 0\nSELECT 1 WHERE 1 = 0;\n<<<<<<< HEAD\n-- check: b\n=======\n-- check: c\n>>>>>>> other\n",
        "conflict marker",
        ":4"
    )]
    [InlineData("-- check: a\n-- expect: rows 0\nSELECT 1 \u200bWHERE 1 = 0;\n", "U+200B", ":3")]
    public async Task What_stops_a_migration_stops_a_check(string text, string expected, string place)
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY);\n", "DROP TABLE a;\n");
        Write("checks/merged.sql", text);
        await ApplyAsync();

        var result = Assert.Single(await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Declared] }));

        Assert.Equal(CheckStatus.Fail, result.Status);
        Assert.Contains(expected, result.Message, StringComparison.Ordinal);
        Assert.Contains("merged.sql" + place, result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_that_takes_too_long_fails_in_time()
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY);\n", "DROP TABLE a;\n");
        Write("checks/slow.sql", $"-- expect: rows 0\n-- timeout: 200ms\n{Kind.SlowStatement};\n");
        await ApplyAsync();

        var result = Assert.Single(await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Declared] }));

        Assert.Equal(CheckStatus.Fail, result.Status);
        Assert.Equal("a", await TablesAsync());
    }

    [Fact]
    public async Task Checks_are_chosen_by_name_and_asked_on_a_copy_when_that_is_wanted()
    {
        await UseSampleAsync();

        var results = await Checker()
            .CheckAsync(
                new CheckRequest
                {
                    Names = ["a * task is *"],
                    Categories = [CheckCategory.Declared],
                    OnCopy = true,
                }
            );

        Assert.Equal(
            ["a deleted task is counted no more", "a finished task is counted as finished", "a new task is counted"],
            results.Select(r => r.Name).Order(StringComparer.Ordinal)
        );
        Assert.All(results, r => Assert.Equal(CheckStatus.Pass, r.Status));
        await ThrowsAsync<MigrationException>(
            ErrorId.UsageInvalid,
            () => Checker().CheckAsync(new CheckRequest { Names = ["no such check"] })
        );
        await ThrowsAsync<MigrationException>(
            ErrorId.UsageInvalid,
            () => Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Checklist] })
        );
    }

    [Fact]
    public async Task A_warning_is_no_failure_and_a_check_of_another_environment_is_not_asked()
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY);\n", "DROP TABLE a;\n");
        Write("checks/warn.sql", "-- severity: warn\n-- expect: rows 1\n-- recommend: Fill the table.\nSELECT id FROM a;\n");
        Write("checks/production.sql", "-- environment: production\n-- expect: rows 1\nSELECT id FROM a;\n");
        await ApplyAsync();

        var result = Assert.Single(await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Declared] }));

        Assert.Equal((CheckStatus.Warn, "Fill the table.", "rows 0"), (result.Status, result.Recommendation, result.Actual));
    }

    [Theory]
    [InlineData("SELECT 1;\n", "has no expectation")]
    [InlineData("-- expect: rows 0\n-- expect: value 1\nSELECT 1;\n", "2 expectations")]
    [InlineData("-- expect: rows none\nSELECT 1;\n", "'expect: rows none'")]
    [InlineData("-- check: empty\n-- expect: rows 0\n", "no statement")]
    [InlineData("-- check: twice\n-- expect: rows 0\nSELECT 1;\n-- check: twice\n-- expect: rows 0\nSELECT 1;\n", "also named 'twice'")]
    [InlineData("-- expect: rows 0\n-- severity: mild\nSELECT 1;\n", "'severity: mild'")]
    public async Task A_malformed_check_is_a_failure_that_names_the_line(string text, string message)
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY);\n", "DROP TABLE a;\n");
        var file = Write("checks/bad.sql", text);
        await ApplyAsync();

        var result = Assert.Single(await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Declared] }));

        Assert.Equal(CheckStatus.Fail, result.Status);
        Assert.Contains(file, result.Message, StringComparison.Ordinal);
        Assert.Contains(message, result.Message, StringComparison.Ordinal);
        var error = Assert.Throws<FolderException>(() => CheckFileReader.Read(Folder, Kind.Driver.Dialect));
        Assert.All(error.Problems, p => Assert.Equal(ErrorId.CheckInvalid, p.Id));
    }

    [Fact]
    public async Task A_failed_check_fails_the_run_and_the_backup_puts_it_back()
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY);\n", "DROP TABLE a;\n");
        await ApplyAsync(new ApplyRequest { Check = new CheckRequest() });
        Migration("002_row", "INSERT INTO a VALUES (1);\n", "DELETE FROM a;\n");
        Write("checks/empty.sql", "-- check: a is empty\n-- expect: rows 0\nSELECT id FROM a;\n");

        var error = await ThrowsAsync<MigrationException>(
            ErrorId.CheckFailed,
            () => ApplyAsync(new ApplyRequest { Check = new CheckRequest() })
        );

        Assert.Contains("a is empty", error.Message, StringComparison.Ordinal);
        Assert.Equal("002_row", Names(error.Applied));
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM a"));
        error = await ThrowsAsync<MigrationException>(
            ErrorId.CheckFailed,
            () => ApplyAsync(new ApplyRequest { Check = new CheckRequest() })
        );
        Assert.StartsWith("Nothing was pending, and a check failed", error.Message, StringComparison.Ordinal);
        Assert.Empty(error.Applied);
        await UndoAsync();
        Directory.CreateDirectory(FileOf("backups"));
        var backup = new BackupRequest { Folder = FileOf("backups") };
        error = await ThrowsAsync<MigrationException>(
            ErrorId.CheckFailed,
            () =>
                ApplyAsync(
                    new ApplyRequest
                    {
                        Check = new CheckRequest(),
                        Backup = backup,
                        RestoreOnFailure = true,
                    }
                )
        );
        Assert.Empty(error.Applied);
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM a"));
        Assert.Equal("001_a Applied, 002_row RolledBack", await StatesAsync());
    }

    [Fact]
    public async Task What_was_applied_is_told_when_the_checks_after_it_cannot_be_made()
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY);\n", "DROP TABLE a;\n");
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.UsageInvalid,
            () => ApplyAsync(new ApplyRequest { Check = new CheckRequest { Names = ["no such check"] } })
        );
        Assert.Equal("001_a", Names(error.Applied));

        Migration("002_b", "CREATE TABLE b (id integer PRIMARY KEY);\n", "DROP TABLE b;\n");
        using var stop = new CancellationTokenSource();
        Events = new()
        {
            Published = e =>
            {
                if (e is WorkAdvanced { Activity: var activity } && activity.StartsWith("Checking", StringComparison.Ordinal))
                    stop.Cancel();
            },
        };
        error = await ThrowsAsync<MigrationException>(
            ErrorId.Cancelled,
            () => Engine().ApplyAsync(new ApplyRequest { Check = new CheckRequest() }, stop.Token)
        );
        Assert.Equal("002_b", Names(error.Applied));
        Assert.Contains("were applied", error.Message, StringComparison.Ordinal);
        Assert.Equal("a, b", await TablesAsync());
    }

    [Fact]
    public async Task What_could_not_be_checked_after_a_run_is_warned_of()
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY);\n", "DROP TABLE a;\n");
        await ApplyAsync(new ApplyRequest { Check = new CheckRequest() });
        Assert.Empty(Events.Of<WarningRaised>());
        Migration("002_b", "CREATE TABLE b (id integer PRIMARY KEY);\n", "DROP TABLE b;\n");
        await ApplyAsync(new ApplyRequest { Check = new CheckRequest { BackupFolder = FileOf("nowhere") } });
        Assert.Contains(Events.Of<WarningRaised>(), w => w.Message.Contains("'backup' was not checked", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Directives_inside_literals_are_text()
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY);\n", "DROP TABLE a;\n");
        Write("checks/literal.sql", "-- expect: rows 1\nSELECT 'x\n-- check: no section\n-- expect: rows 9\n';\n");
        await ApplyAsync();

        var result = Assert.Single(await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Declared] }));

        Assert.Equal(("literal", CheckStatus.Pass), (result.Name, result.Status));
    }

    /// <summary>Everything that a check could have left behind.</summary>
    protected abstract Task<string> ContentAsync();

    private async Task UseSampleAsync()
    {
        foreach (var file in Directory.EnumerateFiles(Repository.PathOf("samples", Sample), "*.sql", SearchOption.AllDirectories))
            Write(Path.GetRelativePath(Repository.PathOf("samples", Sample), file), await File.ReadAllTextAsync(file));
        await ApplyAsync();
    }
}

public sealed class SqliteDeclaredCheckTests() : DeclaredCheckConformance(DatabaseKind.Sqlite)
{
    protected override string Sample => "dashboard";

    /// <summary>The file itself, byte for byte, and no log of changes beside it.</summary>
    protected override async Task<string> ContentAsync()
    {
        var file = ((SqliteTestDatabase)Database).File;
        Assert.False(File.Exists(file + "-journal"));
        return Convert.ToHexString(await File.ReadAllBytesAsync(file));
    }
}

public sealed class PostgreSqlDeclaredCheckTests() : DeclaredCheckConformance(DatabaseKind.PostgreSql)
{
    [Fact]
    public async Task A_check_that_loses_its_connection_fails_and_the_others_are_made()
    {
        ThreeTables();
        Write(
            "checks/both.sql",
            "-- check: lost\n-- expect: rows 0\nSELECT pg_terminate_backend(pg_backend_pid());\n\n-- check: next\n-- expect: "
                + "rows 3\nSELECT id FROM b;\n"
        );

        var rehearsed = (await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync()).Checks;
        await ApplyAsync();
        var checks = await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Declared] });

        // On a copy it is not asked at all: it reaches other sessions of the server.
        Assert.Equal([("lost", CheckStatus.NotRun), ("next", CheckStatus.Pass)], rehearsed.Select(c => (c.Name, c.Status)));
        Assert.Equal([("lost", CheckStatus.Fail), ("next", CheckStatus.Pass)], checks.Select(c => (c.Name, c.Status)));
    }

    protected override string Sample => "dashboard-postgresql";

    protected override async Task<string> ContentAsync() =>
        string.Join(
            '\n',
            await Database.RowsAsync(
                "SELECT 'p' || p::text FROM projects p UNION ALL SELECT 'm' || m::text FROM milestones m UNION ALL SELECT 't' || "
                    + "t::text FROM tasks t "
                    + "UNION ALL SELECT 'j' || j.id || j.name FROM migration_journal j UNION ALL SELECT 'c' || relname || "
                    + "relkind::text || relfilenode FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
            )
        );
}
