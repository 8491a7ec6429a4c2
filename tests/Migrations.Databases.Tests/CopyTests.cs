using Migrations.PostgreSql;
using Migrations.Tables;
using Migrations.Testing;
using Migrations.Transfer;

namespace Migrations.Databases.Tests;

/// <summary>Copies from SQLite files on disk to PostgreSQL: what is chosen, what is proven, what is refused, what is left out.</summary>
public sealed class CopyTests : CopyTestBase
{
    private const string Awkward = """
        CREATE TABLE "Order" ("Select" INTEGER PRIMARY KEY AUTOINCREMENT, "From" TEXT NOT NULL DEFAULT 'x''y', active BOOLEAN DEFAULT 1,
            price DECIMAL(10,2), r REAL, big INT, created TIMESTAMP DEFAULT CURRENT_TIMESTAMP, d DATE, b BLOB, any, j JSON, u UUID,
            g TEXT GENERATED ALWAYS AS ("From" || '!') VIRTUAL, total REAL AS (big + 0.5) STORED,
            CHECK (price >= 0 AND length("From") > 0));
        INSERT INTO "Order" ("From", active, price, r, big, created, d, b, any, j, u) VALUES
            ('a', 1, 1.5, 1e300, 7, '2025-01-01 10:00:00', '2025-01-01', x'00ff00', 1, '{"a":1}', '6f9619ff-8b86-d011-b42d-00cf4fc964ff'),
            ('b', 0, NULL, -0.5, -1, '2025-01-01 10:00:00.123', '2024-02-29', x'', 'x', '[1, 2]', NULL),
            ('é', NULL, 99999999.99, 9e999, 4294967296, '1999-01-01 00:00:00', '0001-01-01', NULL, x'01', '{}',
                '00000000-0000-0000-0000-000000000000');
        CREATE TABLE "empty" (id INTEGER PRIMARY KEY AUTOINCREMENT, x);
        INSERT INTO "empty" (id) VALUES (77); DELETE FROM "empty";
        CREATE TABLE n (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES n (id) ON DELETE CASCADE, email TEXT COLLATE NOCASE UNIQUE);
        INSERT INTO n VALUES (1, NULL, 'A@x'), (2, 1, 'b@x');
        CREATE TABLE one (id INTEGER PRIMARY KEY, o INT REFERENCES other (id) DEFERRABLE INITIALLY DEFERRED);
        CREATE TABLE other (id INTEGER PRIMARY KEY, o INT REFERENCES one (id));
        PRAGMA foreign_keys = 0; INSERT INTO one VALUES (1, 1); INSERT INTO other VALUES (1, 1);
        CREATE TABLE w (a TEXT, b INT, PRIMARY KEY (a, b)) WITHOUT ROWID;
        INSERT INTO w VALUES ('x', 1), ('y', 2);
        CREATE TABLE s (a INTEGER, b ANY, c TEXT) STRICT;
        INSERT INTO s VALUES (1, 'x', ''), (2, 'y', 'z');
        CREATE TABLE nokey (a TEXT, b); INSERT INTO nokey VALUES ('x', 1), ('x', 1), (NULL, NULL);
        CREATE INDEX n_lower ON n (lower(email)); CREATE UNIQUE INDEX part ON n (parent DESC) WHERE parent IS NOT NULL;
        CREATE VIEW v AS SELECT (SELECT 1) AS a;
        CREATE TRIGGER t AFTER INSERT ON n BEGIN SELECT 1; END;
        CREATE VIRTUAL TABLE ft USING fts5 (a, content=nokey);
        """;

    [Fact]
    public async Task Awkward_tables_are_copied_and_proven_equal()
    {
        await FillAsync(Awkward);
        var before = await File.ReadAllBytesAsync(Source.File, TestContext.Current.CancellationToken);

        var results = await CopyAsync();

        var copied = results.Where(r => r.Outcome == CopyOutcome.Copied).ToList();
        Assert.Equal(8, copied.Count);
        Assert.All(copied, r => Assert.True(r.Equal));
        Assert.All(copied, r => Assert.Equal(r.SourceDigest, r.TargetDigest));
        Assert.Equal(before, await File.ReadAllBytesAsync(Source.File, TestContext.Current.CancellationToken));
        Assert.Equal(
            "a|t|1.50|1e+300|7|2025-01-01 10:00:00|2025-01-01|\\x00ff00|1|a!|7.5",
            await ScalarAsync(
                "SELECT concat_ws('|', \"From\", active, price, r, big, created, d, b, \"any\", g, total) FROM \"Order\" WHERE "
                    + "\"Select\" = 1"
            )
        );
        Assert.True((await CompareAsync()).All(c => c.Equal));
        Assert.Equal("0", await ScalarAsync("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'migrations%'"));
    }

    [Fact]
    public async Task Structure_goes_over_with_the_rows()
    {
        await FillAsync(Awkward);
        await CopyAsync();

        Assert.Equal("4", await ScalarAsync("INSERT INTO \"Order\" DEFAULT VALUES RETURNING \"Select\""));
        Assert.Equal("x'y|t", await ScalarAsync("SELECT concat_ws('|', \"From\", active) FROM \"Order\" WHERE \"Select\" = 4"));
        await FailsAsync("23514", "INSERT INTO \"Order\" (\"From\", price) VALUES ('x', -1)");
        await FailsAsync("23502", "INSERT INTO \"Order\" (\"From\") VALUES (NULL)");
        await FailsAsync("23505", "INSERT INTO n (email) VALUES ('a@X')");
        await FailsAsync("23503", "INSERT INTO n (parent) VALUES (9)");
        await FailsAsync("23505", "INSERT INTO n (parent) VALUES (1)");
        Assert.Equal("78", await ScalarAsync("INSERT INTO empty DEFAULT VALUES RETURNING id"));
        await Target.ExecuteAsync("DELETE FROM n WHERE id = 1");
        Assert.Equal("0", await ScalarAsync("SELECT count(*) FROM n"));
        Assert.Equal("1", await ScalarAsync("SELECT count(*) FROM pg_constraint WHERE condeferred"));
    }

    [Fact]
    public async Task What_has_no_equal_is_listed_with_its_text()
    {
        await FillAsync(Awkward);
        var results = await CopyAsync();
        var leftOut = results.SelectMany(r => r.LeftOut).ToDictionary(l => l.Name, StringComparer.Ordinal);
        Assert.Equal(["ft", "t", "v"], leftOut.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(("trigger", "n"), (leftOut["t"].Kind, leftOut["t"].Table));
        Assert.Equal("CREATE VIEW v AS SELECT (SELECT 1) AS a", leftOut["v"].Text);
        foreach (var statement in leftOut["ft"].Advice!.Split(";\n"))
            await Target.ExecuteAsync(statement);
    }

    [Theory]
    [InlineData("INT", "1, 2147483648, NULL", "bigint")]
    [InlineData("TINYINT(1)", "0, 1", "bigint")]
    [InlineData("BOOLEAN", "0, 1, NULL", "boolean")]
    [InlineData("BOOLEAN", "0, 2", "bigint")]
    [InlineData("BOOLEAN", "'yes', 'no'", "text")]
    [InlineData("REAL", "1, 2.5, 9e999", "double precision")]
    [InlineData("DECIMAL(5,2)", "999.99, -1", "numeric(5,2)")]
    [InlineData("DECIMAL(5,2)", "0.123", "numeric")]
    [InlineData("NUMERIC", "1.5, 2", "numeric")]
    [InlineData("VARCHAR(3)", "'abcdef'", "text")]
    [InlineData("STRING", "'007', 1.5", "double precision")]
    [InlineData("STRING", "'x'", "text")]
    [InlineData("GUID", "'6F9619FF-8B86-D011-B42D-00CF4FC964FF'", "text")]
    [InlineData("UUID", "'6f9619ff-8b86-d011-b42d-00cf4fc964ff'", "uuid")]
    [InlineData("BLOB", "x'00'", "bytea")]
    [InlineData("", "'x', 1, x'00'", "text")]
    [InlineData("", "1, 2", "bigint")]
    [InlineData("DATE", "'2025-03-01'", "date")]
    [InlineData("DATETIME", "'2025-03-01'", "timestamp without time zone")]
    [InlineData("DATETIME", "'2025-03-01 10:00', '2025-03-01 10:00:00.5'", "timestamp without time zone")]
    [InlineData("DATETIME", "'2025-03-01T10:00:00Z', '2025-03-01 10:00:00+01:30'", "timestamp with time zone")]
    [InlineData("DATETIME", "'2025-03-01T10:00:00Z', '2025-03-01 10:00:00'", "text")]
    [InlineData("DATETIME", "'2025-02-30 10:00:00'", "text")]
    [InlineData("DATETIME", "1740787200000", "bigint")]
    [InlineData("DATETIME", "2460735.5", "double precision")]
    [InlineData("DATETIME", "'2025-03-01', 1740787200, 2460735.123456789", "text")]
    [InlineData("TIME", "'24:00'", "text")]
    [InlineData("JSON", "'{\"a\":1,\"a\":2}'", "json")]
    [InlineData("JSON", "'{a}'", "text")]
    [InlineData("TEXT", "NULL", "text")]
    [InlineData("double precision", "1.5", "double precision")]
    public async Task The_values_decide_the_type_and_the_declared_word_only_chooses(string declared, string values, string expected)
    {
        await FillAsync($"CREATE TABLE t (c {declared}); INSERT INTO t VALUES ({values.Replace(", ", "), (", StringComparison.Ordinal)});");
        var copied = Assert.Single(await CopyAsync());
        Assert.Equal(expected, Assert.Single(copied.Columns).Type);
        Assert.True(copied.Equal);
        Assert.True(Assert.Single(await CompareAsync()).Equal);
    }

    [Theory]
    [InlineData("INT", "(1, 'x'), (2, 7)", "id 1", "no integers")]
    [InlineData("INT", "(5, 1.5)", "id 5", "no integers")]
    [InlineData("TEXT", "(3, x'00'), (4, 'x')", "id 3", "blobs among texts")]
    [InlineData("TEXT", "(6, 'a' || char(0) || 'b')", "id 6", "NUL")]
    [InlineData("TEXT", "(7, CAST(x'ff' AS TEXT))", "id 7", "invalid UTF-8")]
    [InlineData("NUMERIC", "(8, 'x'), (9, 1)", "id 8", "several classes")]
    public async Task What_fits_nowhere_is_refused_with_its_keys_before_anything_is_written(
        string declared,
        string rows,
        string key,
        string problem
    )
    {
        await FillAsync($"CREATE TABLE t (id INTEGER PRIMARY KEY, c {declared}); INSERT INTO t VALUES {rows};");
        var error = await ThrowsAsync(ErrorId.CopyRefused);
        Assert.Contains("t.c:", error.Message, StringComparison.Ordinal);
        Assert.Contains(key, error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Empty(await Target.TablesAsync());
    }

    [Fact]
    public async Task Rows_without_a_parent_are_refused_with_their_keys()
    {
        await FillAsync(
            """
            PRAGMA foreign_keys = 0; CREATE TABLE p (id INTEGER PRIMARY KEY);
            CREATE TABLE c (id INTEGER PRIMARY KEY, p INT REFERENCES p (id)); INSERT INTO c VALUES (7, 1), (8, 2);
            """
        );
        var error = await ThrowsAsync(ErrorId.CopyRefused);
        Assert.Contains("c: rows without a parent in p (id 7, id 8)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_that_cannot_be_there_is_refused_before_anything_is_written()
    {
        await FillAsync(
            $"CREATE TABLE t ({string.Join(", ", Enumerable.Range(0, 1601).Select(i => $"c{i}"))}); "
                + "CREATE TABLE s (ctid TEXT, \"Xmin\" INT)"
        );
        var error = await ThrowsAsync(ErrorId.CopyRefused, new CopyRequest { Recreates = true });
        Assert.Contains("t: it has 1601 columns", error.Message, StringComparison.Ordinal);
        Assert.Contains("s.ctid: PostgreSQL has a column of this name", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Xmin", error.Message, StringComparison.Ordinal);
        Assert.Equal(
            "Give tables and columns other names with --mapping, or leave tables out with --exclude-table.",
            error.NextStep!.ToString()
        );
        Assert.Equal("0", await ScalarAsync("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'migrations%'"));
    }

    [Theory]
    [InlineData("c INT", "'x'", "id 1: 'x'", "--column-type \"t.c=text\"")]
    [InlineData("c INT", "9223372036854775808", "id 1: 9.223372036854776E+18", "--column-type \"t.c=numeric\"")]
    [InlineData("c TEXT", "x'00ff'), (2, 'y'", "id 1: x'00FF'", "--column-type \"t.c=text\"")]
    [InlineData("c TEXT", "'a' || char(0)", "id 1: CAST(x'6100' AS TEXT)", "--column-type \"t.c=bytea\"")]
    [InlineData("c INT", "printf('%.*c', 100, 'y')", "id 1: 'yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy...' (100 bytes)", "=text")]
    [InlineData("c INT REFERENCES t (id)", "9", "(id 1)", "Correct the rows. See")]
    public async Task What_stops_a_copy_is_named_with_its_value_and_a_type_that_takes_it(
        string column,
        string value,
        string named,
        string step
    )
    {
        await FillAsync($"CREATE TABLE t (id INTEGER PRIMARY KEY, {column}); INSERT INTO t VALUES (1, {value})");
        var error = await ThrowsAsync(ErrorId.CopyRefused);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Contains(step, error.NextStep!.ToString(), StringComparison.Ordinal);
        if (step.IndexOf('=', StringComparison.Ordinal) is var at and > 0)
            await CopyAsync(
                new CopyRequest
                {
                    Scope = new CopyScope { Types = new Dictionary<string, ColumnType> { ["t.c"] = Typed(step[(at + 1)..]) } },
                }
            );

        static ColumnType Typed(string text) =>
            ColumnType.TryParse(text.TrimEnd('"'), out var type) ? type : throw new FormatException(text);
    }

    [Fact]
    public async Task A_chosen_type_takes_what_it_can_and_counts_what_it_converts()
    {
        await FillAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, c INT); INSERT INTO t VALUES (1, 'x'), (2, 7), (3, 2.5), (4, x'ab');");
        var copied = Assert.Single(await CopyAsync(Chosen("t.c", ColumnKind.Text)));
        Assert.Equal((3L, "chosen by the caller"), (copied.Columns[1].Converted, copied.Columns[1].Reason));
        Assert.Equal(["1|x", "2|7", "3|2.5", "4|\\xab"], await Target.RowsAsync("SELECT id, c FROM t ORDER BY id"));
        await Target.ExecuteAsync("DROP TABLE t");
        var error = await ThrowsAsync(ErrorId.CopyRefused, Chosen("T.C", ColumnKind.Boolean));
        Assert.Contains("do not fit the chosen type boolean (id 1: 'x', id 2: 7, id 3: 2.5, ...)", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "no column t.x",
            (await ThrowsAsync(ErrorId.UsageInvalid, Chosen("t.x", ColumnKind.Text))).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Rejected_rows_go_into_a_file_that_can_be_loaded()
    {
        await FillAsync(
            "CREATE TABLE t (id INTEGER PRIMARY KEY, c INT, x TEXT); INSERT INTO t VALUES (1, 'it''s', 'a'), (2, 7, 'b'), "
                + "(3, 2.0e-5, char(0)), (4, NULL, char(0));"
        );
        using var folder = new TemporaryFolder();
        var request = new CopyRequest { RejectFile = folder["rejected.sql"] };
        var copied = Assert.Single(await CopyAsync(request));
        Assert.Equal((1L, 3L, true), (copied.Rows, copied.Rejected, copied.Equal));
        Assert.Equal(["2|7|b"], await Target.RowsAsync("SELECT * FROM t"));
        await Source.ExecuteAsync("DELETE FROM t WHERE id <> 2");
        await Source.ExecuteAsync(await File.ReadAllTextAsync(folder["rejected.sql"], TestContext.Current.CancellationToken));
        Assert.Equal(
            ["1|text|it's|1", "2|integer|7|1", "3|real|2E-05|1", "4|null||1"],
            await Source.RowsAsync("SELECT id, typeof(c), c, length(CAST(x AS BLOB)) FROM t ORDER BY id")
        );
    }

    [Fact]
    public async Task Tables_that_are_there_are_not_touched_unless_they_are_to_be_recreated()
    {
        await FillAsync("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (1); CREATE TABLE u (a);");
        await Target.ExecuteAsync("CREATE TABLE t (x text); INSERT INTO t VALUES ('mine'); CREATE TABLE u (a int);");
        var error = await ThrowsAsync(ErrorId.CopyTargetOccupied);
        Assert.Contains("\"public\".\"t\" exists and is not empty", error.Message, StringComparison.Ordinal);
        Assert.Contains("\"public\".\"u\" exists", error.Message, StringComparison.Ordinal);
        Assert.Equal("mine", await ScalarAsync("SELECT x FROM t"));

        await Target.ExecuteAsync("CREATE VIEW v AS SELECT * FROM t");
        await Assert.ThrowsAsync<MigrationException>(() => CopyAsync(new CopyRequest { Recreates = true }));
        Assert.Equal("mine", await ScalarAsync("SELECT x FROM v"));

        await Target.ExecuteAsync("DROP VIEW v");
        await CopyAsync(new CopyRequest { Recreates = true });
        Assert.Equal("1", await ScalarAsync("SELECT id FROM t"));
    }

    [Fact]
    public async Task ATarget_that_returns_something_else_is_found_out_and_stays_as_it_was()
    {
        await FillAsync("CREATE TABLE t (id INTEGER PRIMARY KEY, c TEXT); INSERT INTO t VALUES (1, 'a');");
        await Target.ExecuteAsync(
            """
            CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.c := ''spoiled''; RETURN NEW; END';
            CREATE FUNCTION add_spoiler() RETURNS event_trigger LANGUAGE plpgsql AS $$
            DECLARE made record;
            BEGIN
                FOR made IN SELECT * FROM pg_event_trigger_ddl_commands() WHERE object_type = 'table' LOOP
                    EXECUTE format('CREATE TRIGGER spoiler BEFORE INSERT ON %s FOR EACH ROW EXECUTE FUNCTION public.spoil()',
                        made.object_identity);
                END LOOP;
            END $$;
            CREATE EVENT TRIGGER spoil_tables ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION add_spoiler();
            """
        );
        var error = await ThrowsAsync(ErrorId.CopyUnequal);
        Assert.Contains("t: sent digest", error.Message, StringComparison.Ordinal);
        Assert.Empty(await Target.TablesAsync());
        Assert.Equal("0", await ScalarAsync("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'migrations%'"));
    }

    [Fact]
    public async Task What_a_killed_copy_has_left_is_named_and_dropped_by_the_next_copy()
    {
        const string Left = "migrations_copy_20260101000000_0123456789abcdef";
        await Target.ExecuteAsync($"CREATE SCHEMA {Left}; CREATE TABLE {Left}.t (id int); CREATE SCHEMA migrations_copy_mine");
        var driver = new PostgreSqlDriver();
        var leftovers = await driver.Scratch.FindLeftoversAsync(
            driver.Parse(Target.Address, "/")!,
            new SessionOptions(),
            TestContext.Current.CancellationToken
        );
        Assert.Contains("schema " + Left, leftovers);
        await FillAsync("CREATE TABLE t (id INTEGER PRIMARY KEY);");
        await CopyAsync();
        Assert.Equal("migrations_copy_mine", await ScalarAsync("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'migrations%'"));
    }

    [Fact]
    public async Task Tables_can_be_chosen_and_what_points_to_others_is_listed()
    {
        await FillAsync(
            "CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (id INTEGER PRIMARY KEY, p INT REFERENCES p (id)); CREATE TABLE x (a);"
        );
        var request = new CopyRequest
        {
            Scope = new CopyScope { Tables = ["C", "x*"], Excluded = ["x"] },
        };
        var copied = Assert.Single(await CopyAsync(request));
        Assert.Equal("The table p is not copied.", Assert.Single(copied.LeftOut).Reason);
        Assert.Equal(["c"], await Target.TablesAsync());
        Assert.Contains(
            "no table",
            (await ThrowsAsync(ErrorId.CopyRefused, new CopyRequest { Scope = new CopyScope { Tables = ["z"] } })).Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(
        "CREATE TABLE p (id INTEGER PRIMARY KEY, n INT); INSERT INTO p VALUES (1, 'x'); "
            + "CREATE TABLE c (id INTEGER PRIMARY KEY, p INT REFERENCES p (id)); INSERT INTO c VALUES (1, 1);",
        "foreign key"
    )]
    [InlineData("CREATE TABLE c (a INT CHECK (a > 0)); PRAGMA ignore_check_constraints = 1; INSERT INTO c VALUES (0);", "check")]
    public async Task What_theTarget_refuses_of_equal_tables_is_a_fault(string sql, string kind)
    {
        await FillAsync(sql);
        using var folder = new TemporaryFolder();
        var results = await CopyAsync(new CopyRequest { RejectFile = folder["rejected.sql"] });
        var child = results.First(r => r.Table is "c");
        Assert.Equal((true, false), (child.Equal, child.IsComplete));
        Assert.Equal((kind, true), (Assert.Single(child.LeftOut).Kind, child.LeftOut[0].IsRefused));
        Assert.Equal(ErrorId.CopyIncomplete, DatabaseCopy.FindFault(results)!.Id);
    }

    [Fact]
    public async Task Long_names_end_in_a_hash_and_names_keep_their_case()
    {
        var name = new string('é', 40);
        await FillAsync($"CREATE TABLE \"{name}1\" (\"{name}a\" TEXT, \"{name}b\" TEXT); CREATE TABLE \"{name}2\" (\"A\"\"b\" TEXT);");
        var results = await CopyAsync();
        Assert.Equal(2, results.Select(r => r.TargetTable).Distinct(StringComparer.Ordinal).Count());
        Assert.Equal(2, results[0].Columns.Select(c => c.TargetColumn).Distinct(StringComparer.Ordinal).Count());
        Assert.All(results, r => Assert.Matches("_[0-9a-f]{8}\"$", r.TargetTable!));
        Assert.Equal("A\"b", Assert.Single(results[1].Columns).TargetColumn);
    }

    [Theory]
    [InlineData("g AS (round(a)) STORED", "round")]
    [InlineData("g AS (hex(a)) VIRTUAL", "hex")]
    [InlineData("g TEXT AS (printf('%d', a))", "printf")]
    public async Task A_computed_column_that_does_not_translate_keeps_its_values(string column, string reason)
    {
        await FillAsync($"CREATE TABLE t (a INT, {column}); INSERT INTO t VALUES (1), (2);");
        var copied = Assert.Single(await CopyAsync());
        Assert.Contains(reason, Assert.Single(copied.LeftOut).Reason, StringComparison.Ordinal);
        Assert.True(copied.Equal);
        Assert.Equal("0", await ScalarAsync("SELECT count(*) FROM t WHERE g IS NULL"));
    }

    [Fact]
    public async Task Large_values_and_many_rows_go_over_as_they_are()
    {
        await FillAsync(
            """
            CREATE TABLE big (t TEXT, b BLOB);
            INSERT INTO big VALUES (replace(hex(zeroblob(1000000)), '0', 'é'), zeroblob(3000000));
            CREATE TABLE many (id INTEGER PRIMARY KEY, n REAL, d DECIMAL(20,6), t TEXT);
            WITH RECURSIVE r (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM r WHERE i < 50000)
            INSERT INTO many SELECT i, i / 7.0, round(i / 8.0, 3), 'row ' || i FROM r;
            """
        );
        var results = await CopyAsync();
        Assert.All(results, r => Assert.True(r.Equal));
        Assert.Equal("50000", await ScalarAsync("SELECT count(DISTINCT t) FROM many"));
        Assert.True((await CompareAsync()).All(c => c.Equal));
    }
}
