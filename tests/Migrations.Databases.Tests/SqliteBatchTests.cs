using Migrations.Events;

namespace Migrations.Databases.Tests;

public sealed class SqliteBatchTests() : BatchConformance(DatabaseKind.Sqlite)
{
    [Theory]
    [InlineData("a text, b integer, n DEFAULT 0)")]
    [InlineData("a text PRIMARY KEY, b integer, n DEFAULT 0)")]
    [InlineData("rowid text, a text, b integer, n DEFAULT 0)")]
    [InlineData("a text COLLATE NOCASE, b integer, n DEFAULT 0, PRIMARY KEY (b DESC, a)) WITHOUT ROWID")]
    public async Task Without_a_key_the_rowid_gives_the_order(string table)
    {
        Migration("001_t", $"CREATE TABLE k ({table};\n");
        await ApplyAsync();
        await Database.ExecuteAsync(
            "INSERT INTO k (a, b) WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 20) "
                + "SELECT char(64 + i), i % 3 FROM r"
        );
        Migration("002_fill", "-- Batch: 3 rows\nUPDATE k SET n = n + 1;\n");
        Assert.Equal(20, (await ApplyAsync())[0].RowsAffected);
        Assert.Equal("1|1|20", (await Database.RowsAsync("SELECT min(n), max(n), count(*) FROM k"))[0]);
    }

    [Theory]
    [InlineData("a integer", true)]
    [InlineData("a text PRIMARY KEY", true)]
    [InlineData("a integer PRIMARY KEY", false)]
    [InlineData("a text NOT NULL PRIMARY KEY", false)]
    public async Task After_a_vacuum_only_a_table_that_holds_its_key_is_passed_on(string key, bool isRefused)
    {
        await FilledAsync(key);
        await Database.ExecuteAsync("INSERT INTO k VALUES (99, 2)");
        Migration("002_fill", "-- Batch: 2 rows\nUPDATE k SET n = n + 1;\n");
        await ThrowsAsync<StatementException>(ErrorId.StatementFailed, () => ApplyAsync());
        await Database.ExecuteAsync("UPDATE k SET n = 0 WHERE n = 2; VACUUM");
        if (!isRefused)
        {
            Assert.Equal(7, (await ApplyAsync())[0].RowsAffected);
            Assert.Equal("1|1|7", (await Database.RowsAsync("SELECT min(n), max(n), count(*) FROM k"))[0]);
            return;
        }

        var before = await Database.RowsAsync("SELECT n FROM k");
        var error = await ThrowsAsync<StatementException>(ErrorId.RowsRenumbered, () => ApplyAsync());
        Assert.Equal(2, error.Location!.Line);
        Assert.Equal(before, await Database.RowsAsync("SELECT n FROM k"));
        File.Delete(FileOf("002_fill.up.sql"));
        Migration("003_rest", "UPDATE k SET n = 1 WHERE n = 0;\n");
        Assert.Equal(1, (await ApplyAsync())[0].RowsAffected);
        Assert.Equal("001_t Applied, 003_rest Applied", await StatesAsync());
    }

    [Fact]
    public async Task A_vacuum_between_two_batches_stops_them()
    {
        await FilledAsync("a integer");
        Migration("002_fill", "-- Batch: 2 rows\nUPDATE k SET n = n + 1;\n");
        Events.Published = e =>
        {
            if (e is WorkAdvanced { Done: 2, Unit: "rows" })
                Database.ExecuteAsync("VACUUM").GetAwaiter().GetResult();
        };
        await ThrowsAsync<StatementException>(ErrorId.RowsRenumbered, () => ApplyAsync());
        Assert.Equal("2|1", (await Database.RowsAsync("SELECT sum(n), max(n) FROM k"))[0]);
    }

    [Fact]
    public async Task The_history_is_made_before_rows_without_a_key_are_counted_by_their_places()
    {
        await Database.ExecuteAsync("CREATE TABLE k (a, n DEFAULT 0); INSERT INTO k (a) VALUES (1), (2), (3)");
        Migration("001_fill", "-- Batch: 2 rows\nUPDATE k SET n = n + 1;\n");
        Assert.Equal(3, (await ApplyAsync())[0].RowsAffected);
    }

    // The rowids have gaps, which VACUUM closes where it may.
    private async Task FilledAsync(string key)
    {
        Migration("001_t", $"CREATE TABLE k ({key}, n integer DEFAULT 0 CHECK (n < 3));\n");
        await ApplyAsync();
        await Database.ExecuteAsync(
            "INSERT INTO k (a) VALUES (1), (2), (3), (4), (5), (6), (7), (8), (9); DELETE FROM k WHERE a IN (1, 2, 4)"
        );
    }
}
