using Migrations.Events;
using Migrations.Linting;
using Migrations.Planning;
using Migrations.Sql;

namespace Migrations.Databases.Tests.Linting;

/// <summary>What rules find in the pending migrations of a database, and what a run makes of it.</summary>
public abstract class LintConformance(DatabaseKind kind) : Conformance(kind)
{
    private const string NotNull = "ALTER TABLE a ADD COLUMN n integer NOT NULL;";

    protected ScriptLinter Linter(bool alone = false) => new(Kind.Driver, alone ? null : Target(), Folder, EngineOptions());

    protected async Task<string> FoundAsync(LintRequest? request = null, bool alone = false) =>
        Text(await Linter(alone).LintAsync(request));

    private static string Text(IEnumerable<LintFinding> found) =>
        string.Join(", ", found.Select(f => $"{Path.GetFileName(f.File)[..3]}:{f.Line} {f.Rule}"));

    private async Task TableAsync(bool isFilled)
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY, t varchar(10));", "DROP TABLE a;");
        await ApplyAsync();
        if (isFilled)
            await Database.ExecuteAsync("INSERT INTO a VALUES (1, 'x')");
    }

    [Theory]
    [InlineData(true, "002:2 add-column-not-null")]
    [InlineData(false, "")]
    public async Task What_fails_on_rows_is_found_where_there_are_rows(bool isFilled, string expected)
    {
        await TableAsync(isFilled);
        Migration("002_n", "\n" + NotNull, "ALTER TABLE a DROP COLUMN n;");
        Assert.Equal(expected, await FoundAsync());
        // The folder alone cannot say.
        Assert.Equal("002:2 add-column-not-null", await FoundAsync(alone: true));
    }

    [Fact]
    public async Task Only_what_is_pending_counts_and_all_of_it_is_one_run()
    {
        await TableAsync(isFilled: true);
        Migration("002_b", "CREATE TABLE b (id integer, t text);", "DROP TABLE b;");
        Migration("003_b", "ALTER TABLE b DROP COLUMN t;", "ALTER TABLE b ADD COLUMN t text;");
        Migration("004_a", "ALTER TABLE a DROP COLUMN t;", "ALTER TABLE a ADD COLUMN t text;");
        Assert.Equal("004:1 drop-column", await FoundAsync());
        Assert.Equal("003:1 drop-column, 004:1 drop-column", await FoundAsync(alone: true));
        Assert.Equal("004:1 drop-column", await FoundAsync(new LintRequest { From = "2" }));
        Assert.Equal("", await FoundAsync(new LintRequest { Names = ["003"] }));
        await Engine().ApplyAsync();
        Assert.Equal("", await FoundAsync());
    }

    [Theory]
    [InlineData("ALTER TABLE  ADD COLUMN c integer;")]
    [InlineData("ALTER TABLE RENAME TO;")]
    [InlineData("ALTER TABLE  DROP COLUMN;")]
    [InlineData("CREATE TABLE (a integer);")]
    [InlineData("DROP TABLE ;")]
    public async Task What_is_no_statement_is_left_to_the_database(string sql)
    {
        Migration("001_a", sql, "DROP TABLE a;");
        _ = await FoundAsync(alone: true);
        await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync());
    }

    [Fact]
    public async Task A_database_that_is_not_there_says_nothing()
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY);", "DROP TABLE a;");
        Migration("002_n", "DROP TABLE a;", "CREATE TABLE a (id integer PRIMARY KEY);");
        Assert.Equal(Kind == DatabaseKind.Sqlite ? "002:1 drop-table" : "", await FoundAsync());
    }

    [Fact]
    public async Task A_run_warns_at_the_line_and_a_strict_one_refuses()
    {
        await TableAsync(isFilled: true);
        Migration("002_t", "\nALTER TABLE a DROP COLUMN t;", "ALTER TABLE a ADD COLUMN t text;");
        var request = new ApplyRequest { Lint = new LintOptions { Strict = true } };

        var error = await ThrowsAsync<PlanException>(ErrorId.UnsafeChange, () => Engine().ApplyAsync(request));
        Assert.Contains("002_t.up.sql:2: Drops t of a with its values. [drop-column]", error.Message, StringComparison.Ordinal);
        Assert.Equal("001_a Applied, 002_t Pending", await StatesAsync());
        Assert.DoesNotContain("failed", await JournalAsync(), StringComparison.Ordinal);

        var plan = await Engine().PlanApplyAsync();
        Assert.Equal("002:2 drop-column", Text(await Engine().LintAsync(plan)));

        await ApplyAsync(
            new ApplyRequest
            {
                Lint = new LintOptions { Off = ["drop-column"], Strict = true },
            }
        );
        Assert.DoesNotContain(Events.Of<WarningRaised>(), w => w.Message.Contains("drop-column", StringComparison.Ordinal));
        await UndoAsync();
        await ApplyAsync();
        var warning = Assert.Single(Events.Of<WarningRaised>(), w => w.Message.Contains("drop-column", StringComparison.Ordinal));
        Assert.Equal(2, warning.Location!.Line);
    }

    [Theory]
    [InlineData("-- allow: drop-column nothing reads it\nALTER TABLE a DROP COLUMN t;", "")]
    [InlineData("ALTER TABLE a DROP COLUMN t; -- allow: drop-column nothing reads it", "")]
    [InlineData("ALTER TABLE a /* allow: drop-column nothing reads it */ DROP COLUMN t;", "")]
    [InlineData("-- allow: drop-column nothing reads it\n\nSELECT 1;\nALTER TABLE a DROP COLUMN t;", "")]
    [InlineData("-- allow: drop-column nothing reads it\nSELECT 1;\nALTER TABLE a DROP COLUMN t;", "002:3 drop-column")]
    [InlineData("-- allow: drop-column\nALTER TABLE a DROP COLUMN t;", "002:1 allow-invalid, 002:2 drop-column")]
    [InlineData("-- allow: drop-colum it is old\nALTER TABLE a DROP COLUMN t;", "002:1 allow-invalid, 002:2 drop-column")]
    [InlineData("-- allow: rename-column it is old\nALTER TABLE a DROP COLUMN t;", "002:2 drop-column")]
    [InlineData("-- allow: everyone to read\nSELECT 1;", "")]
    [InlineData("SELECT '-- allow: drop-column nothing reads it';\nALTER TABLE a DROP COLUMN t;", "002:2 drop-column")]
    public async Task A_comment_allows_a_finding_for_a_reason(string sql, string expected)
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY, t text);", "DROP TABLE a;");
        Migration("002_t", sql, "SELECT 1;");
        Assert.Equal(expected, await FoundAsync(alone: true));
    }

    [Theory]
    [InlineData("CREATE TABLE b (id integer);", "DROP TABLE b;", "")]
    [InlineData("CREATE TABLE b (id integer);", "DROP TABLE b;\nDROP TABLE a;", "002:2 destructive-down")]
    [InlineData("ALTER TABLE a ADD COLUMN n integer;", "ALTER TABLE a DROP COLUMN n;", "")]
    [InlineData("ALTER TABLE a ADD COLUMN n integer;", "ALTER TABLE a DROP COLUMN t;", "002:1 destructive-down")]
    [InlineData("INSERT INTO a (id) VALUES (7);", "DELETE FROM a;", "002:1 destructive-down")]
    [InlineData("INSERT INTO a (id) VALUES (7);", "DELETE FROM a WHERE id = 7;", "")]
    [InlineData("INSERT INTO a (id) VALUES (7);", "-- Row-Loss: allowed\nDELETE FROM a;", "")]
    [InlineData("INSERT INTO a (id) VALUES (7);", "-- allow: destructive-down a cache\nDELETE FROM a;", "")]
    [InlineData("SELECT 1;", null, "002:1 no-down")]
    [InlineData("-- Irreversible: yes\nSELECT 1;", null, "")]
    [InlineData("-- allow: no-down it is only read\nSELECT 1;", null, "")]
    public async Task A_down_script_takes_away_what_its_up_script_has_made(string up, string? down, string expected)
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY, t text);", "DROP TABLE a;");
        Migration("002_x", up, down);
        Assert.Equal(expected, await FoundAsync(alone: true));
    }

    [Fact]
    public async Task Nothing_is_asked_of_the_database_where_nothing_is_found()
    {
        await TableAsync(isFilled: true);
        Migration("002_b", "CREATE TABLE b (id integer);\nINSERT INTO a VALUES (2, 'y');", "DROP TABLE b;");
        var script = (await Engine().PlanApplyAsync()).Steps[0].Script;
        var reader = Kind.Driver.Rules.Open(LintFacts.None);
        reader.Begin(script, run: 0, isInTransaction: true);
        Assert.Empty(Kind.Driver.Dialect.Split(script).SelectMany(reader.Read).Concat(reader.End()));
        Assert.Empty(reader.Wanted);
    }
}

public sealed class SqliteLintTests() : LintConformance(DatabaseKind.Sqlite)
{
    [Fact]
    public async Task The_schema_of_the_database_counts_not_only_that_of_the_folder()
    {
        Migration("001_a", "CREATE TABLE a (id integer PRIMARY KEY, t text);", "DROP TABLE a;");
        await ApplyAsync();
        await Database.ExecuteAsync("CREATE VIEW v AS SELECT t FROM a");
        Migration("002_t", "ALTER TABLE a DROP COLUMN t;", "ALTER TABLE a ADD COLUMN t text;");
        Assert.Equal("002:1 drop-column-refused, 002:1 drop-column", await FoundAsync());
    }
}

public sealed class PostgreSqlLintTests() : LintConformance(DatabaseKind.PostgreSql)
{
    [Fact]
    public async Task A_small_table_is_quickly_locked_and_a_large_one_is_not()
    {
        await Database.ExecuteAsync("CREATE TABLE small AS SELECT i FROM generate_series(1, 100) i");
        await Database.ExecuteAsync("CREATE TABLE large AS SELECT i, repeat('x', 500) AS t FROM generate_series(1, 20000) i");
        await Database.ExecuteAsync("CREATE TABLE parts (i int) PARTITION BY RANGE (i)");
        await Database.ExecuteAsync("CREATE TABLE part PARTITION OF parts FOR VALUES FROM (0) TO (100)");
        await Database.ExecuteAsync("CREATE VIEW seen AS SELECT * FROM large");
        Migration(
            "001_i",
            "CREATE INDEX s ON small (i);\nCREATE INDEX l ON public.large (i);\nCREATE INDEX p ON parts (i);\nDROP TABLE gone;"
        );
        Assert.Equal("001:2 index-not-concurrent, 001:4 drop-table", await FoundAsync());
    }

    [Fact]
    public async Task The_columns_of_the_database_are_known()
    {
        await Database.ExecuteAsync("CREATE TABLE t (a varchar(10), b int NOT NULL, c int, d int, CHECK (c IS NOT NULL))");
        await Database.ExecuteAsync("INSERT INTO t SELECT repeat('x', 10), i, i, i FROM generate_series(1, 300000) i");
        await Database.ExecuteAsync("ANALYZE t");
        Migration(
            "001_t",
            "ALTER TABLE t ALTER a TYPE varchar(20);\nALTER TABLE t ALTER b SET NOT NULL;\nALTER TABLE t ALTER c SET NOT NULL;\n"
                + "ALTER TABLE t ALTER d SET NOT NULL;\nALTER TABLE t ALTER a TYPE varchar(5);"
        );
        Assert.Equal("001:4 set-not-null, 001:5 column-type", await FoundAsync());
        Assert.InRange((await Linter().LintAsync())[0].Rows!.Value, 290_000, 310_000);
    }
}
