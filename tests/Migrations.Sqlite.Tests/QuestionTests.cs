using Migrations.Databases;

namespace Migrations.Sqlite.Tests;

public sealed class QuestionTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_last_result_set_is_the_answer()
    {
        TestSql.Run(_folder.Database, "CREATE TABLE a (x); INSERT INTO a VALUES (1), (2), (3)");
        var answer = await AskAsync(
            "SELECT 9; INSERT INTO a VALUES (X'0A'), (NULL), (1.5); SELECT x AS v, 'b' FROM a ORDER BY rowid; DELETE FROM a;",
            keptRows: 5
        );
        Assert.Null(answer.Error);
        Assert.Equal(6, answer.RowCount);
        Assert.Equal(["v", "'b'"], answer.Columns);
        Assert.Equal(["1", "2", "3", "X'0A'", null], answer.Rows.Select(r => r[0]));
        Assert.Equal("3", _folder.Ask("SELECT count(*) FROM a"));
    }

    [Theory]
    [InlineData("delete")]
    [InlineData("wal")]
    public async Task Neither_the_file_nor_its_log_is_touched(string mode)
    {
        using var keeper = TestSql.Open(_folder.Database);
        keeper.Run(
            $"PRAGMA journal_mode={mode}; PRAGMA wal_autocheckpoint=0; CREATE TABLE a (x, y); CREATE INDEX i ON a (x); CREATE "
                + "TRIGGER t AFTER DELETE ON a BEGIN INSERT INTO a VALUES (old.x, 'again'); END;"
                + " WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) INSERT INTO a SELECT i, "
                + "hex(randomblob(200)) FROM n; CREATE VIRTUAL TABLE f USING fts5(b); INSERT INTO f VALUES ('x');"
        );
        var (file, log) = (Read(_folder.Database), Read(_folder.Database + "-wal"));
        foreach (var access in (SessionAccess[])[SessionAccess.Read, SessionAccess.Write])
        {
            await using var session = await _folder.OpenAsync(access);
            // More pages than the cache holds, so that some would have to be written.
            var answer = await AskAsync(
                session,
                "UPDATE a SET y = hex(randomblob(4000)); CREATE TABLE b AS SELECT * FROM a; DROP TABLE a; INSERT INTO f VALUES "
                    + "('y'); PRAGMA user_version=7; SELECT count(*) FROM b;"
            );
            Assert.Null(answer.Error);
            Assert.Equal("3000", answer.Rows[0][0]);
            Assert.Equal(access == SessionAccess.Read ? 1 : 0, ((SqliteSession)session).Connection.Handle.QueryInt64("PRAGMA query_only"));
            Assert.Equal(mode, ((SqliteSession)session).Connection.Handle.QueryText("PRAGMA journal_mode"));
        }

        Assert.Equal(file, Read(_folder.Database));
        Assert.Equal(log, Read(_folder.Database + "-wal"));
        Assert.DoesNotContain(Directory.GetFiles(_folder.Path), f => f.EndsWith("-journal") && new FileInfo(f).Length > 0);
    }

    [Theory]
    [InlineData("COMMIT", "COMMIT")]
    [InlineData("ROLLBACK", "ROLLBACK")]
    [InlineData("SELECT 1;\nBEGIN", "BEGIN")]
    [InlineData("ATTACH 'x.db' AS x", "ATTACH")]
    [InlineData("VACUUM INTO 'x.db'", "VACUUM")]
    [InlineData("PRAGMA journal_mode=WAL", "PRAGMA")]
    public async Task What_would_end_the_transaction_is_refused(string sql, string word)
    {
        TestSql.Run(_folder.Database, "CREATE TABLE a (x)");
        var answer = await AskAsync(sql);
        Assert.Equal(ErrorId.TransactionControlInvalid, answer.Error!.Id);
        Assert.Contains($"'{word}'", answer.Error.Message);
        Assert.False(File.Exists(Path.Combine(_folder.Path, "x.db")));
    }

    [Fact]
    public async Task An_error_of_a_statement_is_an_answer_with_its_place()
    {
        TestSql.Run(_folder.Database, "CREATE TABLE a (x CHECK (x > 0))");
        var answer = await AskAsync("SELECT 1;\n\nINSERT INTO a VALUES (-1);");
        Assert.Equal("SQLITE_CONSTRAINT_CHECK (275)", answer.Error!.Code);
        Assert.Equal(new ScriptLocation("checks/a.sql", 12, 1), answer.Error.Location);
        Assert.Contains("CHECK constraint failed", answer.Error.Message);

        Assert.Contains("no such table: b", (await AskAsync("SELECT * FROM b")).Error!.Message);
        Assert.Null((await AskAsync("-- nothing")).Error);
    }

    [Fact]
    public async Task A_statement_that_takes_too_long_is_an_answer()
    {
        TestSql.Run(_folder.Database, "CREATE TABLE a (x)");
        await using var session = await _folder.OpenAsync(SessionAccess.Read);
        var answer = await session.Inspector.AskAsync(
            new Query
            {
                Sql = "INSERT INTO a VALUES (1); WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
                Location = new ScriptLocation("c.sql", 1),
                Timeout = TimeSpan.FromMilliseconds(50),
            },
            default
        );
        Assert.Equal(ErrorId.StatementTimedOut, answer.Error!.Id);
        Assert.Equal("0", (await AskAsync(session, "SELECT count(*) FROM a")).Rows[0][0]);
    }

    [Fact]
    public async Task Cancelling_rolls_back()
    {
        TestSql.Run(_folder.Database, "CREATE TABLE a (x)");
        using var stop = new CancellationTokenSource(50);
        await using var session = await _folder.OpenAsync(SessionAccess.Read);
        var query = new Query
        {
            Sql = "INSERT INTO a VALUES (1); WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
            Location = new ScriptLocation("c.sql", 1),
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => session.Inspector.AskAsync(query, stop.Token));
        Assert.False(((SqliteSession)session).Connection.Handle.InTransaction);
    }

    [Fact]
    public async Task A_plan_is_told_line_by_line()
    {
        TestSql.Run(_folder.Database, "CREATE TABLE a (x, y); CREATE INDEX by_x ON a (x)");
        await using var session = await _folder.OpenAsync(SessionAccess.Read);
        var answer = await session.Inspector.AskAsync(
            new Query
            {
                Sql = "INSERT INTO a VALUES (1, 2); SELECT y FROM a WHERE x = 1 UNION SELECT 2;",
                Location = new ScriptLocation("c.sql", 1),
                Explain = true,
            },
            default
        );
        Assert.Null(answer.Error);
        Assert.Contains("USING INDEX by_x", answer.Plan);
        Assert.StartsWith("MERGE (UNION)\n  ", answer.Plan);
    }

    [Fact]
    public async Task What_a_check_sets_on_the_connection_is_put_back()
    {
        TestSql.Run(_folder.Database, "CREATE TABLE a (x)");
        await using var session = await _folder.OpenAsync(SessionAccess.Read);
        Assert.Null(
            (
                await AskAsync(
                    session,
                    "PRAGMA query_only=0; PRAGMA cache_spill=1; PRAGMA recursive_triggers=1; CREATE TEMP TABLE t (x); SAVEPOINT "
                        + "s; INSERT INTO a VALUES (1); ROLLBACK TO s; RELEASE s"
                )
            ).Error
        );
        var handle = ((SqliteSession)session).Connection.Handle;
        Assert.Equal((1L, 0L), (handle.QueryInt64("PRAGMA query_only"), handle.QueryInt64("PRAGMA recursive_triggers")));
        Assert.Equal(0, handle.QueryInt64("SELECT count(*) FROM temp.sqlite_master"));
    }

    private static byte[] Read(string path)
    {
        if (!File.Exists(path))
            return [];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return bytes;
    }

    private static Task<QueryAnswer> AskAsync(IDatabaseSession session, string sql, int keptRows = 20) =>
        session.Inspector.AskAsync(
            new Query
            {
                Sql = sql,
                Location = new ScriptLocation("checks/a.sql", 10),
                KeptRows = keptRows,
            },
            default
        );

    private async Task<QueryAnswer> AskAsync(string sql, int keptRows = 20)
    {
        await using var session = await _folder.OpenAsync(SessionAccess.Read);
        return await AskAsync(session, sql, keptRows);
    }
}
