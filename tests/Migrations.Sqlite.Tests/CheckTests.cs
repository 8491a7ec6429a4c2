using Migrations.Databases;

namespace Migrations.Sqlite.Tests;

public sealed class CheckTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_sound_database_passes_everything_and_stays_as_it_is()
    {
        TestSql.Run(_folder.Database, TestBackup.Everything);
        var before = File.ReadAllBytes(_folder.Database);
        var results = await CheckAsync();

        Assert.Equal(
            ["integrity", "foreign-keys-enforced", "foreign-keys", "full-text-index", "full-text-index", "full-text-index", "statistics"],
            results.Select(r => r.Name)
        );
        Assert.All(results, r => Assert.True(r.Status == CheckStatus.Pass, r.ToString()));
        Assert.Equal(before, File.ReadAllBytes(_folder.Database));
        Assert.Equal(["app.db"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Rows_without_a_parent_are_counted_and_named()
    {
        TestSql.Run(
            _folder.Database,
            "CREATE TABLE users (id INTEGER PRIMARY KEY); CREATE TABLE posts (id INTEGER PRIMARY KEY, author REFERENCES "
                + "users (id), editor REFERENCES users (id));"
                + " WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500) INSERT INTO posts SELECT i, 99, NULL FROM "
                + "n; INSERT INTO posts VALUES (5000, NULL, 98);"
        );
        var found = (await CheckAsync()).Where(r => r.Name == "foreign-keys").ToList();

        Assert.All(found, r => Assert.Equal((CheckStatus.Fail, "posts"), (r.Status, r.Target)));
        Assert.Contains(
            found,
            r =>
                r.Message
                == "1,500 rows of 'posts' have no parent in 'users' (foreign key 'posts' (author) to 'users' (id)): rowid 1, 2, 3, "
                    + "4, 5, ...."
        );
        Assert.Contains(
            found,
            r => r.Message == "1 row of 'posts' has no parent in 'users' (foreign key 'posts' (editor) to 'users' (id)): rowid 5000."
        );
    }

    [Fact]
    public async Task A_foreign_key_that_cannot_be_enforced_is_told()
    {
        TestSql.Run(_folder.Database, "CREATE TABLE p (x); CREATE TABLE c (p REFERENCES p (x)); INSERT INTO c VALUES (1)");
        var found = Assert.Single(await CheckAsync(), r => r.Name == "foreign-keys");
        Assert.Equal((CheckStatus.Fail, "c"), (found.Status, found.Target));
        Assert.Contains("foreign key mismatch", found.Message);
    }

    [Fact]
    public async Task Damage_is_told_by_table()
    {
        TestSql.Run(
            _folder.Database,
            "CREATE TABLE good (x); INSERT INTO good VALUES (1); CREATE TABLE bad (x);"
                + " WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 600) INSERT INTO bad SELECT randomblob(400) FROM n;"
        );
        DestroyPage(30);
        var found = Assert.Single(await CheckAsync(), r => r.Name == "integrity");
        Assert.Equal((CheckStatus.Fail, "bad"), (found.Status, found.Target));
        Assert.Contains("salvage", found.Recommendation);
    }

    [Fact]
    public async Task An_index_that_lacks_entries_can_be_made_again()
    {
        TestSql.Run(_folder.Database, "CREATE TABLE a (x); CREATE INDEX i ON a (x); INSERT INTO a VALUES (1), (2);");
        TestSql.Run(
            _folder.Database,
            "PRAGMA writable_schema=ON; UPDATE sqlite_master SET sql = 'CREATE INDEX i ON a (x) WHERE x > 1' WHERE name = "
                + "'i'; PRAGMA writable_schema=RESET;"
        );
        TestSql.Run(
            _folder.Database,
            "DELETE FROM a WHERE x = 1; PRAGMA writable_schema=ON; UPDATE sqlite_master SET sql = 'CREATE INDEX i ON a (x)' "
                + "WHERE name = 'i';"
        );
        var found = Assert.Single(await CheckAsync(), r => r.Name == "integrity");
        Assert.Equal((CheckStatus.Fail, "a"), (found.Status, found.Target));
        Assert.Contains("REINDEX", found.Recommendation);
    }

    [Theory]
    [InlineData(
        "CREATE TABLE a (x CHECK (x > 0)); PRAGMA ignore_check_constraints=ON; INSERT INTO a VALUES (-1), (-2)",
        "CHECK constraint failed in a (2 rows)",
        "WHERE NOT ("
    )]
    [InlineData(
        "CREATE TABLE a (x); INSERT INTO a VALUES (NULL); PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = "
            + "'CREATE TABLE a (x NOT NULL)'",
        "NULL value in a.x",
        "SELECT * FROM a WHERE typeof(x) = 'null';"
    )]
    [InlineData(
        "CREATE TABLE a (x INT); INSERT INTO a VALUES ('t'); PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = "
            + "'CREATE TABLE a (x INT) STRICT'",
        "value in a.x",
        "SELECT typeof(x), * FROM a ORDER BY 1;"
    )]
    public async Task Rows_against_a_rule_are_named_with_what_finds_them(string make, string message, string search)
    {
        TestSql.Run(_folder.Database, make);
        var found = Assert.Single(await CheckAsync(), r => r.Name == "integrity");
        Assert.Equal((CheckStatus.Fail, "a"), (found.Status, found.Target));
        Assert.Contains(message, found.Message, StringComparison.Ordinal);
        Assert.Contains(search, found.Recommendation, StringComparison.Ordinal);
        Assert.Equal("a", found.Target);
    }

    private const string Ids = "WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) ";

    /// <summary>One broken database for each check of the engine, whose finding names table, index and row.</summary>
    [Theory]
    [InlineData(
        "CREATE TABLE \"My t\" (x CHECK (x > 0)); PRAGMA ignore_check_constraints=ON; INSERT INTO \"My t\" VALUES (-1)",
        "integrity",
        "\"My t\"",
        "CHECK constraint failed in My t",
        "SELECT * FROM \"My t\" WHERE NOT ("
    )]
    [InlineData(
        "CREATE TABLE a (x); CREATE UNIQUE INDEX u ON a (x); PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = 'CREATE INDEX u "
            + "ON a (x)' WHERE name = 'u'; PRAGMA writable_schema=RESET; INSERT INTO a VALUES (1), (1); PRAGMA writable_schema=ON; "
            + "UPDATE sqlite_schema SET sql = 'CREATE UNIQUE INDEX u ON a (x)' WHERE name = 'u'",
        "integrity",
        "a",
        "non-unique entry in index u",
        "a"
    )]
    [InlineData(
        "CREATE TABLE a (x); CREATE INDEX \"I 1\" ON a (x); PRAGMA writable_schema=ON; UPDATE sqlite_schema SET sql = 'CREATE INDEX "
            + "\"I 1\" ON a (x) WHERE x > 1' WHERE name = 'I 1'; PRAGMA writable_schema=RESET; INSERT INTO a VALUES (1), (2); PRAGMA "
            + "writable_schema=ON; UPDATE sqlite_schema SET sql = 'CREATE INDEX \"I 1\" ON a (x)' WHERE name = 'I 1'",
        "integrity",
        "a",
        "row 1 missing from index I 1",
        "REINDEX a;"
    )]
    [InlineData(
        "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE \"c d\" (p REFERENCES p); INSERT INTO \"c d\" (rowid, p) VALUES (17, 9)",
        "foreign-keys",
        "\"c d\"",
        "): rowid 17",
        "c d"
    )]
    [InlineData(
        "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE w (a TEXT PRIMARY KEY, p REFERENCES p) WITHOUT ROWID; INSERT INTO w VALUES "
            + "('k1', 9)",
        "foreign-keys",
        "w",
        "1 row of 'w' has no parent in 'p'",
        "w"
    )]
    [InlineData(
        "CREATE TABLE p (x); CREATE TABLE c (p REFERENCES p (x)); INSERT INTO c VALUES (1)",
        "foreign-keys",
        "c",
        "foreign key mismatch - \"c\" referencing \"p\"",
        "p"
    )]
    [InlineData(
        "CREATE TABLE docs (id INTEGER PRIMARY KEY, body); CREATE VIRTUAL TABLE \"f t\" USING fts5(body, content='docs', "
            + "content_rowid='id'); INSERT INTO docs VALUES (1, 'one'); INSERT INTO \"f t\" (rowid, body) VALUES (1, 'one'); DELETE FROM "
            + "\"f t_idx\"; DELETE FROM \"f t_data\" WHERE id > 10;",
        "full-text-index",
        "\"f t\"",
        "The index of 'f t' does not fit its text",
        "INSERT INTO \"f t\"(\"f t\") VALUES ('rebuild');"
    )]
    [InlineData(
        "CREATE TABLE a (x); CREATE INDEX i ON a (x);" + Ids + "INSERT INTO a SELECT i FROM n",
        "statistics",
        "a",
        "the indexes of a ",
        "ANALYZE"
    )]
    public async Task What_is_wrong_is_named_with_what_helps(string make, string name, string target, string message, string way)
    {
        TestSql.Run(_folder.Database, make);
        var results = await CheckAsync();
        var found = Assert.Single(results, r => r.Name == name);
        Assert.Equal((name == "statistics" ? CheckStatus.Warn : CheckStatus.Fail, target), (found.Status, found.Target));
        Assert.Contains(message, found.Message, StringComparison.Ordinal);
        Assert.Contains(way, found.Recommendation, StringComparison.Ordinal);
        // The same checks as of a sound database: each of them has a row here, but for the setting of the library.
        Assert.Equal(
            ["foreign-keys", "foreign-keys-enforced", "full-text-index", "integrity", "statistics"],
            results.Select(r => r.Name).Append("full-text-index").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task A_full_text_index_that_does_not_fit_is_told()
    {
        TestSql.Run(
            _folder.Database,
            "CREATE TABLE docs (id INTEGER PRIMARY KEY, body); CREATE VIRTUAL TABLE f USING fts5(body, content='docs', content_rowid='id');"
                + " INSERT INTO docs VALUES (1, 'one'); INSERT INTO f (rowid, body) VALUES (1, 'one'); DELETE FROM f_idx; DELETE "
                + "FROM f_data WHERE id > 10;"
        );
        var found = Assert.Single(await CheckAsync(), r => r.Name == "full-text-index");
        Assert.Equal((CheckStatus.Fail, "f"), (found.Status, found.Target));
        Assert.Equal(CheckStatus.NotRun, Assert.Single(await CheckAsync(thorough: false), r => r.Name == "full-text-index").Status);
    }

    [Fact]
    public async Task On_a_file_that_can_only_be_read_the_full_text_index_is_not_run()
    {
        TestSql.Run(_folder.Database, "PRAGMA journal_mode=WAL; CREATE VIRTUAL TABLE f USING fts5(body);");
        using var handle = SqliteOpening.OpenImmutable(_folder.Database);
        var results = new SqliteEngineChecks(handle, thorough: true, default).Run();
        Assert.Equal(CheckStatus.NotRun, Assert.Single(results, r => r.Name == "full-text-index").Status);
        Assert.Equal(CheckStatus.Pass, Assert.Single(results, r => r.Name == "integrity").Status);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task Statistics_that_were_never_gathered_are_a_warning()
    {
        TestSql.Run(_folder.Database, "CREATE TABLE a (x); CREATE INDEX i ON a (x);");
        Assert.Equal(CheckStatus.Pass, Assert.Single(await CheckAsync(), r => r.Name == "statistics").Status);
        TestSql.Run(_folder.Database, "INSERT INTO a VALUES (1)");
        var found = Assert.Single(await CheckAsync(), r => r.Name == "statistics");
        Assert.Equal((CheckStatus.Warn, "a"), (found.Status, found.Target));
        Assert.Contains("the indexes of a ", found.Message, StringComparison.Ordinal);
    }

    private void DestroyPage(int page)
    {
        using var file = new FileStream(_folder.Database, FileMode.Open, FileAccess.Write);
        file.Position = (page - 1) * 4096L;
        file.Write(Enumerable.Repeat((byte)0xA5, 4096).ToArray());
    }

    private async Task<IReadOnlyList<CheckResult>> CheckAsync(bool thorough = true)
    {
        await using var session = await _folder.OpenAsync(SessionAccess.Read);
        var results = await session.Inspector.CheckEngineAsync(thorough, default);
        Assert.All(results, r => Assert.Equal(CheckCategory.Engine, r.Category));
        Assert.False(((SqliteSession)session).Connection.Handle.InTransaction);
        return results;
    }
}
