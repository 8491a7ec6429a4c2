using Migrations.Schema;
using Migrations.Testing;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>The schema as data.</summary>
public sealed class SchemaTests
{
    [Fact]
    public async Task Every_kind_of_object_survives_dump_and_reload_with_one_fingerprint()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await Programs.RunFileAsync(fixture.Database, Repository.Fixture("postgresql", "every-kind.sql"));
        await using var second = await PostgreSqlTestDatabase.CreateAsync();
        await using var third = await PostgreSqlTestDatabase.CreateAsync();
        await DumpAsync(fixture.Database, second);
        await DumpAsync(second, third);
        var first = await ReadAsync(fixture, fixture.Database);
        Same(first, await ReadAsync(fixture, second));
        Same(first, await ReadAsync(fixture, third));
        Assert.Empty(Enum.GetValues<SchemaObjectType>().Except([SchemaObjectType.Setting]).Except(first.Objects.Select(o => o.Type)));
        Assert.Equal(first.Objects.Count, first.Objects.Select(o => (o.Type, o.Name)).Distinct().Count());
    }

    [Theory]
    [InlineData("CREATE TABLE t (a varchar(9) CHECK (a IN ('x', 'y')))", SchemaObjectType.Constraint)]
    [InlineData(
        "CREATE TABLE t (a int, b text, CONSTRAINT c CHECK (a BETWEEN 1 AND 3 AND b <> 'x' OR a > 9))",
        SchemaObjectType.Constraint
    )]
    [InlineData(
        "CREATE TABLE t (a varchar, b int); CREATE VIEW v AS SELECT a FROM t WHERE (b BETWEEN 1 AND 2) AND a NOT IN ('x', 'y')",
        SchemaObjectType.View
    )]
    [InlineData("CREATE TABLE t (a varchar, b int); CREATE INDEX i ON t (b) WHERE a IN ('x', 'y')", SchemaObjectType.Index)]
    [InlineData("CREATE TABLE t (a varchar DEFAULT CASE WHEN 'p'::varchar IN ('x', 'y') THEN 'z' END)", SchemaObjectType.Column)]
    [InlineData("CREATE TABLE t (a varchar, b int); CREATE POLICY p ON t USING (a IN ('x', 'y') AND b > 1)", SchemaObjectType.Policy)]
    [InlineData(
        "CREATE TABLE p (a int DEFAULT 1) PARTITION BY LIST (a); CREATE TABLE q (a int); ALTER TABLE p ATTACH PARTITION "
            + "q FOR VALUES IN (1)",
        SchemaObjectType.Column
    )]
    [InlineData(
        "CREATE TABLE t (a int, b text); CREATE VIEW v AS SELECT * FROM (SELECT a, b FROM t UNION ALL SELECT NULL, 'x') "
            + "q UNION SELECT -1, b FROM t WHERE EXISTS (SELECT 'y', NULL)",
        SchemaObjectType.View
    )]
    [InlineData(
        "CREATE TABLE t (a varchar(3), b bigint, c timestamptz, d numeric[]); CREATE VIEW v AS SELECT * FROM (TABLE t "
            + "UNION ALL SELECT a || a, NULL, NULL, NULL FROM t) q",
        SchemaObjectType.View
    )]
    public async Task An_expression_has_one_form_before_and_after_a_reload(string sql, SchemaObjectType type)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync(sql);
        await using var second = await PostgreSqlTestDatabase.CreateAsync();
        await DumpAsync(fixture.Database, second);
        var before = await ReadAsync(fixture, fixture.Database);
        Assert.Contains(before.Objects, o => o.Type == type);
        Same(before, await ReadAsync(fixture, second));
    }

    [Theory]
    [InlineData("ALTER TABLE t ALTER COLUMN a SET DEFAULT 2", "Column public.t.a")]
    [InlineData("ALTER TABLE t DROP CONSTRAINT positive", "Constraint public.t.positive")]
    [InlineData("ALTER TABLE t DISABLE TRIGGER g", "Trigger public.t.g")]
    [InlineData("CREATE INDEX \"by Hand\" ON t (a)", "Index public.\"by Hand\"")]
    [InlineData("ALTER TABLE t ALTER COLUMN a SET NOT NULL", "Column public.t.a")]
    [InlineData("ALTER TABLE t ENABLE ROW LEVEL SECURITY", "Table public.t")]
    [InlineData("ALTER TYPE mood ADD VALUE 'bad' BEFORE 'good'", "Type public.mood")]
    [InlineData("COMMENT ON COLUMN t.a IS 'x'", "Comment table column public.t.a")]
    [InlineData("CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$", "Function public.f()")]
    [InlineData("ALTER SEQUENCE s INCREMENT 5", "Sequence public.s")]
    [InlineData("ALTER TABLE t SET (fillfactor = 50)", "Table public.t")]
    public async Task A_change_is_one_difference(string change, string expected)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync(
            """
            CREATE TABLE t (a int DEFAULT 1, CONSTRAINT positive CHECK (a > 0)); CREATE TYPE mood AS ENUM ('good'); CREATE SEQUENCE s;
            CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
            CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()
            """
        );
        var before = await ReadAsync(fixture, fixture.Database);
        await fixture.Database.ExecuteAsync(change);
        var after = await ReadAsync(fixture, fixture.Database);
        Assert.NotEqual(before.Fingerprint, after.Fingerprint);
        Assert.Equal(expected, Assert.Single(Differences(before, after)));
    }

    [Theory]
    [InlineData("CREATE SEQUENCE s", "Sequence public.s")]
    [InlineData("COMMENT ON SCHEMA public IS 'ours'", "Comment schema public")]
    [InlineData("COMMENT ON TABLE t IS 'ours'", "Comment table public.t")]
    [InlineData("CREATE STATISTICS st ON a, b FROM t", "Other statistics object public.st")]
    [InlineData("CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION f()", "Other event trigger e")]
    [InlineData("CREATE COLLATION co FROM \"C\"", "Other collation public.co")]
    [InlineData("CREATE PUBLICATION pb FOR TABLE t", "Other publication pb")]
    [InlineData("CREATE CAST (int AS point) WITH INOUT", "Other cast (integer AS pg_catalog.point)")]
    [InlineData("CREATE OPERATOR !== (LEFTARG = int, RIGHTARG = int, FUNCTION = int4ne)", "Other operator public.!==(integer,integer)")]
    [InlineData("CREATE TEXT SEARCH CONFIGURATION tc (COPY = simple)", "Other text search configuration public.tc")]
    [InlineData("ALTER TABLE t ADD c int GENERATED ALWAYS AS IDENTITY", "Column public.t.c")]
    public async Task The_first_object_of_a_kind_is_seen(string create, string expected)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync(
            "CREATE TABLE t (a int, b int); CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'"
        );
        var before = await ReadAsync(fixture, fixture.Database);
        await fixture.Database.ExecuteAsync(create);
        var after = await ReadAsync(fixture, fixture.Database);
        Assert.NotEqual(before.Fingerprint, after.Fingerprint);
        Assert.Equal(expected, Assert.Single(Differences(before, after), d => !d.StartsWith("Grant ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_order_of_creation_the_search_path_and_the_quoting_do_not_matter()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync(
            "CREATE SCHEMA s; CREATE TABLE s.a (x int PRIMARY KEY); CREATE TABLE \"s\".\"b\" (y int   REFERENCES s.a, gone "
                + "int); ALTER TABLE s.b DROP gone, ADD z text"
        );
        await using var second = await PostgreSqlTestDatabase.CreateAsync();
        await second.ExecuteAsync(
            "CREATE SCHEMA s; SET search_path = s; CREATE TABLE b (y int, z text); CREATE TABLE a (x int NOT NULL); ALTER "
                + "TABLE a ADD PRIMARY KEY (x); ALTER TABLE b ADD FOREIGN KEY (y) REFERENCES a"
        );
        await second.ExecuteAsync($"ALTER DATABASE {second.Name} SET search_path = s");
        await second.ExecuteAsync($"ALTER DATABASE {second.Name} SET DateStyle = 'German'");
        Same(await ReadAsync(fixture, fixture.Database), await ReadAsync(fixture, second));
    }

    [Fact]
    public async Task The_history_is_left_out_and_owners_and_grants_are_not_in_the_fingerprint()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        await session.RunAsync(fixture.Step("CREATE TABLE t (a int); CREATE TABLE migration_lock (mine int)"), CancellationToken.None);
        var before = await session.Inspector.ReadSchemaAsync(CancellationToken.None);
        Assert.Equal(
            ["public.migration_lock", "public.t"],
            before.Objects.Where(o => o.Type == SchemaObjectType.Table).Select(o => o.Name)
        );
        Assert.DoesNotContain(before.Objects, o => o.Name.Contains("migration_journal", StringComparison.Ordinal));
        await fixture.Database.ExecuteAsync("GRANT SELECT ON t TO PUBLIC");
        var after = await session.Inspector.ReadSchemaAsync(CancellationToken.None);
        Assert.Equal(before.Fingerprint, after.Fingerprint);
        Assert.Equal("Grant TABLE public.t", Assert.Single(Differences(before, after)));
    }

    [Fact]
    public async Task The_statements_of_the_objects_make_the_schema_again()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync(
            """
            CREATE TYPE mood AS ENUM ('good', 'bad'); CREATE TABLE a (id serial PRIMARY KEY, n numeric(9,2) DEFAULT 1.5, m mood,
                big bigint GENERATED ALWAYS AS IDENTITY (START 7), t text COLLATE "C", UNIQUE (t, m));
            ALTER TABLE a ALTER t SET STORAGE EXTERNAL; CREATE TABLE b (a int REFERENCES a ON DELETE CASCADE,
                g int GENERATED ALWAYS AS (a * 2) STORED); CREATE UNIQUE INDEX "i 1" ON b (a DESC) WHERE a > 1;
            CREATE VIEW v AS SELECT id FROM a; COMMENT ON TABLE a IS 'it''s';
            CREATE TABLE p (k int, PRIMARY KEY (k)) PARTITION BY RANGE (k); CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (1) TO (5);
            CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
            CREATE TRIGGER g BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE a DISABLE TRIGGER g
            """
        );
        var wanted = await ReadAsync(fixture, fixture.Database);
        await using var second = await PostgreSqlTestDatabase.CreateAsync();
        foreach (var item in wanted.Objects.Where(o => o.CreateSql is not null && !o.IsPartOfTable && o.Type != SchemaObjectType.Grant))
            await second.ExecuteAsync(item.CreateSql!);
        Same(wanted, await ReadAsync(fixture, second));
        foreach (
            var item in wanted
                .Objects.Where(o =>
                    o.Type is SchemaObjectType.Trigger or SchemaObjectType.View or SchemaObjectType.Index or SchemaObjectType.Constraint
                    && o.DropSql is not null
                )
                .Reverse()
        )
            await second.ExecuteAsync(item.DropSql! + (item.Type == SchemaObjectType.Constraint ? " CASCADE" : ""));
        Assert.DoesNotContain(
            (await ReadAsync(fixture, second)).Objects,
            o => o.Type is SchemaObjectType.Trigger or SchemaObjectType.View or SchemaObjectType.Index or SchemaObjectType.Constraint
        );
    }

    [Fact]
    public async Task It_is_read_inside_a_run_and_leaves_no_transaction_open()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        var step = fixture.Step("CREATE TABLE t (a int)");
        await using (var run = await session.BeginRunAsync([step], CancellationToken.None))
        {
            await session.RunAsync(step, CancellationToken.None);
            Assert.Contains((await session.Inspector.ReadSchemaAsync(CancellationToken.None)).Objects, o => o.Name == "public.t");
            await run.CommitAsync(CancellationToken.None);
        }

        await session.Inspector.ReadSchemaAsync(CancellationToken.None);
        Assert.Equal(
            "0",
            await fixture.Database.ScalarAsync(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in%'"
            )
        );
    }

    private static async Task<SchemaSnapshot> ReadAsync(DriverFixture fixture, PostgreSqlTestDatabase database) =>
        await (await fixture.OpenAsync(address: database.Address)).Inspector.ReadSchemaAsync(CancellationToken.None);

    private static Task DumpAsync(PostgreSqlTestDatabase from, PostgreSqlTestDatabase to) =>
        Programs.PipeAsync(from, to, "pg_dump", "psql", "-X -q -v ON_ERROR_STOP=1");

    private static void Same(SchemaSnapshot left, SchemaSnapshot right)
    {
        Assert.DoesNotContain(Differences(left, right), d => !d.StartsWith("Grant", StringComparison.Ordinal));
        Assert.Equal(left.Fingerprint, right.Fingerprint);
    }

    private static IEnumerable<string> Differences(SchemaSnapshot left, SchemaSnapshot right)
    {
        var other = right.Objects.ToDictionary(o => (o.Type, o.Name), o => o.Definition);
        return left
            .Objects.Where(o => !other.TryGetValue((o.Type, o.Name), out var definition) || definition != o.Definition)
            .Select(o => $"{o.Type} {o.Name}")
            .Union(
                right.Objects.Where(o => !left.Objects.Any(l => l.Type == o.Type && l.Name == o.Name)).Select(o => $"{o.Type} {o.Name}")
            );
    }
}
