using Migrations.Tables;
using Migrations.Transfer;

namespace Migrations.Databases.Tests;

/// <summary>Copies into tables that the target's own migrations make: only rows go over, all of them or none.</summary>
public sealed class CopyRowsTests : CopyTestBase
{
    private const string Shop = """
        CREATE TABLE Users (Id INTEGER PRIMARY KEY AUTOINCREMENT, Name TEXT NOT NULL, Active BOOLEAN, Settings TEXT, Since TEXT);
        INSERT INTO Users VALUES (1, 'ada', 1, '{"b":1, "a":[1.0]}', '12:30:00'), (7, 'bob', 0, NULL, NULL);
        DELETE FROM Users WHERE Id = 7; INSERT INTO Users VALUES (3, 'eve', NULL, '[]', '23:59:59');
        CREATE TABLE orders (id INTEGER PRIMARY KEY, user_id INT REFERENCES Users (Id), total REAL, twice REAL AS (total * 2));
        INSERT INTO orders (id, user_id, total) VALUES (10, 3, 1.5), (2, 1, 2);
        """;

    private const string Tables = """
        CREATE TABLE users (id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name varchar(10) NOT NULL, active boolean,
            settings jsonb, since time, note text NOT NULL DEFAULT 'x', upper_name text GENERATED ALWAYS AS (upper(name)) STORED);
        CREATE TABLE orders (id serial PRIMARY KEY, user_id integer REFERENCES users DEFERRABLE INITIALLY DEFERRED,
            total real, twice double precision);
        COMMENT ON CONSTRAINT orders_user_id_fkey ON orders IS 'whose';
        CREATE TABLE log (line text);
        CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
            $$BEGIN INSERT INTO log VALUES (new.name); new.name := 'changed'; RETURN new; END$$;
        CREATE TRIGGER noted BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION note();
        CREATE TABLE kinds (kind text PRIMARY KEY); INSERT INTO kinds VALUES ('seed');
        INSERT INTO users (name) VALUES ('seed');
        """;

    private CopyRequest Request => new() { Folder = new TargetFolder(Folder.Path, new MigratorOptions()) };

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_go_into_the_tables_of_the_folder(bool isApplied)
    {
        await FillAsync(Shop);
        Folder.Write("001_tables.sql", Tables);
        if (isApplied)
        {
            await MigrateAsync();
            await Target.ExecuteAsync("TRUNCATE users, log, kinds CASCADE");
        }

        var results = await CopyAsync(Request);

        var copied = results.Where(r => r.Outcome == CopyOutcome.Copied).ToList();
        Assert.Equal(["Users", "orders"], copied.Select(r => r.Table));
        Assert.All(copied, r => Assert.True(r.Equal));
        Assert.Equal(
            ["integer", "character varying(10)", "boolean", "jsonb", "time without time zone"],
            copied[0].Columns.Select(c => c.Type)
        );
        Assert.Contains(copied[0].LeftOut, l => l is { Kind: "column of the target", Name: "note" });
        Assert.Contains(results, r => r is { Table: "log", Outcome: CopyOutcome.LeftOut });
        Assert.Equal(
            ["1|ada|True|{\"a\": [1.0], \"b\": 1}|12:30:00|x|ADA", "3|eve||[]|23:59:59|x|EVE"],
            await Target.RowsAsync("SELECT id, name, active, settings, since::text, note, upper_name FROM users ORDER BY id")
        );
        Assert.Equal(["2|1|2|4", "10|3|1.5|3"], await Target.RowsAsync("SELECT * FROM orders ORDER BY id"));
        Assert.Equal("8|11", await ScalarAsync("SELECT nextval('users_id_seq') || '|' || nextval('orders_id_seq')"));
        Assert.Equal(
            "O|true|whose",
            await ScalarAsync(
                "SELECT tgenabled::text || '|' || condeferred || '|' || obj_description(k.oid, 'pg_constraint') FROM pg_trigger, "
                    + "pg_constraint k "
                    + "WHERE tgname = 'noted' AND conname = 'orders_user_id_fkey'"
            )
        );
        Assert.Equal("1", await ScalarAsync("SELECT count(*) FROM migration_journal WHERE event = 'applied'"));
        Assert.Equal("0", await ScalarAsync("SELECT count(*) FROM log WHERE line <> 'seed'"));
    }

    [Theory]
    [InlineData("CREATE TABLE t (a int)", "t.b: ", "no such column")]
    [InlineData("CREATE TABLE u (a int)", "t: ", "no such table")]
    [InlineData("CREATE TABLE t (a int, b text, c text NOT NULL)", "t.c: ", "demands a value")]
    [InlineData("CREATE TABLE t (a smallint, b text)", "t.a: values that do not fit the chosen type smallint (rowid 2: 70000)", "smallint")]
    [InlineData(
        "CREATE TABLE t (a int, b varchar(3))",
        "t.b: values that do not fit the chosen type varchar(3) (rowid 1: 'abcdé')",
        "varchar"
    )]
    [InlineData(
        "CREATE TABLE t (a int, b uuid)",
        "t.b: values that do not fit the chosen type uuid (rowid 1: 'abcdé', rowid 2: '12')",
        "uuid"
    )]
    [InlineData("CREATE TABLE t (a int, b numeric(2,1))", "t.b: values that do not fit the chosen type numeric(2,1)", "numeric")]
    [InlineData("CREATE TABLE t (a int CHECK (a < 5), b text)", "violates check constraint", "t_a_check")]
    [InlineData(
        "CREATE TABLE t (a int PRIMARY KEY, b text); CREATE TABLE q (a int PRIMARY KEY, t int DEFAULT 9 REFERENCES t)",
        "Key (t)=(9)",
        "q_t_fkey"
    )]
    [InlineData("CREATE TYPE mood AS ENUM ('abcdé'); CREATE TABLE t (a int, b mood)", "invalid input value for enum", "mood")]
    [InlineData("CREATE TABLE t (a int, b text); CREATE INDEX CONCURRENTLY i ON t (a)", "001_tables.sql", "transaction")]
    public async Task What_does_not_fit_is_refused_and_the_target_stays_as_it_was(string tables, params string[] words)
    {
        await FillAsync(
            "CREATE TABLE t (a INT, b TEXT); INSERT INTO t VALUES (1, 'abcdé'), (70000, '12'); CREATE TABLE q (a INT); "
                + "INSERT INTO q VALUES (1);"
        );
        Folder.Write(
            "001_tables.sql",
            tables.Contains("TABLE q", StringComparison.Ordinal) ? tables : $"CREATE TABLE q (a int); {tables};"
        );
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => CopyAsync(Request));
        Assert.All(words, w => Assert.Contains(w, error.ToString(), StringComparison.Ordinal));
        Assert.DoesNotContain(await Target.TablesAsync(), t => t is not "migration_journal");
    }

    [Fact]
    public async Task Tables_that_have_rows_are_refused_unless_they_are_to_be_emptied()
    {
        await FillAsync("CREATE TABLE t (a INTEGER PRIMARY KEY); INSERT INTO t VALUES (5)");
        Folder.Write("001_tables.sql", "CREATE TABLE t (a bigint PRIMARY KEY)");
        await MigrateAsync();
        await Target.ExecuteAsync("INSERT INTO t VALUES (1)");
        var error = await ThrowsAsync(ErrorId.CopyTargetOccupied, Request);
        Assert.Contains("is not empty", error.Message, StringComparison.Ordinal);
        await CopyAsync(Request with { Recreates = true });
        Assert.Equal(["5"], await Target.RowsAsync("SELECT * FROM t"));
    }

    [Fact]
    public async Task The_plan_compares_the_forms_and_changes_nothing()
    {
        await FillAsync("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT); INSERT INTO t VALUES (70000, 'x')");
        Folder.Write("001_tables.sql", "CREATE TABLE t (a smallint PRIMARY KEY, b text)");
        var pending = await ForecastAsync(Request);
        Assert.Equal("CREATE TABLE t (a smallint PRIMARY KEY, b text)", Assert.Single(pending.Statements));
        Assert.Empty(await Target.TablesAsync());
        await MigrateAsync();
        var forecast = await ForecastAsync(Request);
        Assert.Equal("a 70000", Assert.Single(Assert.Single(forecast.Obstacles).Keys));
        Assert.Equal(["smallint", "text"], Assert.Single(forecast.Tables).Columns.Select(c => c.Type));
    }

    [Fact]
    public async Task A_value_is_read_as_the_caller_says_and_converted()
    {
        await FillAsync("CREATE TABLE t (a TEXT); INSERT INTO t VALUES ('2025-03-01 10:00:00')");
        Folder.Write("001_tables.sql", "CREATE TABLE t (a timestamptz)");
        Assert.Contains("timestamptz", (await ThrowsAsync(ErrorId.CopyRefused, Request)).Message, StringComparison.Ordinal);
        await CopyAsync(Request with { Scope = Chosen("t.a", ColumnKind.Timestamp).Scope });
        Assert.Equal("True", await ScalarAsync("SELECT a = '2025-03-01 10:00:00+00' FROM t"));
    }

    private Task MigrateAsync() =>
        Migrator.For(Target.Address, Folder.Path).ApplyAsync(cancellationToken: TestContext.Current.CancellationToken);
}
