using Migrations.Databases;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>What a script would lose.</summary>
public sealed class ForecastTests
{
    private const string Schema = """
        CREATE TABLE tags (id int PRIMARY KEY, name text); INSERT INTO tags VALUES (1, 'a'), (2, NULL), (3, 'c');
        CREATE TABLE uses (tag int REFERENCES tags); INSERT INTO uses VALUES (1), (2);
        CREATE SCHEMA s; CREATE TABLE s."T 1" (a int); INSERT INTO s."T 1" VALUES (1); CREATE TYPE s.mood AS ENUM ('x');
        CREATE TABLE moods (m s.mood, n int); INSERT INTO moods VALUES ('x', 1);
        CREATE TABLE p (k int) PARTITION BY RANGE (k); CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (1) TO (9);
        INSERT INTO p VALUES (1), (2); CREATE MATERIALIZED VIEW mv AS SELECT 1 AS one;
        CREATE SEQUENCE counter; CREATE FUNCTION touch(n int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM nextval('counter');
            PERFORM pg_advisory_lock(7); RETURN n; END $$;
        CREATE VIEW some_tags AS SELECT * FROM tags WHERE id < 3; CREATE VIEW touching AS SELECT * FROM tags WHERE touch(id) = id;
        CREATE TABLE computed (a int, b int GENERATED ALWAYS AS (a * 2) STORED, c int); INSERT INTO computed VALUES (1)
        """;

    [Theory]
    [InlineData("DROP TABLE tags CASCADE", "Table public.tags 3 1")]
    [InlineData("DROP TABLE IF EXISTS nope, tags CASCADE;", "Table public.tags 3 1")]
    [InlineData("\nDROP TABLE p", "Table public.p 2 2")]
    [InlineData("DROP TABLE p_1", "Table public.p_1 2 1")]
    [InlineData("ALTER TABLE tags DROP COLUMN name, ADD x int, DROP IF EXISTS nope", "Column public.tags.name 2 1")]
    [InlineData("ALTER TABLE ONLY public.tags DROP name CASCADE", "Column public.tags.name 2 1")]
    [InlineData("DROP SCHEMA s CASCADE", "Table s.\"T 1\" 1 1|Column public.moods.m 1 1")]
    [InlineData("DROP TYPE s.mood CASCADE", "Column public.moods.m 1 1")]
    [InlineData("SET search_path = s; DROP TABLE \"T 1\"", "Table s.\"T 1\" 1 1")]
    [InlineData("TRUNCATE tags CASCADE", "Rows public.tags 3 1|Rows public.uses 2 1")]
    [InlineData("DELETE FROM uses", "Rows public.uses 2 1")]
    [InlineData("DROP TABLE uses; DROP TABLE tags", "Table public.uses 2 1|Table public.tags 3 1")]
    [InlineData("ALTER TABLE tags RENAME TO labels; DROP TABLE labels CASCADE", "Table public.tags 3 1")]
    [InlineData("ALTER TABLE tags RENAME COLUMN name TO label; ALTER TABLE tags DROP COLUMN label", "Column public.tags.name 2 1")]
    [InlineData("ALTER TABLE tags SET SCHEMA s; DROP TABLE s.tags CASCADE", "Table public.tags 3 1")]
    [InlineData("DROP TABLE uses; CREATE TABLE uses (a int); DROP TABLE uses", "Table public.uses 2 1")]
    [InlineData("ALTER SCHEMA s RENAME TO q; DROP SCHEMA q CASCADE", "Table s.\"T 1\" 1 1|Column public.moods.m 1 1")]
    // Rows that a condition finds are counted with it.
    [InlineData("SELECT 1;\nDELETE FROM tags WHERE id > 1", "Deleted public.tags 2 2")]
    [InlineData("DELETE FROM ONLY public.tags AS t WHERE t.id > 1 -- those\nRETURNING *", "Deleted public.tags 2 1")]
    [InlineData("DELETE FROM tags t USING uses u, s.\"T 1\" x WHERE u.tag = t.id AND x.a = t.id", "Deleted public.tags 1 1")]
    [InlineData("DELETE FROM tags USING uses", "Deleted public.tags 3 1")]
    [InlineData("WITH q AS (SELECT tag FROM uses) DELETE FROM tags WHERE id IN (SELECT tag FROM q)", "Deleted public.tags 2 1")]
    [InlineData("WITH q AS (SELECT 1) DELETE FROM tags", "Rows public.tags 3 1")]
    [InlineData("DELETE FROM \"tags\" WHERE name IS DISTINCT FROM 'a' AND substring('abc' FROM 'b') = 'b'", "Deleted public.tags 2 1")]
    [InlineData("INSERT INTO tags VALUES (7, 'a'); DELETE FROM tags WHERE name = 'a'", "Deleted public.tags 1 1")]
    [InlineData("DELETE FROM p WHERE k > 0", "Deleted public.p 2 1")]
    [InlineData("DELETE FROM tags WHERE id > 100", "Deleted public.tags 0 1")]
    [InlineData("DELETE FROM tags WHERE id = 1; DELETE FROM tags WHERE id = 2", "Deleted public.tags 1 1|Deleted public.tags 1 1")]
    [InlineData("SET search_path = s; DELETE FROM \"T 1\" WHERE a = 1", "Deleted s.\"T 1\" 1 1")]
    [InlineData("DELETE FROM some_tags WHERE id = 2", "Deleted public.some_tags 1 1")]
    // What could have an effect, or may be changed first, is not counted.
    [InlineData("DELETE FROM tags WHERE id = touch(1)", "Deleted public.tags  1")]
    [InlineData("DELETE FROM touching WHERE id = 1", "Deleted public.touching  1")]
    [InlineData("DELETE FROM tags WHERE id = nextval('counter')", "Deleted public.tags  1")]
    [InlineData("DELETE FROM tags WHERE pg_advisory_lock(1) IS NULL", "Deleted public.tags  1")]
    [InlineData("DELETE FROM tags WHERE no_such = 1", "Deleted public.tags  1")]
    [InlineData(
        "UPDATE tags SET name = 'a' WHERE id = 100; DELETE FROM tags WHERE name = 'a'",
        "Overwritten public.tags 0 1|Deleted public.tags  1"
    )]
    [InlineData("DELETE FROM uses; DELETE FROM tags WHERE id NOT IN (SELECT tag FROM uses)", "Rows public.uses 2 1|Deleted public.tags  1")]
    [InlineData("SELECT touch(1); DELETE FROM tags WHERE id = 1", "Deleted public.tags  1")]
    // Values are overwritten, and their rows stay.
    [InlineData("UPDATE tags SET name = NULL WHERE id < 3", "Overwritten public.tags 2 1")]
    [InlineData("UPDATE tags AS t SET name = extract(year FROM now()) FROM uses u WHERE u.tag = t.id", "Overwritten public.tags 2 1")]
    [InlineData("UPDATE tags SET name = NULL", "Overwritten public.tags 3 1")]
    [InlineData("ALTER TABLE tags ALTER COLUMN name TYPE varchar(1)", "Overwritten public.tags.name 2 1")]
    // Put by and put back, but for a column; or never put back.
    [InlineData(
        "CREATE TEMP TABLE b AS SELECT id FROM tags; DROP TABLE tags CASCADE; CREATE TABLE tags (id int); INSERT INTO "
            + "tags SELECT id FROM b",
        "Column public.tags.name 2 1"
    )]
    [InlineData(
        "CREATE TEMP TABLE b AS SELECT * FROM tags; DROP TABLE tags CASCADE; CREATE TABLE tags (id int); INSERT INTO "
            + "tags (id) SELECT b.id FROM b",
        "Column public.tags.name 2 1"
    )]
    [InlineData(
        "CREATE TEMP TABLE b AS SELECT * FROM tags; DROP TABLE tags CASCADE; CREATE TABLE tags (id int, name text); DROP TABLE b",
        "Table public.tags 3 1"
    )]
    [InlineData(
        "CREATE TEMP TABLE b AS SELECT * FROM tags; DROP TABLE tags CASCADE; CREATE TEMP TABLE tags AS SELECT * FROM b",
        "Table public.tags 3 1"
    )]
    [InlineData("CREATE TEMP TABLE b AS SELECT * FROM uses; INSERT INTO uses SELECT * FROM b; TRUNCATE uses", "Rows public.uses 2 1")]
    [InlineData("TRUNCATE uses; CREATE TEMP TABLE b AS SELECT * FROM uses; INSERT INTO uses SELECT * FROM b", "Rows public.uses 2 1")]
    public async Task What_goes_is_counted(string script, string expected)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync(Schema);
        var forecast = await ForecastAsync(fixture, script);
        Assert.Equal(expected.Split('|').Order(), forecast.Losses.Select(l => $"{l.Kind} {l.Name} {l.Rows} {l.Line}").Order());
        Assert.Empty(forecast.NotForeseen);
        Assert.All(forecast.Losses, l => Assert.False(l.IsEstimate));
        Assert.Equal("3", await fixture.Database.ScalarAsync("SELECT count(*) FROM tags"));
        Assert.Equal("f", await fixture.Database.ScalarAsync("SELECT left(is_called::text, 1) FROM counter"));
    }

    [Theory]
    [InlineData(
        "DROP MATERIALIZED VIEW mv; DROP INDEX IF EXISTS i; CREATE TABLE n (a int, b int); ALTER TABLE n DROP COLUMN b; "
            + "TRUNCATE n; DROP TABLE n"
    )]
    [InlineData(
        "ALTER TABLE tags ADD x int; ALTER TABLE tags DROP COLUMN x; ALTER TABLE tags DROP CONSTRAINT tags_pkey CASCADE, "
            + "ALTER name DROP NOT NULL, ALTER name SET DEFAULT 'DROP TABLE tags'"
    )]
    [InlineData("SELECT 'drop table tags'; -- DROP TABLE tags\nCREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DELETE FROM tags $$")]
    [InlineData("DO $$ BEGIN PERFORM 1; END $$")]
    [InlineData("ALTER TABLE computed DROP COLUMN b; ALTER SCHEMA s RENAME TO q")]
    [InlineData(
        "CREATE TEMP TABLE b AS SELECT id, CASE WHEN name IS DISTINCT FROM 'New York' THEN name END AS name, "
            + "substring('a' FROM 'x y') AS x FROM tags; DROP TABLE tags CASCADE; CREATE TABLE tags (id int, name text); "
            + "INSERT INTO tags SELECT id, name FROM b"
    )]
    [InlineData(
        "INSERT INTO uses SELECT a FROM computed WHERE a IS DISTINCT FROM '4 5'; INSERT INTO uses SELECT extract(year "
            + "FROM timestamp '2020-01-01') FROM computed; INSERT INTO moods SELECT NULL, length(trim(BOTH 'x' FROM 'y z')) "
            + "FROM computed"
    )]
    [InlineData(
        "INSERT INTO uses SELECT position('a b' IN overlay('x y' PLACING 'z' FROM 1 FOR 2)) FROM \"no such.table\"; "
            + "ALTER TABLE tags ADD x int"
    )]
    [InlineData(
        "CREATE TEMP TABLE b AS SELECT * FROM tags; DROP TABLE tags CASCADE; CREATE TABLE tags (id int, name text); "
            + "INSERT INTO tags SELECT * FROM b; DROP TABLE b"
    )]
    [InlineData(
        "CREATE TEMPORARY TABLE IF NOT EXISTS b (x int, name text); INSERT INTO b SELECT id AS x, t.name FROM ONLY tags "
            + "t; INSERT INTO b SELECT id, name FROM tags; DROP TABLE tags CASCADE; CREATE TABLE \"tags\" (id int, name text); "
            + "INSERT INTO public.tags SELECT * FROM b"
    )]
    [InlineData(
        "CREATE TABLE n (id int, name text); INSERT INTO n SELECT id, upper(name) FROM tags; DROP TABLE tags CASCADE; "
            + "ALTER TABLE n RENAME TO tags"
    )]
    [InlineData(
        "ALTER TABLE tags RENAME TO old; CREATE TABLE tags (id int, label text); INSERT INTO tags (id, label) SELECT id, "
            + "name FROM old; DROP TABLE old CASCADE"
    )]
    [InlineData(
        "ALTER TABLE tags RENAME name TO label; CREATE TABLE n AS SELECT id, label FROM tags; DROP TABLE tags CASCADE; "
            + "ALTER TABLE n RENAME TO tags"
    )]
    [InlineData("CREATE TEMP TABLE b AS SELECT * FROM uses; DELETE FROM uses; INSERT INTO uses SELECT * FROM b")]
    public async Task Nothing_to_lose_is_certain(string script)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync(Schema);
        var forecast = await ForecastAsync(fixture, script);
        Assert.Empty(forecast.Losses);
        Assert.Empty(forecast.NotForeseen);
    }

    [Theory]
    [InlineData(
        "CREATE TEMP TABLE b AS\nSELECT DISTINCT * FROM uses; TRUNCATE uses; INSERT INTO uses SELECT * FROM b",
        "line 1 copies rows of public.uses; whether it copies all"
    )]
    [InlineData("DO $$ BEGIN DELETE FROM tags; END $$", "line 1 runs a block")]
    [InlineData("CALL p()", "line 1 runs the procedure p")]
    [InlineData("DROP OWNED BY me", "line 1 drops what me owns")]
    [InlineData("SELECT 1;\nDROP TABLE a.b.c.d", "line 2 could not be looked at: ")]
    [InlineData("TRUNCATE nope", "line 1 names nope, which is not there now")]
    [InlineData("DROP TABLE nope", "line 1 names nope, which is not there now")]
    public async Task What_only_a_rehearsal_can_tell_is_said(string script, string expected)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync(Schema);
        var forecast = await ForecastAsync(fixture, script);
        Assert.StartsWith(expected, Assert.Single(forecast.NotForeseen), StringComparison.Ordinal);
        Assert.Empty(forecast.Losses);
    }

    [Theory]
    [InlineData("DROP TABLE IF EXISTS labels", "ALTER TABLE tags RENAME TO labels", "line 1 names labels, which is not there now")]
    [InlineData("DROP TABLE IF EXISTS labels", "CREATE TABLE labels AS SELECT * FROM tags", "line 1 names labels, which is not there now")]
    [InlineData("DROP TABLE IF EXISTS labels", "CREATE TABLE labels (a int)", null)]
    [InlineData("DROP SCHEMA s2 CASCADE", "CREATE SCHEMA s2; ALTER TABLE tags SET SCHEMA s2", "line 1 takes along what an earlier script")]
    [InlineData(
        "TRUNCATE over",
        "CREATE TABLE over (LIKE tags); ALTER TABLE tags INHERIT over",
        "line 1 takes along what an earlier script"
    )]
    [InlineData("UPDATE w SET name = ''", "CREATE VIEW w AS SELECT * FROM tags", "line 1 overwrites rows through w")]
    [InlineData("DROP TABLE IF EXISTS q.moods", "ALTER SCHEMA s RENAME TO q", "line 1 names q.moods, which is not there now")]
    public async Task What_an_earlier_script_makes_is_not_there_yet(string script, string before, string? expected)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync(Schema);
        var forecast = await ForecastAsync(fixture, script, before);
        Assert.Empty(forecast.Losses);
        Assert.Equal(expected is null ? 0 : 1, forecast.NotForeseen.Count(n => n.StartsWith(expected ?? "line", StringComparison.Ordinal)));
        forecast = await ForecastAsync(fixture, "DELETE FROM tags WHERE name = 'a'", "UPDATE tags SET name = 'a'");
        Assert.Null(Assert.Single(forecast.Losses).Rows);
    }

    [Fact]
    public async Task What_takes_too_long_to_count_is_estimated()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync("CREATE TABLE t AS SELECT NULLIF(i % 2, 0) AS a FROM generate_series(1, 1000) i; ANALYZE t");
        await using var blocker = await fixture.Database.ConnectAsync();
        await using var command = blocker.CreateCommand();
        command.CommandText = "BEGIN; LOCK t IN ACCESS EXCLUSIVE MODE";
        await command.ExecuteNonQueryAsync();
        var session = await fixture.OpenAsync();
        var forecast = await session.Inspector.ForecastLossAsync(
            new LossForecastRequest(
                Scripts.Of("ALTER TABLE t DROP a; DROP TABLE t"),
                MigrationDirection.Down,
                [],
                TimeSpan.FromMilliseconds(100)
            ),
            CancellationToken.None
        );
        Assert.Equal(["Column 500 True", "Table 1000 True"], forecast.Losses.Select(l => $"{l.Kind} {l.Rows} {l.IsEstimate}"));
    }

    private static async Task<LossForecast> ForecastAsync(DriverFixture fixture, string script, string? before = null) =>
        await (await fixture.OpenAsync()).Inspector.ForecastLossAsync(
            new LossForecastRequest(
                Scripts.Of(script),
                MigrationDirection.Down,
                before is null ? [] : [Scripts.Of(before)],
                TimeSpan.FromSeconds(20)
            ),
            CancellationToken.None
        );
}
