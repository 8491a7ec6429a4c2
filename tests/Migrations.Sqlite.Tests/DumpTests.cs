using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using Migrations.Backup;
using Migrations.Databases;
using Migrations.Testing;

namespace Migrations.Sqlite.Tests;

public sealed class DumpTests : IDisposable
{
    private readonly TestFolder _folder = new();

    private string Dump => Path.Combine(_folder.Path, "dump.sql");

    private string Loaded => Path.Combine(_folder.Path, "loaded.db");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_dump_gives_the_database_again()
    {
        TestSql.Run(_folder.Database, TestBackup.Everything);
        var content = await TestBackup.BackUpAsync(_folder.Database, Dump, BackupFormat.Sql);
        await TestBackup.LoadAsync(Dump, Loaded, BackupFormat.Sql);

        await TestBackup.EqualAsync(_folder.Database, Loaded);
        Assert.Equal(await TestBackup.ContentAsync(Loaded), content.Tables);

        await TestBackup.BackUpAsync(Loaded, Dump + "2", BackupFormat.Sql);
        Assert.Equal(File.ReadAllText(Dump), File.ReadAllText(Dump + "2"));
        AssertAlive(Loaded);
    }

    [Fact]
    public async Task The_shell_loads_a_dump()
    {
        TestSql.Run(_folder.Database, TestBackup.Everything);
        await TestBackup.BackUpAsync(_folder.Database, Dump, BackupFormat.Sql);
        Assert.Equal("", Shell($".read {Dump}", Loaded));
        await TestBackup.EqualAsync(_folder.Database, Loaded);
        AssertAlive(Loaded);
    }

    [Theory]
    [InlineData("char(13, 10)")]
    [InlineData("char(13)")]
    [InlineData("'a' || char(13, 10) || 'it''s' || char(13)")]
    [InlineData("char(10, 10)")]
    [InlineData("char(8232, 133, 11, 12, 26, 0x2029)")]
    [InlineData("char(97, 0, 13, 10)")]
    public async Task Ends_of_lines_in_values_come_through_the_shell_and_the_driver(string value)
    {
        TestSql.Run(_folder.Database, $"CREATE TABLE a (x); INSERT INTO a VALUES ({value});");
        await TestBackup.BackUpAsync(_folder.Database, Dump, BackupFormat.Sql);
        var expected = TestSql.Ask(_folder.Database, "SELECT hex(x) FROM a");
        await TestBackup.LoadAsync(Dump, Loaded, BackupFormat.Sql);
        Assert.Equal(expected, TestSql.Ask(Loaded, "SELECT hex(x) FROM a"));
        Assert.Equal("", Shell($".read {Dump}", Loaded + "2"));
        Assert.Equal(expected, TestSql.Ask(Loaded + "2", "SELECT hex(x) FROM a"));
    }

    [Theory]
    [InlineData(
        "PRAGMA defer_foreign_keys=TRUE;\nCREATE TABLE k (x REFERENCES p);\nINSERT INTO \"k\" VALUES(1);\nCREATE TABLE p "
            + "(id integer PRIMARY KEY);\nINSERT INTO p VALUES(1);\n",
        true
    )]
    [InlineData("PRAGMA foreign_keys=OFF;\nPRAGMA defer_foreign_keys=TRUE;\nCREATE TABLE k (x);\nINSERT INTO \"k\" VALUES(1);\n", true)]
    [InlineData(
        "\uFEFFPRAGMA foreign_keys=OFF;\r\nBEGIN TRANSACTION;\r\nCREATE TABLE k (x);\r\nINSERT INTO k VALUES(1);\r\nCOMMIT;\r\n",
        false
    )]
    [InlineData("BEGIN TRANSACTION;\nCREATE TABLE k (x);\nINSERT INTO \"k\" VALUES(1);\nCOMMIT;\n", false)]
    public async Task Dumps_of_other_programs_are_restored(string text, bool isWarnedOf)
    {
        File.WriteAllText(Dump, text);
        Assert.Equal(BackupFormat.Sql, new SqliteDriver().Backups.Recognize(Dump));
        await new SqliteDriver().Backups.LoadAsync(
            new BackupSource(Dump, BackupFormat.Sql),
            TestBackup.Target(Loaded),
            _folder.Options,
            default
        );
        Assert.Equal("1", TestSql.Ask(Loaded, "SELECT x FROM k"));
        Assert.Equal(
            isWarnedOf,
            _folder
                .Events.OfType<Migrations.Events.WarningRaised>()
                .Any(w => w.Message.Contains("cannot be known whether it is complete", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task The_transaction_begins_as_the_shell_writes_it()
    {
        // wrangler takes away these very words, and no others, before it sends a script to D1.
        TestSql.Run(_folder.Database, "CREATE TABLE a (x);");
        await TestBackup.BackUpAsync(_folder.Database, Dump, BackupFormat.Sql);
        Assert.Contains("BEGIN TRANSACTION;", File.ReadAllLines(Dump));
    }

    [Fact]
    public async Task A_script_is_loaded_where_foreign_keys_are_enforced_whatever_it_says()
    {
        // As D1 does, in one transaction.
        TestSql.Run(
            _folder.Database,
            """
            CREATE TABLE kids (id integer PRIMARY KEY, tag text REFERENCES tags (name), z integer REFERENCES zed,
                self integer REFERENCES kids);
            CREATE TABLE tags (name text, kid integer REFERENCES kids ON DELETE CASCADE);
            CREATE TABLE zed (id integer PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES pairs (a, b));
            CREATE TABLE pairs (a int, b int);
            CREATE UNIQUE INDEX tag_name ON tags (name);
            CREATE UNIQUE INDEX "a pair" ON pairs (b, a);
            CREATE INDEX by_kid ON tags (kid);
            INSERT INTO kids VALUES (1, 'x', 5, 2), (2, NULL, NULL, 1);
            INSERT INTO tags VALUES ('x', 2);
            INSERT INTO zed VALUES (5, 6, 7);
            INSERT INTO pairs VALUES (6, 7);
            """
        );
        await TestBackup.BackUpAsync(_folder.Database, Dump, BackupFormat.Sql);
        var text = File.ReadAllText(Dump);
        using (var handle = TestSql.Open(Loaded))
            handle.Run(text.Replace("PRAGMA foreign_keys=OFF", "PRAGMA foreign_keys=ON", StringComparison.Ordinal));
        await TestBackup.EqualAsync(_folder.Database, Loaded);
        Assert.Null(TestSql.Ask(Loaded, "SELECT 1 FROM pragma_foreign_key_check"));
    }

    [Fact]
    public async Task A_full_text_table_is_made_as_anybody_would()
    {
        TestSql.Run(
            _folder.Database,
            """
            CREATE TABLE posts (id integer PRIMARY KEY, body text);
            INSERT INTO posts VALUES (3, 'hello world'), (7, 'good night');
            CREATE VIRTUAL TABLE search USING fts5(body, content='posts', content_rowid='id');
            INSERT INTO search (search) VALUES ('rebuild');
            CREATE VIRTUAL TABLE notes USING fts5(title, body UNINDEXED, tokenize='porter');
            INSERT INTO notes (rowid, title, body) VALUES (5, 'running dogs', 7), (2, NULL, 'x');
            """
        );
        await TestBackup.BackUpAsync(_folder.Database, Dump, BackupFormat.Sql);
        var text = File.ReadAllText(Dump);
        Assert.DoesNotContain("writable_schema", text, StringComparison.Ordinal);
        Assert.DoesNotContain("sqlite_master", text, StringComparison.Ordinal);
        Assert.DoesNotContain("search_data", text, StringComparison.Ordinal);
        await TestBackup.LoadAsync(Dump, Loaded, BackupFormat.Sql);
        await TestBackup.EqualAsync(_folder.Database, Loaded);
        Assert.Equal("5", TestSql.Ask(Loaded, "SELECT rowid FROM notes WHERE notes MATCH 'run'"));
        Assert.Equal("7", TestSql.Ask(Loaded, "SELECT rowid FROM search WHERE search MATCH 'night'"));
    }

    [Theory]
    [InlineData("CREATE VIRTUAL TABLE t USING fts5(x, content=''); INSERT INTO t (rowid, x) VALUES (1, 'a');")]
    [InlineData("CREATE VIRTUAL TABLE t USING fts5(x); INSERT INTO t VALUES ('a'); INSERT INTO t (t, rank) VALUES ('rank', 'bm25(10.0)');")]
    [InlineData("CREATE TABLE b (x); CREATE VIEW v AS SELECT rowid, x FROM b; CREATE VIRTUAL TABLE t USING fts5(x, content='v');")]
    public async Task What_the_rows_do_not_say_is_written_as_it_is_kept(string sql)
    {
        TestSql.Run(_folder.Database, sql);
        await TestBackup.BackUpAsync(_folder.Database, Dump, BackupFormat.Sql);
        Assert.Contains("writable_schema", File.ReadAllText(Dump), StringComparison.Ordinal);
        await TestBackup.LoadAsync(Dump, Loaded, BackupFormat.Sql);
        Assert.Equal(
            TestSql.Ask(_folder.Database, "SELECT group_concat(quote(k) || quote(v)) FROM t_config"),
            TestSql.Ask(Loaded, "SELECT group_concat(quote(k) || quote(v)) FROM t_config")
        );
    }

    [Fact]
    public async Task Tables_are_left_out_on_request_with_all_that_is_theirs()
    {
        TestSql.Run(
            _folder.Database,
            """
            CREATE TABLE _cf_METADATA (key integer PRIMARY KEY AUTOINCREMENT, value);
            INSERT INTO _cf_METADATA VALUES (1, 'x');
            CREATE TABLE d1_migrations (id integer PRIMARY KEY AUTOINCREMENT, name text UNIQUE);
            INSERT INTO d1_migrations VALUES (1, 'a');
            CREATE INDEX by_name ON d1_migrations (name);
            CREATE VIRTUAL TABLE _cf_search USING fts5(x);
            CREATE TABLE mine (id integer PRIMARY KEY AUTOINCREMENT);
            INSERT INTO mine VALUES (4);
            ANALYZE;
            """
        );
        var backups = Directory.CreateDirectory(Path.Combine(_folder.Path, "backups")).FullName;
        var manager = new BackupManager(new SqliteDriver(), _folder.Target, new BackupOptions { Session = _folder.Options });
        var request = new BackupRequest
        {
            Folder = backups,
            Format = BackupFormat.Sql,
            Exclude = ["_cf_*", "d1_migrations"],
        };
        var backup = await manager.BackUpAsync(request);
        var text = File.ReadAllText(backup.Path);
        Assert.DoesNotContain("_cf_", text, StringComparison.Ordinal);
        Assert.DoesNotContain("d1_migrations", text, StringComparison.Ordinal);
        Assert.True((await new BackupVerifier(new SqliteDriver()).VerifyAsync(backup)).Proven);
        await TestBackup.LoadAsync(backup.Path, Loaded, BackupFormat.Sql);
        Assert.Equal("mine", TestSql.Ask(Loaded, "SELECT group_concat(name) FROM sqlite_master WHERE name NOT LIKE 'sqlite%'"));

        var error = await Assert.ThrowsAsync<MigrationException>(() => manager.BackUpAsync(request with { Format = BackupFormat.Native }));
        Assert.Equal(ErrorId.UsageInvalid, error.Id);
    }

    [Fact]
    public async Task A_dump_of_the_shell_is_loaded()
    {
        TestSql.Run(_folder.Database, TestBackup.Everything.Replace(", (char(97, 0, 98), CAST(X'FF41' AS TEXT))", ""));
        File.WriteAllText(Dump, Shell(".dump", _folder.Database));
        Assert.Equal(BackupFormat.Sql, new SqliteDriver().Backups.Recognize(Dump));
        await TestBackup.LoadAsync(Dump, Loaded, BackupFormat.Sql);
        Assert.Equal(await TestBackup.FingerprintAsync(_folder.Database), await TestBackup.FingerprintAsync(Loaded));
        AssertAlive(Loaded);
    }

    [Theory]
    [InlineData("UTF-16le")]
    [InlineData("UTF-16be")]
    public async Task Other_encodings_and_page_sizes_are_kept(string encoding)
    {
        TestSql.Run(
            _folder.Database,
            $"PRAGMA encoding='{encoding}'; PRAGMA page_size=1024; CREATE TABLE a (x); INSERT INTO a VALUES ('ü'), (char(65, 0, 0x1F600));"
        );
        await TestBackup.BackUpAsync(_folder.Database, Dump, BackupFormat.Sql);
        await TestBackup.LoadAsync(Dump, Loaded, BackupFormat.Sql);
        await TestBackup.EqualAsync(_folder.Database, Loaded);
        Assert.Equal("1024", TestSql.Ask(Loaded, "PRAGMA page_size"));
        Assert.Equal(
            encoding == "UTF-16le" ? "410000003DD800DE" : "00410000D83DDE00",
            TestSql.Ask(Loaded, "SELECT hex(CAST(x AS BLOB)) FROM a WHERE rowid = 2")
        );
    }

    [Fact]
    public void Every_number_comes_back_bit_by_bit()
    {
        using var handle = TestSql.Open(SqliteTarget.Memory);
        var special = new[]
        {
            0.0,
            -0.0,
            0.1,
            1.0 / 3,
            double.MaxValue,
            double.MinValue,
            double.Epsilon,
            -double.Epsilon,
            2.2250738585072014e-308,
            1e15,
            1e-15,
            123456789012345.0,
            1e22,
            double.PositiveInfinity,
            double.NegativeInfinity,
        };
        foreach (var value in special)
            Assert.Equal(BitConverter.DoubleToInt64Bits(value), BitsOf(handle, value));
        Check.QuickThrowOnFailure(
            Prop.ForAll(
                ArbMap.Default.ArbFor<long>(),
                bits =>
                {
                    var value = BitConverter.Int64BitsToDouble(bits * 0x9E3779B97F4A7C1L);
                    return double.IsNaN(value) || BitsOf(handle, value) == BitConverter.DoubleToInt64Bits(value);
                }
            )
        );
        Check.QuickThrowOnFailure(
            Prop.ForAll(
                ArbMap.Default.ArbFor<double>(),
                value => double.IsNaN(value) || BitsOf(handle, value) == BitConverter.DoubleToInt64Bits(value)
            )
        );
    }

    [Fact]
    public async Task Every_text_and_blob_comes_back()
    {
        var samples = Gen.Sample(ArbMap.Default.GeneratorFor<byte[]>(), 300, 40);
        using (var handle = TestSql.Open(_folder.Database))
        {
            handle.Run("CREATE TABLE a (x, y); BEGIN");
            foreach (var bytes in samples)
                handle.Execute($"INSERT INTO a VALUES (CAST(X'{Convert.ToHexString(bytes)}' AS TEXT), X'{Convert.ToHexString(bytes)}')");
            handle.Run("INSERT INTO a VALUES ('''; DROP TABLE a; --', 'line\r\nline'); COMMIT");
        }

        await TestBackup.BackUpAsync(_folder.Database, Dump, BackupFormat.Sql);
        await TestBackup.LoadAsync(Dump, Loaded, BackupFormat.Sql);
        await TestBackup.EqualAsync(_folder.Database, Loaded);
        Assert.Equal("0", TestSql.Ask(Loaded, "SELECT count(*) FROM a WHERE rowid <= 40 AND CAST(x AS BLOB) IS NOT y"));
    }

    [Fact]
    public async Task A_dump_that_is_cut_off_anywhere_is_refused()
    {
        TestSql.Run(_folder.Database, TestBackup.Everything);
        await TestBackup.BackUpAsync(_folder.Database, Dump, BackupFormat.Sql);
        var bytes = File.ReadAllBytes(Dump);
        var random = new Random(5);
        foreach (
            var length in Enumerable
                .Range(0, 60)
                .Select(_ => random.Next(bytes.Length - "COMMIT;\n".Length))
                .Append(0)
                .Append(bytes.Length - "COMMIT;\n".Length)
        )
        {
            File.WriteAllBytes(Dump, bytes[..length]);
            File.Delete(Loaded);
            var e = await Assert.ThrowsAsync<MigrationException>(() => TestBackup.LoadAsync(Dump, Loaded, BackupFormat.Sql));
            Assert.Equal(ErrorId.BackupInvalid, e.Id);
        }
    }

    [Fact]
    public async Task A_refused_statement_is_told_by_its_line()
    {
        File.WriteAllText(Dump, "BEGIN;\nCREATE TABLE a (x);\nINSERT INTO b VALUES (1);\nCOMMIT;\n");
        var e = await Assert.ThrowsAsync<MigrationException>(() => TestBackup.LoadAsync(Dump, Loaded, BackupFormat.Sql));
        Assert.Equal(ErrorId.BackupInvalid, e.Id);
        Assert.Contains("dump.sql:3", e.Message);
        Assert.Contains("no such table: b", e.Message);
    }

    [Fact]
    public async Task A_large_dump_streams()
    {
        TestSql.Run(
            _folder.Database,
            "CREATE TABLE a (x, y); WITH n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) INSERT INTO a "
                + "SELECT i, hex(randomblob(50)) FROM n;"
                + " INSERT INTO a VALUES ('big', randomblob(3000000))"
        );
        await TestBackup.BackUpAsync(_folder.Database, Dump, BackupFormat.Sql);
        await TestBackup.LoadAsync(Dump, Loaded, BackupFormat.Sql);
        await TestBackup.EqualAsync(_folder.Database, Loaded);
    }

    [Fact]
    public void What_is_no_backup_is_not_recognised()
    {
        var backups = new SqliteDriver().Backups;
        foreach (var text in (string[])["", "--\n-- PostgreSQL database dump\n--", "SELECT 1;", "SQLite format"])
        {
            File.WriteAllText(Dump, text);
            Assert.Null(backups.Recognize(Dump));
        }

        TestSql.Run(_folder.Database, "CREATE TABLE a (x)");
        Assert.Equal(BackupFormat.Native, backups.Recognize(_folder.Database));
        Assert.Equal((".db", ".sql"), (backups.Extension(BackupFormat.Native), backups.Extension(BackupFormat.Sql)));
    }

    private static void AssertAlive(string path)
    {
        TestSql.Run(path, "INSERT INTO posts VALUES (12, 1, 'a new world'); INSERT INTO users (name) VALUES ('next');");
        Assert.Equal("2", TestSql.Ask(path, "SELECT count(*) FROM search WHERE search MATCH 'world'"));
        Assert.Equal("1", TestSql.Ask(path, "SELECT count(*) FROM notes WHERE notes MATCH 'run'"));
        Assert.Equal("1", TestSql.Ask(path, "SELECT count(*) FROM bare WHERE bare MATCH 'nowhere'"));
        Assert.Equal("8", TestSql.Ask(path, "SELECT max(id) FROM users"));
    }

    private static long BitsOf(Native.SqliteHandle handle, double value)
    {
        using var row = handle.Prepare("SELECT " + SqlTextWriter.Real(value));
        Assert.True(row.Step());
        return BitConverter.DoubleToInt64Bits(row.Double(0));
    }

    private string Shell(string command, string database)
    {
        using var shell = Process.Start(
            new ProcessStartInfo(Prerequisite.Sqlite3(), [database, command])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = _folder.Path,
            }
        )!;
        var error = shell.StandardError.ReadToEndAsync();
        var output = shell.StandardOutput.ReadToEnd();
        shell.WaitForExit();
        return output + error.Result;
    }
}
