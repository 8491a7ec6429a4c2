using Migrations.Events;
using Migrations.Integrity;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>Foreign keys that a header lets be open up to a later migration. SQLite only: a server does not let it come to that.</summary>
public sealed class OpenForeignKeyTests() : Conformance(DatabaseKind.Sqlite)
{
    private const string Rename = """
        ALTER TABLE parent RENAME TO parent_old;
        CREATE TABLE parent (id INTEGER PRIMARY KEY, n TEXT, more TEXT);
        INSERT INTO parent SELECT id, n, NULL FROM parent_old;
        DROP TABLE parent_old;

        """;

    private const string Close = """
        ALTER TABLE child RENAME TO child_old;
        CREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent (id));
        INSERT INTO child SELECT * FROM child_old;
        DROP TABLE child_old;

        """;

    protected override bool NeedsCopies => true;

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    [InlineData(TransactionMode.None)]
    public async Task Keys_may_be_open_until_the_migration_that_the_header_names(TransactionMode mode)
    {
        Three(Close);
        Assert.Equal("001_a, 002_b, 003_c", Names(await ApplyAsync(new ApplyRequest { TransactionMode = mode })));
        Assert.Equal("parent", await Database.ScalarAsync("SELECT \"table\" FROM pragma_foreign_key_list('child')"));
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM pragma_foreign_key_check"));
        Assert.Equal("1", await Database.ScalarAsync("SELECT count(*) FROM child"));
        Assert.Empty((await StatusOfAsync("002_b")).OpenForeignKeys);
    }

    [Theory]
    [InlineData(TransactionMode.Each, "002_b Applied, 003_c Failed")]
    [InlineData(TransactionMode.All, "002_b Pending, 003_c Failed")]
    [InlineData(TransactionMode.None, "002_b Applied, 003_c Failed")]
    public async Task No_run_goes_beyond_that_migration_with_open_keys(TransactionMode mode, string expected)
    {
        Three("CREATE TABLE other (a);\nDROP TABLE other;\n");
        Migration("004_d", "CREATE TABLE d (a);");
        var error = await ThrowsAsync<StatementException>(
            ErrorId.ForeignKeyBroken,
            () => ApplyAsync(new ApplyRequest { TransactionMode = mode })
        );
        Assert.Contains("002_b may leave foreign keys open up to this migration", error.Message, StringComparison.Ordinal);
        Assert.Contains("there is no table 'parent_old'", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, await StatesAsync(), StringComparison.Ordinal);
        Assert.DoesNotContain("d", (await TablesAsync()).Split(", "));

        Three(Close);
        await ApplyAsync(new ApplyRequest { TransactionMode = mode });
        Assert.Equal("0", await Database.ScalarAsync("SELECT count(*) FROM pragma_foreign_key_check"));
    }

    [Fact]
    public async Task Status_and_check_show_them_meanwhile_and_the_undo_may_open_them_again()
    {
        Three(Close);
        await ApplyAsync(new ApplyRequest { Target = "002" });
        Assert.Contains(
            "'child' (p) to 'parent_old'",
            Assert.Single((await StatusOfAsync("002_b")).OpenForeignKeys),
            StringComparison.Ordinal
        );
        Assert.Contains(
            Events.Of<WarningRaised>(),
            w => w.Message.Contains("open since 002_b, until 003 closes them", StringComparison.Ordinal)
        );
        var json = await CliProcess.RunAsync("status", "--database", Database.Address, "--path", Folder, "--output", "json");
        Assert.Equal(1, json.Json[1].GetProperty("openForeignKeys").GetArrayLength());
        var check = (await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.History] })).Single(c =>
            c.Name == "open-foreign-keys"
        );
        Assert.Equal(CheckStatus.Warn, check.Status);
        Assert.StartsWith("002_b ('child' (p) to 'parent_old' (id)", check.Actual, StringComparison.Ordinal);

        await ApplyAsync();
        await UndoAsync();
        Assert.Single((await StatusOfAsync("002_b")).OpenForeignKeys);
    }

    [Fact]
    public async Task A_rehearsal_follows_the_header_too()
    {
        Three(Close);
        var report = await new Rehearsal(Kind.Driver, Target(), Folder, EngineOptions()).RunAsync();
        Assert.All(report.Results, r => Assert.True(r.Applies && r.Failure is null, r.Name + ": " + r.Failure?.Message));
        await ApplyAsync();
        Assert.DoesNotContain(
            await Checker().CheckAsync(new CheckRequest { Categories = [CheckCategory.Drift] }),
            c => c.Status is CheckStatus.Fail or CheckStatus.NotRun
        );
    }

    [Theory]
    [InlineData("001")]
    [InlineData("002")]
    [InlineData("099")]
    [InlineData("nope")]
    public async Task A_header_that_names_no_later_migration_is_refused_before_anything_runs(string until)
    {
        Three(Close, until);
        var error = await ThrowsAsync<PlanException>(ErrorId.HeaderInvalid, () => ApplyAsync());
        Assert.Contains(".sql:1: 'Foreign-Keys: open-until " + until, error.Message, StringComparison.Ordinal);
        Assert.Equal("", await TablesAsync());
        Assert.Equal("001_a Pending, 002_b Pending, 003_c Pending", await StatesAsync());
    }

    [Fact]
    public async Task The_error_for_a_broken_key_names_both_ways()
    {
        Three(Close);
        Migration("002_b", Rename);
        var error = await ThrowsAsync<StatementException>(ErrorId.ForeignKeyBroken, () => ApplyAsync());
        Assert.Contains("-- Foreign-Keys: open-until", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Contains("PRAGMA legacy_alter_table=ON", error.NextStep.ToString(), StringComparison.Ordinal);
    }

    private void Three(string last, string until = "003")
    {
        Migration(
            "001_a",
            "CREATE TABLE parent (id INTEGER PRIMARY KEY, n TEXT);\nCREATE TABLE child (id INTEGER PRIMARY KEY, p INTEGER "
                + "REFERENCES parent (id));\nINSERT INTO parent VALUES (1, 'a');\nINSERT INTO child VALUES (1, 1);\n"
        );
        Migration("002_b", $"-- Foreign-Keys: open-until {until}\n{Rename}");
        Migration(
            "003_c",
            last,
            "ALTER TABLE child RENAME TO child_new;\nCREATE TABLE parent_old (id INTEGER PRIMARY KEY);\nCREATE TABLE child "
                + "(id INTEGER PRIMARY KEY, p INTEGER REFERENCES parent_old (id));\nINSERT INTO child SELECT * FROM "
                + "child_new;\nDROP TABLE child_new;\nDROP TABLE parent_old;\n"
        );
    }
}
