using System.Data.Common;
using Migrations.Sqlite;
using Migrations.Tables;
using Migrations.Transfer;

namespace Migrations.Databases.Tests;

/// <summary>Copies that read with several connections, and write several tables at once.</summary>
public sealed class CopyParallelTests : CopyTestBase
{
    private const string Rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 120000)";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("PRAGMA journal_mode = DELETE", false)]
    [InlineData("PRAGMA journal_mode = WAL", false)]
    [InlineData("PRAGMA journal_mode = WAL", true)]
    public async Task All_connections_read_one_state_whoever_writes_meanwhile(string mode, bool hasLog)
    {
        await FillAsync($"{mode}; CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT); {Rows} INSERT INTO t SELECT i * 3, 'x' || i FROM n");
        // A connection that stays open keeps the log.
        await using var writer = await Source.ConnectAsync();
        if (hasLog)
            await WriteAsync("INSERT INTO t VALUES (1, 'before')");
        var expected = hasLog ? 120_001 : 120_000;

        var driver = new SqliteDriver();
        await using var source = await driver.OpenSourceAsync(driver.Parse(Source.Address, "/")!, new SessionOptions(), readers: 4, Token);
        if (mode.EndsWith("WAL", StringComparison.Ordinal))
            await WriteAsync("DELETE FROM t WHERE a % 2 = 0; INSERT INTO t VALUES (2, 'after')");
        else
            await Assert.ThrowsAnyAsync<DbException>(() => WriteAsync("DELETE FROM t"));
        var request = new RowRequest("t", [new("a", new ColumnType(ColumnKind.Integer)), new("b", new ColumnType(ColumnKind.Text))]);
        var alone = await DigestAsync(await source.ReadAsync(request, most: 1, Token));
        var readers = await source.ReadAsync(request, most: 4, Token);

        Assert.Equal(4, readers.Count);
        var together = await DigestAsync(readers);
        Assert.Equal((expected, alone.ToString()), (together.Rows, together.ToString()));

        async Task WriteAsync(string sql)
        {
            await using var command = writer.CreateCommand();
            (command.CommandText, command.CommandTimeout) = (sql, 1);
            await command.ExecuteNonQueryAsync(Token);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task Several_tables_are_copied_at_once_and_proven(int limit)
    {
        await FillAsync(
            $"""
            CREATE TABLE large (id INTEGER PRIMARY KEY, a INT, b TEXT, r REAL, g INT AS (a + 1));
            {Rows} INSERT INTO large SELECT i, CASE i % 60000 WHEN 0 THEN 'odd' ELSE i END, 'text ' || i, i / 3.0 FROM n;
            CREATE TABLE few (a TEXT PRIMARY KEY, b INT) WITHOUT ROWID; INSERT INTO few VALUES ('x', 1), ('y', 'odd');
            CREATE TABLE none (a); CREATE TABLE far (id INTEGER PRIMARY KEY);
            INSERT INTO far VALUES (-9223372036854775808), (0), (9223372036854775807);
            """
        );
        var file = Folder["rejected.sql"];

        var results = await CopyAsync(new CopyRequest { ThrottleLimit = limit, RejectFile = file });

        Assert.Equal(
            ["far 3 0", "few 1 1", "large 119998 2", "none 0 0"],
            results.Select(r => $"{r.Table} {r.Rows} {r.Rejected}").Order(StringComparer.Ordinal)
        );
        Assert.All(results, r => Assert.True(r.Equal));
        Assert.Equal("119998|119999", await ScalarAsync("SELECT count(*) || '|' || max(g - 1) FROM large"));
        Assert.Equal(3, (await File.ReadAllLinesAsync(file, Token)).Count(l => l.StartsWith("INSERT", StringComparison.Ordinal)));
        Assert.Equal("0", await ScalarAsync("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'migrations%'"));
    }

    [Fact]
    public async Task What_stops_one_table_stops_all_and_the_target_stays_as_it_was()
    {
        await FillAsync(
            $"CREATE TABLE a (x TEXT); {Rows} INSERT INTO a SELECT i FROM n; CREATE TABLE b (x TEXT); "
                + "INSERT INTO b VALUES ('bad'), ('good')"
        );
        await Target.ExecuteAsync(
            """
            CREATE FUNCTION spoil() RETURNS event_trigger LANGUAGE plpgsql AS $$
            DECLARE made record; BEGIN
                FOR made IN SELECT * FROM pg_event_trigger_ddl_commands() WHERE object_identity ~ 'migrations_copy_.*[.]b$' LOOP
                    EXECUTE format('ALTER TABLE %s ADD CHECK (x <> ''bad'')', made.object_identity);
                END LOOP;
            END $$;
            CREATE EVENT TRIGGER spoil ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION spoil();
            """
        );
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => CopyAsync(new CopyRequest { ThrottleLimit = 4 }));
        Assert.Contains("check constraint", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(await Target.TablesAsync());
        Assert.Equal("0", await ScalarAsync("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'migrations%'"));
    }

    private static async Task<TableDigest> DigestAsync(IReadOnlyList<IRowReader> readers)
    {
        var digests = await Task.WhenAll(readers.Select(reader => Task.Run(() => DigestAsync(reader), Token)));
        var all = new TableDigest();
        foreach (var digest in digests)
            all.Add(digest);
        return all;
    }

    private static async Task<TableDigest> DigestAsync(IRowReader reader)
    {
        await using var _ = reader;
        var (digest, batch) = (new TableDigest(), new RowBatch());
        for (; await reader.ReadAsync(batch, Token); batch.Clear())
            digest.Add(batch);
        return digest;
    }
}
