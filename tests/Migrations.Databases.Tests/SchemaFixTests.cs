using Migrations.Schema;

namespace Migrations.Databases.Tests;

/// <summary>
/// The SQL that a comparison offers makes one schema like the other, when it is run in the order of the differences, and nothing is lost by
/// it.
/// </summary>
public sealed class SchemaFixTests
{
    private const string TriggerFunction =
        "CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.a := 1; RETURN NEW; END $$;";

    public static TheoryData<string, string, string?> OnPostgreSql =>
        new()
        {
            // A function that is in use is replaced: it cannot be dropped.
            {
                $"CREATE TABLE t (a int); {TriggerFunction} CREATE TRIGGER z BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION g();",
                "CREATE OR REPLACE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.a := 2; RETURN NEW; END $$;",
                "CREATE OR REPLACE FUNCTION"
            },
            {
                "CREATE FUNCTION n(a int, b int DEFAULT 1) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT a + b'; CREATE TABLE t "
                    + "(a int, b int GENERATED ALWAYS AS (n(a)) STORED);",
                "CREATE OR REPLACE FUNCTION n(a int, b int DEFAULT 2) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT a - b'",
                "CREATE OR REPLACE FUNCTION"
            },
            // Where its arguments or result are others it is dropped, and what uses it is recreated.
            {
                "CREATE TABLE t (a int); CREATE FUNCTION n() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW v AS SELECT n() "
                    + "AS n; COMMENT ON VIEW v IS 'kept'; CREATE VIEW w AS SELECT n FROM v;",
                "DROP VIEW w; DROP VIEW v; DROP FUNCTION n(); CREATE FUNCTION n() RETURNS bigint LANGUAGE sql AS 'SELECT "
                    + "2::bigint'; CREATE VIEW v AS SELECT n() AS n; COMMENT ON VIEW v IS 'kept'; CREATE VIEW w AS SELECT n FROM v",
                "DROP FUNCTION public.n()"
            },
            // A view that others use is replaced while its columns stay, and recreated with them where they do not.
            {
                "CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t WHERE b > 1; CREATE VIEW w AS SELECT a FROM v;",
                "CREATE OR REPLACE VIEW v AS SELECT a FROM t WHERE b > 2",
                "CREATE OR REPLACE VIEW"
            },
            {
                """
                    CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v;
                    COMMENT ON VIEW w IS 'w';
                    CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
                    CREATE TRIGGER z INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION g();
                    """,
                "CREATE OR REPLACE VIEW v AS SELECT a, b FROM t",
                "DROP TRIGGER z ON public.v"
            },
            {
                "CREATE TABLE t (a int); CREATE MATERIALIZED VIEW m AS SELECT a FROM t; CREATE INDEX mi ON m (a)",
                "DROP MATERIALIZED VIEW m; CREATE MATERIALIZED VIEW m AS SELECT a + 1 AS a FROM t; CREATE INDEX mi ON m (a)",
                null
            },
            // A key that foreign keys point to.
            {
                "CREATE TABLE p (a int CONSTRAINT k UNIQUE, b int); CREATE TABLE c (a int CONSTRAINT f REFERENCES p (a));",
                "ALTER TABLE c DROP CONSTRAINT f; ALTER TABLE p DROP CONSTRAINT k; ALTER TABLE p ADD CONSTRAINT k UNIQUE (a) "
                    + "INCLUDE (b); ALTER TABLE c ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES p (a)",
                "DROP CONSTRAINT f"
            },
            // What is too many: the trigger before its function, the view before the view it reads.
            {
                "CREATE TABLE t (a int);",
                $"{TriggerFunction} CREATE TRIGGER z BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION g(); CREATE VIEW b AS "
                    + "SELECT a FROM t; CREATE VIEW a AS SELECT a FROM b; COMMENT ON VIEW a IS 'x'; CREATE INDEX i ON t (a)",
                "DROP FUNCTION"
            },
            // What is missing: the column before the view of it, the function after the table that its body reads, the type before its
            // column.
            {
                """
                    CREATE TABLE t (a int, b int); CREATE TYPE mood AS ENUM ('ok'); CREATE TABLE u (m mood);
                    CREATE FUNCTION a_count() RETURNS bigint LANGUAGE sql AS 'SELECT count(*) FROM public.u';
                    CREATE VIEW z AS SELECT b FROM t; CREATE VIEW a AS SELECT b FROM z;
                    CREATE FUNCTION f(a) RETURNS int LANGUAGE sql AS 'SELECT 1';
                    CREATE TRIGGER s BEFORE UPDATE ON u FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger();
                    """,
                "DROP FUNCTION f(a); DROP VIEW a; DROP VIEW z; DROP FUNCTION a_count(); DROP TABLE u; DROP TYPE mood; ALTER "
                    + "TABLE t DROP COLUMN b",
                "ADD COLUMN"
            },
        };

    public static TheoryData<string, string, string?> OnSqlite =>
        new()
        {
            {
                "CREATE TABLE t (a);",
                "CREATE VIEW a AS SELECT a FROM t; CREATE TRIGGER z INSTEAD OF INSERT ON a BEGIN SELECT 1; END; CREATE INDEX i ON t (a)",
                "DROP VIEW"
            },
            {
                "CREATE TABLE t (a, b); CREATE VIEW v AS SELECT a FROM t; CREATE TRIGGER z INSTEAD OF INSERT ON v BEGIN SELECT 1; END",
                "DROP VIEW v; CREATE VIEW v AS SELECT b FROM t; CREATE TRIGGER z INSTEAD OF INSERT ON v BEGIN SELECT 1; END",
                "DROP VIEW"
            },
            {
                "CREATE TABLE t (a, b); CREATE INDEX i ON t (b); CREATE VIEW z AS SELECT b FROM t; CREATE VIEW a AS SELECT b "
                    + "FROM z; CREATE TRIGGER x INSTEAD OF INSERT ON a BEGIN SELECT 1; END; CREATE TABLE n (id INTEGER PRIMARY KEY)",
                "DROP VIEW a; DROP VIEW z; DROP INDEX i; ALTER TABLE t DROP COLUMN b; DROP TABLE n",
                "ADD COLUMN"
            },
        };

    [Theory, MemberData(nameof(OnPostgreSql))]
    public Task On_PostgreSql_fixes_run_in_their_order(string expected, string change, string? fix) =>
        FixAsync(DatabaseKind.PostgreSql, expected, change, fix);

    [Theory, MemberData(nameof(OnSqlite))]
    public Task On_SQLite_fixes_run_in_their_order(string expected, string change, string? fix) =>
        FixAsync(DatabaseKind.Sqlite, expected, change, fix);

    [Fact]
    public async Task A_function_that_a_column_uses_and_that_cannot_be_replaced_has_no_fix()
    {
        await using var database = await DatabaseKind.PostgreSql.CreateAsync();
        await database.ExecuteAsync("CREATE FUNCTION n() RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (a int DEFAULT n())");
        var found = await ReadAsync(DatabaseKind.PostgreSql, database);
        await database.ExecuteAsync(
            "DROP TABLE t; DROP FUNCTION n(); CREATE FUNCTION n() RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'; CREATE "
                + "TABLE t (a int DEFAULT n())"
        );

        Assert.Equal(
            ("public.n()", null),
            Assert.Single(SchemaComparison.Compare(await ReadAsync(DatabaseKind.PostgreSql, database), found).Select(d => (d.Name, d.Fix)))
        );
    }

    private static async Task FixAsync(DatabaseKind kind, string expected, string change, string? fix)
    {
        await using var database = await kind.CreateAsync();
        await database.ExecuteAsync(expected);
        var left = await ReadAsync(kind, database);
        await database.ExecuteAsync(change);

        var differences = SchemaComparison.Compare(left, await ReadAsync(kind, database));

        Assert.NotEmpty(differences);
        Assert.All(differences, d => Assert.True(d.Fix is not null, $"{d.ObjectType} {d.Name} has no fix."));
        if (fix is not null)
            Assert.Contains(differences, d => d.Fix!.Contains(fix, StringComparison.Ordinal));
        foreach (var difference in differences)
            await database.ExecuteAsync(difference.Fix!);
        Assert.DoesNotContain(SchemaComparison.Compare(left, await ReadAsync(kind, database)), d => !d.IsColumnOrder);
    }

    private static async Task<SchemaSnapshot> ReadAsync(DatabaseKind kind, Migrations.Testing.TestDatabase database)
    {
        await using var session = await kind.Driver.OpenAsync(
            kind.Driver.Parse(database.Address, Path.GetTempPath())!,
            new SessionOptions { Access = SessionAccess.Read },
            CancellationToken.None
        );
        return await session.Inspector.ReadSchemaAsync(CancellationToken.None);
    }
}
