using Migrations.PostgreSql;
using Migrations.Sqlite;
using Migrations.Testing;
using Migrations.Transfer;

namespace Migrations.Databases.Tests;

/// <summary>Copies from PostgreSQL to SQLite files: what came from SQLite comes back equal, and what SQLite does not have is
/// listed.</summary>
public sealed class CopyBackTests : IAsyncLifetime
{
    private readonly SqliteTestDatabase _file = new();

    private PostgreSqlTestDatabase Source { get; set; } = null!;

    private string File => _file.File;

    public async ValueTask InitializeAsync() => Source = await PostgreSqlTestDatabase.CreateAsync();

    public async ValueTask DisposeAsync()
    {
        await Source.DisposeAsync();
        await _file.DisposeAsync();
    }

    [Fact]
    public async Task What_came_from_sqlite_comes_back_with_equal_digests()
    {
        await using var origin = new SqliteTestDatabase();
        await origin.ExecuteAsync(
            """
            CREATE TABLE "Order" ("Select" INTEGER PRIMARY KEY AUTOINCREMENT, "From" TEXT NOT NULL DEFAULT 'x''y', active BOOLEAN DEFAULT 1,
                price DECIMAL(10,2), r REAL, big INT, created TIMESTAMP DEFAULT CURRENT_TIMESTAMP, d DATE, b BLOB, j JSON, u UUID,
                g TEXT GENERATED ALWAYS AS ("From" || '!') VIRTUAL, total REAL AS (big + 0.5) STORED,
                CHECK (price >= 0 AND length("From") > 0 AND active IN (0, 1)));
            INSERT INTO "Order" ("From", active, price, r, big, created, d, b, j, u) VALUES
                ('a', 1, 1.5, 1e300, 7, '2025-01-01 10:00:00', '2025-01-01', x'00ff00', '{"a":1}', '6f9619ff-8b86-d011-b42d-00cf4fc964ff'),
                ('b', 0, NULL, -0.5, -1, '2025-01-01 10:00:00.123', '2024-02-29', x'', '[1, 2]', NULL),
                ('é', NULL, 99999999.99, 9e999, 4294967296, '1999-01-01 00:00:00', '0001-01-01', NULL, '{}', NULL);
            CREATE TABLE "empty" (id INTEGER PRIMARY KEY AUTOINCREMENT, x);
            INSERT INTO "empty" (id) VALUES (77); DELETE FROM "empty";
            CREATE TABLE n (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES n (id) ON DELETE CASCADE, email TEXT COLLATE NOCASE UNIQUE);
            INSERT INTO n VALUES (1, NULL, 'A@x'), (2, 1, 'b@x');
            CREATE TABLE one (id INTEGER PRIMARY KEY, o INT REFERENCES other (id) DEFERRABLE INITIALLY DEFERRED);
            CREATE TABLE other (id INTEGER PRIMARY KEY, o INT REFERENCES one (id));
            PRAGMA foreign_keys = 0; INSERT INTO one VALUES (1, 1); INSERT INTO other VALUES (1, 1);
            CREATE TABLE w (a TEXT, b INT, PRIMARY KEY (a, b)) WITHOUT ROWID;
            INSERT INTO w VALUES ('x', 1), ('y', 2);
            CREATE TABLE nokey (a TEXT, b); INSERT INTO nokey VALUES ('x', 1), ('x', 1), (NULL, NULL);
            CREATE UNIQUE INDEX part ON n (parent DESC) WHERE parent IS NOT NULL;
            """
        );
        var sqlite = new SqliteDriver();
        var over = await new DatabaseCopy((sqlite, sqlite.Parse(origin.Address, "/")!), Side(Source.Address), new CopyRequest()).RunAsync(
            TestContext.Current.CancellationToken
        );

        var back = await CopyAsync();

        Assert.Empty(back.SelectMany(r => r.LeftOut));
        Assert.All(back, r => Assert.True(r.Equal));
        Assert.Equal(
            over.OrderBy(r => r.Table, StringComparer.Ordinal).Select(r => (r.Table, r.TargetDigest)),
            back.OrderBy(r => r.Table, StringComparer.Ordinal).Select(r => (r.Table, r.SourceDigest))
        );
        Assert.Equal(
            ["1|a|1|1.5|2025-01-01 10:00:00|00FF00|a!|7.5|text"],
            await _file.RowsAsync("SELECT \"Select\", \"From\", active, price, created, hex(b), g, total, typeof(j) FROM \"Order\" LIMIT 1")
        );
        Assert.Equal("78", await _file.ScalarAsync("INSERT INTO empty DEFAULT VALUES RETURNING id"));
        Assert.Equal(
            "x'y|1|19",
            await _file.ScalarAsync("INSERT INTO \"Order\" (big) VALUES (1) RETURNING \"From\" || '|' || active || '|' || length(created)")
        );
        foreach (
            var (sql, words) in new[]
            {
                ("INSERT INTO \"Order\" (\"From\") VALUES ('')", "CHECK"),
                ("INSERT INTO \"Order\" (\"From\") VALUES (NULL)", "NOT NULL"),
                ("INSERT INTO n (email) VALUES ('a@X')", "UNIQUE"),
                ("INSERT INTO n (parent) VALUES (1)", "UNIQUE"),
                ("PRAGMA foreign_keys = 1; INSERT INTO n (parent) VALUES (9)", "FOREIGN KEY"),
            }
        )
            Assert.Contains(
                words,
                (await Assert.ThrowsAnyAsync<Exception>(() => _file.ExecuteAsync(sql))).Message,
                StringComparison.Ordinal
            );
    }

    [Theory]
    [InlineData("numeric", "1.5, 12345678901234567, 0.000000000000001", "NUMERIC", "real")]
    [InlineData("numeric(12,3)", "1.500", "NUMERIC(12,3)", "real")]
    [InlineData("numeric", "1234567890.123456789", "TEXT", "text")]
    [InlineData("numeric", "'NaN', 1", "TEXT", "text")]
    [InlineData("numeric", "100000000000000000000, 1e30, 0.30000000000000004", "NUMERIC", "real")]
    [InlineData("numeric", "100000000000000000001", "TEXT", "text")]
    [InlineData("numeric", "1e400", "TEXT", "text")]
    [InlineData("float8", "'NaN'", "TEXT", "text")]
    [InlineData("float8", "'-0'", "TEXT", "text")]
    [InlineData("float8", "'inf', 0.1", "REAL", "real")]
    [InlineData("float4", "0.1", "REAL", "real")]
    [InlineData("smallint", "-5", "INTEGER", "integer")]
    [InlineData("bool", "true, NULL", "BOOLEAN", "integer")]
    [InlineData("date", "'2024-02-29'", "DATE", "text")]
    [InlineData("date", "'infinity'", "TEXT", "text")]
    [InlineData("timestamp", "'2024-02-29 12:00:00.123456'", "TIMESTAMP", "text")]
    [InlineData("timestamp", "'0044-03-15 BC'", "TEXT", "text")]
    [InlineData("timestamptz", "'2024-02-29 12:00:00+05'", "TIMESTAMPTZ", "text")]
    [InlineData("uuid", "'6f9619ff-8b86-d011-b42d-00cf4fc964ff'", "TEXT", "text")]
    [InlineData("json", "'1', '{\"a\":1,\"a\":2}'", "TEXT", "text")]
    [InlineData("jsonb", "'\"x\"'", "TEXT", "text")]
    [InlineData("bytea", "'\\x00ff', ''", "BLOB", "blob")]
    [InlineData("char(5)", "'a'", "TEXT", "text")]
    [InlineData("int[]", "'{1,2}'", "TEXT", "text")]
    [InlineData("int4range", "'[1,5)'", "TEXT", "text")]
    [InlineData("interval", "'1 day 02:00'", "TEXT", "text")]
    [InlineData("inet", "'10.0.0.1/8'", "TEXT", "text")]
    [InlineData("mood", "'happy'", "TEXT", "text")]
    [InlineData("positive", "5", "INTEGER", "integer")]
    [InlineData("text", "'', 'é', '007'", "TEXT", "text")]
    public async Task Values_get_types_that_hold_them_unchanged(string type, string values, string declared, string storage)
    {
        await Source.ExecuteAsync(
            "CREATE TYPE mood AS ENUM ('sad', 'happy'); CREATE DOMAIN positive AS int CHECK (VALUE > 0); "
                + $"CREATE TABLE t (c {type}); INSERT INTO t VALUES ({values.Replace(", ", "), (", StringComparison.Ordinal)});"
        );
        var copied = Assert.Single(await CopyAsync(), r => r.TargetTable is not null);
        Assert.Equal((declared, true), (Assert.Single(copied.Columns).Type, copied.Equal));
        Assert.Equal(storage, await _file.ScalarAsync("SELECT typeof(c) FROM t WHERE c IS NOT NULL LIMIT 1"));
        Assert.True((await CompareAsync()).Equal);
    }

    [Fact]
    public async Task What_has_no_place_in_sqlite_is_listed_with_its_text()
    {
        await Source.ExecuteAsync(
            """
            CREATE TYPE mood AS ENUM ('sad', 'happy');
            CREATE TABLE p (id bigint GENERATED ALWAYS AS IDENTITY, at date NOT NULL, m mood DEFAULT 'sad', tags text[] DEFAULT '{}',
                name varchar(20), half numeric GENERATED ALWAYS AS (id / 2.0) STORED, made timestamp DEFAULT now(),
                CHECK (name ~ '^[a-z]+$'), CHECK (name < 'x')) PARTITION BY RANGE (at);
            CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
            INSERT INTO p (at, name) VALUES ('2025-03-01', 'ada'), ('2025-03-02', 'bob');
            CREATE TABLE base (a int); CREATE TABLE child (b int) INHERITS (base); INSERT INTO child VALUES (1, 2);
            INSERT INTO base VALUES (3);
            CREATE INDEX tags_gin ON p USING gin (tags); CREATE INDEX upper_name ON p (upper(name));
            CREATE VIEW v AS SELECT 1 AS one UNION SELECT 2; CREATE SEQUENCE alone;
            CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
            CREATE TRIGGER tr BEFORE INSERT ON base FOR EACH ROW EXECUTE FUNCTION f();
            """
        );
        var results = await CopyAsync();
        var leftOut = results.SelectMany(r => r.LeftOut).Select(l => $"{l.Kind} {l.Name}").ToHashSet(StringComparer.Ordinal);
        foreach (
            var item in new[]
            {
                "identity id",
                "generated column half",
                "default made",
                "check p_name_check",
                "check p_name_check1",
                "index tags_gin",
                "index upper_name",
                "view v",
                "sequence public.alone",
                "function public.f()",
                "trigger public.base.tr",
                "type public.mood",
            }
        )
            Assert.Contains(item, leftOut);
        Assert.All(results.SelectMany(r => r.LeftOut), l => Assert.NotEmpty(l.Reason));
        Assert.Equal(["1|2025-03-01|sad|{}|ada", "2|2025-03-02|sad|{}|bob"], await _file.RowsAsync("SELECT id, at, m, tags, name FROM p"));
        Assert.Equal(["3"], await _file.RowsAsync("SELECT a FROM base"));
        Assert.Equal("sad|{}", await _file.ScalarAsync("INSERT INTO p (id, at) VALUES (9, '') RETURNING m || '|' || tags"));
    }

    [Theory]
    [InlineData("lower(n COLLATE \"C\")", "abcÉ", true)]
    [InlineData("substr(n, 1, 2)", "AB", true)]
    [InlineData("CASE WHEN length(n) > 2 THEN 'long' ELSE n END", "long", true)]
    [InlineData("n || '!'", "ABCÉ!", true)]
    [InlineData("lower(n)", "abcé", false)]
    [InlineData("md5(n)", "9f3c", false)]
    public async Task A_computed_column_holds_the_same_values(string expression, string start, bool isComputed)
    {
        await Source.ExecuteAsync(
            $"CREATE TABLE t (n text COLLATE \"en-x-icu\", g text GENERATED ALWAYS AS ({expression}) STORED); "
                + "INSERT INTO t VALUES ('ABCÉ')"
        );
        var copied = Assert.Single(await CopyAsync());
        Assert.Equal((true, !isComputed), (copied.Equal, copied.LeftOut.Any(l => l is { Kind: "generated column", Text: not null })));
        Assert.StartsWith(start, await _file.ScalarAsync("SELECT g FROM t"), StringComparison.Ordinal);
        Assert.Equal(isComputed ? "3" : "0", await _file.ScalarAsync("SELECT hidden FROM pragma_table_xinfo('t') WHERE name = 'g'"));
    }

    [Fact]
    public async Task A_file_that_is_there_gets_all_in_one_transaction_and_loses_nothing()
    {
        await Source.ExecuteAsync("CREATE TABLE t (id int PRIMARY KEY, x text); INSERT INTO t VALUES (1, 'new')");
        await _file.ExecuteAsync("CREATE TABLE T (x); INSERT INTO T VALUES ('mine'); CREATE TABLE other (x); INSERT INTO other VALUES (1)");
        var error = await Assert.ThrowsAsync<MigrationException>(() => CopyAsync());
        Assert.Equal(ErrorId.CopyTargetOccupied, error.Id);
        Assert.Equal("mine", await _file.ScalarAsync("SELECT x FROM t"));
        await CopyAsync(new CopyRequest { Recreates = true });
        Assert.Equal("new", await _file.ScalarAsync("SELECT x FROM t"));
        Assert.Equal("1", await _file.ScalarAsync("SELECT count(*) FROM other"));
    }

    [Fact]
    public async Task A_file_that_is_not_there_appears_whole_and_leftovers_of_killed_copies_go()
    {
        await Source.ExecuteAsync("CREATE TABLE \"A\" (id int); CREATE TABLE a (id int)");
        var left = File + ".copying-0123456789abcdef";
        await System.IO.File.WriteAllTextAsync(left, "", TestContext.Current.CancellationToken);
        var named = await new SqliteDriver().Scratch.FindLeftoversAsync(
            Target().Item2,
            new SessionOptions(),
            TestContext.Current.CancellationToken
        );
        Assert.Contains(left, named);
        var error = await Assert.ThrowsAsync<MigrationException>(() => CopyAsync());
        Assert.Contains("differ only in case", error.Message, StringComparison.Ordinal);
        Assert.False(System.IO.File.Exists(File));
        await CopyAsync(
            new CopyRequest
            {
                Scope = new CopyScope { Tables = ["*"], Excluded = [] },
            },
            "DROP TABLE a"
        );
        Assert.Equal(
            ["test.db", "test.db.migrate-lock"],
            Directory.GetFiles(Path.GetDirectoryName(File)!).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public async Task Keys_that_rows_break_are_a_fault()
    {
        await Source.ExecuteAsync(
            """
            CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p int, n int); INSERT INTO c VALUES (7, -1);
            ALTER TABLE c ADD FOREIGN KEY (p) REFERENCES p NOT VALID; ALTER TABLE c ADD CHECK (n > 0) NOT VALID;
            """
        );
        var results = await CopyAsync();
        Assert.Equal(["check", "foreign key"], results.SelectMany(r => r.LeftOut).Where(l => l.IsRefused).Select(l => l.Kind));
        Assert.Equal(ErrorId.CopyIncomplete, DatabaseCopy.FindFault(results)!.Id);
    }

    private static (IDatabaseDriver, DatabaseTarget) Side(string address)
    {
        var driver = new PostgreSqlDriver();
        return (driver, driver.Parse(address, "/")!);
    }

    private (IDatabaseDriver, DatabaseTarget) Target()
    {
        var driver = new SqliteDriver();
        return (driver, driver.Parse(File, "/")!);
    }

    private async Task<IReadOnlyList<TableCopy>> CopyAsync(CopyRequest? request = null, string? before = null)
    {
        if (before is not null)
            await Source.ExecuteAsync(before);
        return await new DatabaseCopy(Side(Source.Address), Target(), request ?? new CopyRequest()).RunAsync(
            TestContext.Current.CancellationToken
        );
    }

    private async Task<TableComparison> CompareAsync() =>
        Assert.Single(
            await new DataComparison(Side(Source.Address), Target(), new CompareRequest()).RunAsync(TestContext.Current.CancellationToken)
        );
}
