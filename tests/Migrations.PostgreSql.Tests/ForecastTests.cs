using Migrations.Databases;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>What a script would lose.</summary>
public sealed class ForecastTests
{
    private const string Schema =
        """
        CREATE TABLE tags (id int PRIMARY KEY, name text); INSERT INTO tags VALUES (1, 'a'), (2, NULL), (3, 'c');
        CREATE TABLE uses (tag int REFERENCES tags); INSERT INTO uses VALUES (1), (2);
        CREATE SCHEMA s; CREATE TABLE s."T 1" (a int); INSERT INTO s."T 1" VALUES (1); CREATE TYPE s.mood AS ENUM ('x'); CREATE TABLE moods (m s.mood, n int); INSERT INTO moods VALUES ('x', 1);
        CREATE TABLE p (k int) PARTITION BY RANGE (k); CREATE TABLE p_1 PARTITION OF p FOR VALUES FROM (1) TO (9); INSERT INTO p VALUES (1), (2); CREATE MATERIALIZED VIEW mv AS SELECT 1 AS one
        """;

    [SkippableTheory]
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
    // Put by and put back, but for a column; or never put back.
    [InlineData("CREATE TEMP TABLE b AS SELECT id FROM tags; DROP TABLE tags CASCADE; CREATE TABLE tags (id int); INSERT INTO tags SELECT id FROM b", "Column public.tags.name 2 1")]
    [InlineData("CREATE TEMP TABLE b AS SELECT * FROM tags; DROP TABLE tags CASCADE; CREATE TABLE tags (id int); INSERT INTO tags (id) SELECT b.id FROM b", "Column public.tags.name 2 1")]
    [InlineData("CREATE TEMP TABLE b AS SELECT * FROM tags; DROP TABLE tags CASCADE; CREATE TABLE tags (id int, name text); DROP TABLE b", "Table public.tags 3 1")]
    [InlineData("CREATE TEMP TABLE b AS SELECT * FROM tags; DROP TABLE tags CASCADE; CREATE TEMP TABLE tags AS SELECT * FROM b", "Table public.tags 3 1")]
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
    }

    [SkippableTheory]
    [InlineData("DROP MATERIALIZED VIEW mv; DROP INDEX IF EXISTS i; CREATE TABLE n (a int, b int); ALTER TABLE n DROP COLUMN b; TRUNCATE n; DROP TABLE n")]
    [InlineData("ALTER TABLE tags ADD x int; ALTER TABLE tags DROP COLUMN x; ALTER TABLE tags DROP CONSTRAINT tags_pkey CASCADE, ALTER name DROP NOT NULL, ALTER name SET DEFAULT 'DROP TABLE tags'")]
    [InlineData("UPDATE tags SET name = 'drop table tags'; -- DROP TABLE tags\nCREATE FUNCTION f() RETURNS void LANGUAGE sql AS $$ DELETE FROM tags $$")]
    [InlineData("DO $$ BEGIN PERFORM 1; END $$")]
    [InlineData("CREATE TEMP TABLE b AS SELECT * FROM tags; DROP TABLE tags CASCADE; CREATE TABLE tags (id int, name text); INSERT INTO tags SELECT * FROM b; DROP TABLE b")]
    [InlineData("CREATE TEMPORARY TABLE IF NOT EXISTS b (x int, name text); INSERT INTO b SELECT id AS x, t.name FROM ONLY tags t; INSERT INTO b SELECT id, name FROM tags; DROP TABLE tags CASCADE; CREATE TABLE \"tags\" (id int, name text); INSERT INTO public.tags SELECT * FROM b")]
    [InlineData("CREATE TABLE n (id int, name text); INSERT INTO n SELECT id, upper(name) FROM tags; DROP TABLE tags CASCADE; ALTER TABLE n RENAME TO tags")]
    [InlineData("ALTER TABLE tags RENAME TO old; CREATE TABLE tags (id int, label text); INSERT INTO tags (id, label) SELECT id, name FROM old; DROP TABLE old CASCADE")]
    [InlineData("ALTER TABLE tags RENAME name TO label; CREATE TABLE n AS SELECT id, label FROM tags; DROP TABLE tags CASCADE; ALTER TABLE n RENAME TO tags")]
    [InlineData("CREATE TEMP TABLE b AS SELECT * FROM uses; DELETE FROM uses; INSERT INTO uses SELECT * FROM b")]
    public async Task Nothing_to_lose_is_certain(string script)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync(Schema);
        var forecast = await ForecastAsync(fixture, script);
        Assert.Empty(forecast.Losses);
        Assert.Empty(forecast.NotForeseen);
    }

    [SkippableTheory]
    [InlineData("SELECT 1;\nDELETE FROM tags WHERE id > 1", "Line 2 deletes some rows of tags")]
    [InlineData("CREATE TEMP TABLE b AS\nSELECT DISTINCT * FROM uses; TRUNCATE uses; INSERT INTO uses SELECT * FROM b", "Line 1 copies rows of public.uses; whether it takes all")]
    [InlineData("WITH x AS (DELETE FROM tags RETURNING *) SELECT * FROM x", "Line 1 deletes rows")]
    [InlineData("ALTER TABLE tags ALTER COLUMN name TYPE varchar(1)", "Line 1 changes the type of tags.name")]
    [InlineData("DO $$ BEGIN DELETE FROM tags; END $$", "Line 1 runs a block")]
    [InlineData("ALTER TABLE \"Big One\" ALTER x TYPE int", "Line 1 changes the type of \"Big One\".x")]
    [InlineData("WITH x AS (MERGE INTO tags USING uses ON id = tag WHEN MATCHED THEN DELETE RETURNING *) SELECT * FROM x", "Line 1 deletes rows")]
    [InlineData("WITH x AS (SELECT 1 AS a) MERGE INTO tags USING x ON id = a WHEN MATCHED THEN DELETE", "Line 1 deletes rows")]
    [InlineData("CALL p()", "Line 1 runs the procedure p")]
    [InlineData("DROP OWNED BY me", "Line 1 drops what me owns")]
    [InlineData("DROP TABLE nope", "Line 1 names nope, which is not there now")]
    [InlineData("ALTER SCHEMA s RENAME TO q; DROP SCHEMA q CASCADE", "Line 1 renames the schema s")]
    public async Task What_only_a_rehearsal_can_tell_is_said(string script, string expected)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync(Schema);
        var forecast = await ForecastAsync(fixture, script);
        Assert.StartsWith(expected, Assert.Single(forecast.NotForeseen), StringComparison.Ordinal);
        Assert.Empty(forecast.Losses);
    }

    [SkippableFact]
    public async Task What_takes_too_long_to_count_is_estimated()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await fixture.Database.ExecuteAsync("CREATE TABLE t AS SELECT NULLIF(i % 2, 0) AS a FROM generate_series(1, 1000) i; ANALYZE t");
        await using var blocker = await fixture.Database.ConnectAsync();
        await using var command = blocker.CreateCommand();
        command.CommandText = "BEGIN; LOCK t IN ACCESS EXCLUSIVE MODE";
        await command.ExecuteNonQueryAsync();
        var session = await fixture.OpenAsync();
        var forecast = await session.Inspector.ForecastLossAsync(Scripts.Of("ALTER TABLE t DROP a; DROP TABLE t"), TimeSpan.FromMilliseconds(100), CancellationToken.None);
        Assert.Equal(["Column 500 True", "Table 1000 True"], forecast.Losses.Select(l => $"{l.Kind} {l.Rows} {l.IsEstimate}"));
    }

    private static async Task<LossForecast> ForecastAsync(DriverFixture fixture, string script) =>
        await (await fixture.OpenAsync()).Inspector.ForecastLossAsync(Scripts.Of(script), TimeSpan.FromSeconds(20), CancellationToken.None);
}
