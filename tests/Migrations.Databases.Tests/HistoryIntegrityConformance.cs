using Migrations.History;
using Migrations.Integrity;
using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>Which migration of the folder is which of the history: edited, renamed, renumbered, another one, or another folder.</summary>
public abstract class HistoryIntegrityConformance(DatabaseKind kind) : Conformance(kind)
{
    protected override bool NeedsCopies => true;

    private const string TableA = "CREATE TABLE a (id integer, v integer);\n";
    private const string IndexA = "CREATE INDEX a_v ON a (v);\n";

    /// <summary>Calls that must not take one migration for another; each is refused in the same words.</summary>
    public static TheoryData<string> Calls =>
        [
            "up",
            "up --skip-checksum",
            "down",
            "down by name",
            "down to",
            "test",
            "baseline",
            "repair",
            "repair by name",
            "repair by version",
        ];

    private Task CallAsync(string call, string name) =>
        call switch
        {
            "up" => ApplyAsync(),
            "up --skip-checksum" => ApplyAsync(new ApplyRequest { SkipChecksum = true }),
            "down" => UndoAsync(),
            "down by name" => UndoAsync(new UndoRequest { Name = name }),
            "down to" => UndoAsync(new UndoRequest { To = "001" }),
            "test" => new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync(),
            "baseline" => Engine().BaselineAsync(new BaselineRequest { Target = "001" }),
            "repair" => Engine().RepairAsync(),
            "repair by name" => Engine().RepairAsync(new RepairRequest { Name = name }),
            "repair by version" => Engine().RepairAsync(new RepairRequest { Name = "002" }),
            _ => throw new ArgumentOutOfRangeException(nameof(call), call, null),
        };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_version_that_was_applied_under_another_name_is_another_migration(string call)
    {
        await ApplyTwoAsync("002_mine", "CREATE TABLE mine (id integer);\n");
        Replace("002_mine", "002_colleague", "CREATE TABLE colleague (id integer);\n");

        var error = await ThrowsAsync<PlanException>(ErrorId.OtherMigration, () => CallAsync(call, "002_colleague"));

        Assert.Contains("002_mine", error.Message, StringComparison.Ordinal);
        Assert.Contains("002_colleague", error.Message, StringComparison.Ordinal);
        Assert.Contains("002_colleague never ran on this database", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("Is this the right folder?", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("repair 002_colleague", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Equal("001_a applied, 002_mine applied", await JournalAsync());
        Assert.Equal("001_a Applied, 002_colleague Pending, 002_mine Missing", await StatesAsync());
        Assert.Equal("002_mine", (await StatusOfAsync("002_colleague")).RecordedAs);
        Assert.False((await Engine().GetSummaryAsync()).Healthy);
        Assert.Equal("a, mine", await TablesAsync());
    }

    [Fact]
    public async Task Once_the_other_migration_is_forgotten_by_name_its_version_is_free()
    {
        await ApplyTwoAsync("002_mine", "CREATE TABLE mine (id integer);\n");
        Replace("002_mine", "002_colleague", "CREATE TABLE colleague (id integer);\n");
        var repair = Assert.Single(await Engine().RepairAsync(new RepairRequest { Name = "002_mine", RemoveMissing = true }));
        Assert.Equal(("002_mine", "Missing"), (repair.Name, repair.Repair));
        Assert.Equal("002_colleague", Names(await ApplyAsync()));
        Assert.Equal("001_a Applied, 002_colleague Applied", await StatesAsync());
    }

    [Fact]
    public async Task What_was_undone_or_failed_under_a_version_is_not_the_state_of_another_migration()
    {
        await ApplyTwoAsync("002_mine", "CREATE TABLE mine (id integer);\n", "DROP TABLE mine;\n");
        await UndoAsync();
        Assert.Equal("001_a Applied, 002_mine RolledBack", await StatesAsync());
        Replace("002_mine", "002_colleague", "CREATE TABLE colleague (id integer);\n");
        Assert.Equal("001_a Applied, 002_colleague Pending", await StatesAsync());
        Assert.Equal("002_colleague", Names(await ApplyAsync()));
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task A_folder_that_has_nothing_in_common_with_the_history_is_another_folder(string call)
    {
        await ApplyTwoAsync("002_index", IndexA);
        var right = Folder + "-right";
        Directory.Move(Folder, right);
        Directory.CreateDirectory(Folder);
        Migration("001_users", "CREATE TABLE users (id integer);\n", "DROP TABLE users;\n");
        Migration("002_more", "CREATE TABLE more (id integer);\n", "DROP TABLE more;\n");

        // One that is named is answered for by itself.
        var expected = call is "repair by name" or "repair by version" ? ErrorId.OtherMigration : ErrorId.OtherFolder;
        var error = await ThrowsAsync<PlanException>(expected, () => CallAsync(call, "002_more"));

        Assert.Contains("002_index", error.Message, StringComparison.Ordinal);
        Assert.Contains("002_more", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            $"Is this the right folder? Another one matches the history better: --path \"{right}\".",
            error.NextStep.ToString(),
            StringComparison.Ordinal
        );
        Assert.Equal("001_a applied, 002_index applied", await JournalAsync());
        Assert.Equal("001_users Pending, 001_a Missing, 002_more Pending, 002_index Missing", await StatesAsync());
        Assert.Contains("Is this the right folder?", Events.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Other_versions_than_the_applied_ones_alone_are_another_folder_too(bool empty)
    {
        await ApplyTwoAsync("002_index", IndexA);
        Directory.Delete(Folder, recursive: true);
        Directory.CreateDirectory(Folder);
        if (!empty)
            Write("20240101120000_users.sql", "CREATE TABLE users (id integer);\n");

        await ThrowsAsync<PlanException>(ErrorId.OtherFolder, () => ApplyAsync());
        await ThrowsAsync<PlanException>(ErrorId.OtherFolder, () => UndoAsync());
        await ThrowsAsync<PlanException>(ErrorId.OtherFolder, () => Engine().RepairAsync(new RepairRequest { RemoveMissing = true }));
        // Whoever has put the old ones away on purpose says so.
        Assert.Equal(empty ? "" : "20240101120000_users", Names(await ApplyAsync(new ApplyRequest { SkipChecksum = true })));
    }

    [Theory]
    [InlineData("services")]
    [InlineData("../service/migrations")]
    public async Task A_better_folder_is_looked_for_below_and_beside(string place)
    {
        await ApplyTwoAsync("002_index", IndexA);
        var right = Path.GetFullPath(Path.Combine(Folder, place));
        Move(right);
        Write("001_x.sql", "CREATE TABLE x (id integer);\n");
        var error = await ThrowsAsync<PlanException>(ErrorId.OtherFolder, () => ApplyAsync());
        Assert.Contains($"--path \"{right}\"", error.NextStep.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_better_folder_is_looked_for_above()
    {
        await ApplyTwoAsync("002_index", IndexA);
        var inside = Path.Combine(Folder, "more");
        Directory.CreateDirectory(inside);
        await File.WriteAllTextAsync(Path.Combine(inside, "001_x.sql"), "CREATE TABLE x (id integer);\n");
        var error = await ThrowsAsync<PlanException>(
            ErrorId.OtherFolder,
            () => new Migrator(Kind.Driver, Target(), inside, EngineOptions()).ApplyAsync()
        );
        Assert.Contains($"--path \"{Folder}\"", error.NextStep.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_renumbered_migration_is_recorded_and_frees_its_version()
    {
        await ApplyTwoAsync("002_index_a", IndexA, "DROP INDEX a_v;\n");
        Rename("002_index_a", "003_index_a");
        Migration("002_table_b", "CREATE TABLE b (id integer PRIMARY KEY);\n", "DROP TABLE b;\n");

        Assert.Equal("001_a Applied, 002_table_b Pending, 003_index_a Applied", await StatesAsync());
        var status = await StatusOfAsync("003_index_a");
        Assert.Equal(("002_index_a", true), (status.RecordedAs, status.IsRenumbered));
        Assert.Null((await StatusOfAsync("002_table_b")).RecordedAs);
        Assert.False((await Engine().GetSummaryAsync()).Healthy);
        foreach (var call in (string[])["up", "up --skip-checksum", "down", "test", "baseline"])
        {
            var error = await ThrowsAsync<PlanException>(ErrorId.MigrationRenamed, () => CallAsync(call, "003_index_a"));
            Assert.Contains("'migrations repair 003_index_a'", error.NextStep.ToString(), StringComparison.Ordinal);
        }

        var other = await ThrowsAsync<PlanException>(
            ErrorId.RepairNotNeeded,
            () => Engine().RepairAsync(new RepairRequest { Name = "002_table_b" })
        );
        Assert.Contains("003_index_a (applied as 002_index_a)", other.Message, StringComparison.Ordinal);
        var repair = Assert.Single(await Engine().RepairAsync(new RepairRequest { Name = "003_index_a" }));
        Assert.Equal(("003_index_a", "Renamed"), (repair.Name, repair.Repair));
        Assert.Equal("001_a applied, 002_index_a applied, 002_index_a repaired, 003_index_a repaired", await JournalAsync());
        Assert.Equal(ScriptChange.None, (await StatusOfAsync("003_index_a")).Change);
        Assert.True((await Engine().GetSummaryAsync()).Healthy);
        // It stays where it was in the order of application: what was numbered before it meanwhile is late only on paper.
        Assert.Equal("002_table_b", Names(await ApplyAsync()));
        Assert.Equal("002_table_b", Names(await UndoAsync()));
        Assert.Equal("003_index_a", Names(await UndoAsync()));
        Assert.Equal("001_a Applied, 002_table_b RolledBack, 003_index_a RolledBack", await StatesAsync());
        Assert.Equal("002_table_b, 003_index_a", Names(await ApplyAsync()));
    }

    [Fact]
    public async Task Migrations_that_swapped_or_shifted_their_numbers_are_recorded_together()
    {
        await ApplyTwoAsync("002_b", "CREATE TABLE b (id integer);\n", "DROP TABLE b;\n");
        Migration("003_c", "CREATE TABLE c (id integer);\n", "DROP TABLE c;\n");
        await ApplyAsync();
        Rename("003_c", "004_c");
        Rename("002_b", "003_b");
        Migration("002_new", "CREATE TABLE fresh (id integer);\n", "DROP TABLE fresh;\n");

        var repaired = await Engine().RepairAsync(new RepairRequest { Name = "003_b" });
        Assert.Equal(["003_b", "004_c"], repaired.Select(r => r.Name));
        Assert.Equal("001_a Applied, 002_new OutOfOrder, 003_b Applied, 004_c Applied", await StatesAsync());

        Rename("003_b", "009_b");
        Rename("004_c", "003_c");
        Rename("009_b", "004_b");
        Assert.Equal(["003_c", "004_b"], (await Engine().RepairAsync()).Select(r => r.Name));
        Assert.Equal("001_a Applied, 002_new OutOfOrder, 003_c Applied, 004_b Applied", await StatesAsync());
        Assert.Equal("003_c, 004_b", Names(await UndoAsync(new UndoRequest { Last = 2 })));
        Assert.Equal("a", await TablesAsync());
    }

    [Fact]
    public async Task A_renamed_file_of_the_same_version_is_a_warning()
    {
        await ApplyTwoAsync("002_index_a", IndexA, "DROP INDEX a_v;\n");
        Rename("002_index_a", "002_better_name");

        Assert.Equal("001_a Applied, 002_better_name Applied", await StatesAsync());
        var status = await StatusOfAsync("002_better_name");
        Assert.Equal(("002_index_a", false), (status.RecordedAs, status.IsRenumbered));
        Assert.True((await Engine().GetSummaryAsync()).Healthy);
        Assert.Empty(await ApplyAsync());
        Assert.Contains("'migrations repair 002_better_name' records the new name", Events.ToString(), StringComparison.Ordinal);

        Assert.Equal("Renamed", Assert.Single(await Engine().RepairAsync()).Repair);
        Assert.Null((await StatusOfAsync("002_better_name")).RecordedAs);
        Assert.Equal("002_better_name", Names(await UndoAsync()));
    }

    [Theory]
    [InlineData("002_renamed")]
    [InlineData("003_index_a")]
    public async Task A_renamed_or_renumbered_file_may_have_other_comments(string name)
    {
        await ApplyTwoAsync("002_index_a", IndexA);
        Replace("002_index_a", name, "-- for the list\ncreate index a_v on a (v);\n");

        var status = await StatusOfAsync(name);
        Assert.Equal((MigrationState.Applied, ScriptChange.Cosmetic, "002_index_a"), (status.State, status.Change, status.RecordedAs));
        Assert.Equal("Renamed", Assert.Single(await Engine().RepairAsync()).Repair);
        status = await StatusOfAsync(name);
        Assert.Equal((MigrationState.Applied, ScriptChange.None, null), (status.State, status.Change, status.RecordedAs));
        Assert.Empty(await ApplyAsync());
    }

    [Fact]
    public async Task With_identity_by_name_a_new_name_is_recorded_too()
    {
        Migration("001_a", TableA);
        Migration("001_index_a", IndexA);
        var engine = Engine(o => o with { Folder = new() { IdentityByName = true } });
        await engine.ApplyAsync();
        Rename("001_index_a", "002_index_a");
        await ThrowsAsync<PlanException>(ErrorId.MigrationRenamed, () => engine.ApplyAsync());
        Assert.Equal("Renamed", Assert.Single(await engine.RepairAsync()).Repair);
        Assert.Equal("001_a Applied, 002_index_a Applied", await StatesAsync(engine));
        Assert.Empty(await engine.ApplyAsync());
    }

    [Fact]
    public async Task Of_two_files_with_the_applied_text_the_name_says_which_it_is()
    {
        await ApplyTwoAsync("002_touch", "INSERT INTO a (v) VALUES (1);\n");
        Rename("002_touch", "003_touch");
        Write("004_touch_again.sql", "INSERT INTO a (v) VALUES (1);\n");
        Assert.Equal("001_a Applied, 003_touch Applied, 004_touch_again Pending", await StatesAsync());

        Rename("003_touch", "003_this");
        Assert.Equal("001_a Applied, 002_touch Missing, 003_this Pending, 004_touch_again Pending", await StatesAsync());
    }

    [Fact]
    public async Task An_edit_is_shown_statement_by_statement_before_it_is_accepted()
    {
        await ApplyTwoAsync("002_rows", "INSERT INTO a (v) VALUES (1);\nINSERT INTO a (v) VALUES (2);\nINSERT INTO a (v) VALUES (3);\n");
        Write(
            "002_rows.up.sql",
            "-- a comment\nINSERT INTO a (v) VALUES (1);\nINSERT INTO a (v) VALUES (22);\nINSERT INTO a (v) VALUES "
                + "(3);\nINSERT INTO a (v) VALUES (4);\n"
        );

        Assert.Equal("001_a Applied, 002_rows Changed", await StatesAsync());
        var planned = Assert.Single(await Engine().PlanRepairAsync());
        Assert.Equal("001_a applied, 002_rows applied", await JournalAsync());
        Assert.Equal(
            [
                new StatementDifference(3, "INSERT INTO a (v) VALUES (2)", "INSERT INTO a (v) VALUES (22)"),
                new StatementDifference(5, null, "INSERT INTO a (v) VALUES (4)"),
            ],
            planned.Differences
        );
        Assert.Equal(["line 3:", "- INSERT INTO a (v) VALUES (2)", "+ INSERT INTO a (v) VALUES (22)"], planned.Differences[0].Lines());
        Assert.Equal(planned.Differences, Assert.Single(await Engine().RepairAsync(new RepairRequest { Name = "002" })).Differences);
        Assert.Equal("001_a Applied, 002_rows Applied", await StatesAsync());
    }

    [Fact]
    public async Task No_more_is_repaired_than_was_shown()
    {
        await ApplyTwoAsync("002_index", IndexA);
        Write("001_a.up.sql", TableA + "INSERT INTO a (v) VALUES (1);\n");
        Write("002_index.up.sql", IndexA + "INSERT INTO a (v) VALUES (2);\n");
        Assert.Equal("001_a", Assert.Single(await Engine().RepairAsync(new RepairRequest { Only = ["001_a"] })).Name);
        Assert.Equal("001_a Applied, 002_index Changed", await StatesAsync());
    }

    [Fact]
    public async Task Checks_tell_another_migration_from_an_edit()
    {
        await ApplyTwoAsync("002_mine", "CREATE TABLE mine (id integer);\n");
        Replace("002_mine", "002_colleague", "CREATE TABLE colleague (id integer);\n");
        var checks = await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.History] });
        Assert.Equal(CheckStatus.Pass, checks.Single(c => c.Name == "history-changed").Status);
        var identity = checks.Single(c => c.Name == "history-identity");
        Assert.Equal((CheckStatus.Fail, "002_colleague (applied: 002_mine)"), (identity.Status, identity.Actual));
        Assert.DoesNotContain("repair", checks.Single(c => c.Name == "history-missing").Recommendation, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drift_replays_a_renumbered_migration_from_its_file()
    {
        await ApplyTwoAsync("002_index_a", IndexA);
        Rename("002_index_a", "003_index_a");
        var checks = await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Drift, CheckCategory.History] });
        Assert.Equal(CheckStatus.Pass, checks.Single(c => c.Name == "drift").Status);
        Assert.Equal(CheckStatus.Fail, checks.Single(c => c.Name == "history-renumbered").Status);
    }

    [Fact]
    public async Task Services_that_share_a_journal_are_matched_each_by_itself()
    {
        Migration("001_a", TableA);
        await Engine(o => o with { Service = "shop" }).ApplyAsync();
        Replace("001_a", "001_other", "CREATE TABLE other (id integer);\n");
        await Engine(o => o with { Service = "billing" }).ApplyAsync();
        Assert.Equal("001_other Applied", await StatesAsync(Engine(o => o with { Service = "billing" })));
        var error = await ThrowsAsync<PlanException>(ErrorId.OtherFolder, () => Engine(o => o with { Service = "shop" }).ApplyAsync());
        Assert.Contains("--service billing", error.NextStep.ToString(), StringComparison.Ordinal);
        // Without one it would run again, although it was applied.
        var forgotten = await ThrowsAsync<PlanException>(ErrorId.ServiceDiffers, () => Engine().PlanApplyAsync());
        Assert.Contains("--service billing", forgotten.NextStep.ToString(), StringComparison.Ordinal);
    }

    private async Task ApplyTwoAsync(string second, string up, string? down = null)
    {
        Migration("001_a", TableA, "DROP TABLE a;\n");
        Migration(second, up, down);
        await ApplyAsync();
        Events = new();
    }

    private void Replace(string name, string by, string up)
    {
        foreach (var file in Directory.GetFiles(Folder, name + ".*"))
            File.Delete(file);
        Migration(by, up);
    }

    private void Rename(string name, string to)
    {
        foreach (var file in Directory.GetFiles(Folder, name + ".*"))
            File.Move(file, FileOf(to + Path.GetFileName(file)[name.Length..]));
    }

    private void Move(string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(Folder))
            File.Move(file, Path.Combine(to, Path.GetFileName(file)));
    }
}

public sealed class SqliteHistoryIntegrityTests() : HistoryIntegrityConformance(DatabaseKind.Sqlite);

public sealed class PostgreSqlHistoryIntegrityTests() : HistoryIntegrityConformance(DatabaseKind.PostgreSql);
