using Migrations.Databases;

namespace Migrations.Sqlite.Tests;

public sealed class RehearsalTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("INSERT INTO a VALUES (4, 'd'), (5, 'e')", "a +2 ~0 -0")]
    [InlineData("UPDATE a SET y = 'z' WHERE x < 3", "a +0 ~2 -0")]
    [InlineData("DELETE FROM a WHERE x = 1", "a +0 ~0 -1, child +0 ~0 -2")]
    [InlineData("DELETE FROM plain", "plain +0 ~0 -100")]
    [InlineData("DELETE FROM plain; INSERT INTO plain SELECT 1 UNION SELECT 2", "plain +2 ~0 -100")]
    [InlineData("INSERT INTO keyed VALUES ('k', 1); DELETE FROM keyed WHERE k = 'none'", "keyed +1 ~0 -0")]
    [InlineData("CREATE TABLE fresh (x); INSERT INTO fresh VALUES (1); CREATE TEMP TABLE t AS SELECT 1", "fresh +1 ~0 -0")]
    [InlineData("DROP TABLE plain", "plain +0 ~0 -100")]
    [InlineData("INSERT INTO words VALUES ('new')", "words +1 ~0 -0")]
    [InlineData("CREATE INDEX i ON a (x)", "")]
    public async Task Rows_are_counted_by_table(string sql, string expected)
    {
        var measured = await MeasureAsync(sql);
        Assert.Equal(expected, string.Join(", ", measured.RowsChanged.Select(c => $"{c.Table} +{c.Inserted} ~{c.Updated} -{c.Deleted}")));
        Assert.Empty(measured.Rewrites);
        Assert.Empty(measured.Locks);
    }

    [Fact]
    public async Task A_table_that_is_made_again_is_a_rewrite_and_its_rows_are_no_change()
    {
        var measured = await MeasureAsync(
            "CREATE TABLE n (x INTEGER PRIMARY KEY, y, z); INSERT INTO n SELECT x, y, 1 FROM a; DROP TABLE a; ALTER TABLE n "
                + "RENAME TO a; INSERT INTO child VALUES (3);"
        );
        Assert.Equal(["a"], measured.Rewrites);
        Assert.Equal([new TableChange("child", 1, 0, 0)], measured.RowsChanged);
        Assert.Equal(5, measured.Outcome.Statements);
    }

    [Fact]
    public async Task A_step_that_fails_fails_as_in_a_run()
    {
        var e = await Assert.ThrowsAsync<StatementException>(() => MeasureAsync("INSERT INTO a VALUES (1, 'again')"));
        Assert.Equal("SQLITE_CONSTRAINT_PRIMARYKEY (1555)", e.Code);
    }

    private async Task<StepMeasurement> MeasureAsync(string sql)
    {
        TestSql.Run(
            _folder.Database,
            """
            CREATE TABLE a (x INTEGER PRIMARY KEY, y); INSERT INTO a VALUES (1, 'a'), (2, 'b'), (3, 'c');
            CREATE TABLE child (a REFERENCES a ON DELETE CASCADE); INSERT INTO child VALUES (1), (1), (2);
            CREATE TABLE plain (x); WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100) INSERT INTO plain SELECT i FROM n;
            CREATE TABLE keyed (k PRIMARY KEY, v) WITHOUT ROWID;
            CREATE VIRTUAL TABLE words USING fts5(w);
            """
        );
        var driver = new SqliteDriver();
        await using var scratch = await driver.Scratch.CreateAsync(
            new ScratchRequest { Origin = _folder.Target, Content = ScratchContent.Data },
            default
        );
        await using var session = await driver.OpenAsync(scratch.Target, _folder.Options with { Access = SessionAccess.Write }, default);
        await session.History.EnsureAsync(default);
        var measured = await scratch.MeasureAsync(session, _folder.Step(sql), default);
        Assert.Single(await session.History.ReadAsync(default));
        return measured;
    }
}
