namespace Migrations.Databases.Tests;

public sealed class PostgreSqlBatchTests() : BatchConformance(DatabaseKind.PostgreSql)
{
    [Theory]
    [InlineData("CREATE TABLE k (a integer, n integer DEFAULT 0)", "no primary key")]
    [InlineData("CREATE TABLE k (a integer UNIQUE, n integer DEFAULT 0)", "no primary key")]
    [InlineData("CREATE TABLE k (a integer PRIMARY KEY, n integer DEFAULT 0);\nCREATE TABLE c () INHERITS (k)", "inherit from it")]
    [InlineData("CREATE TABLE b (a integer PRIMARY KEY, n integer);\nCREATE VIEW k AS SELECT * FROM b", "is no table")]
    public async Task A_table_without_a_key_is_refused(string table, string expected)
    {
        Migration("001_t", table + ";\n");
        Migration("002_fill", "-- Batch: 3 rows\nUPDATE k SET n = n + 1;\n");
        var error = await ThrowsAsync<StatementException>(ErrorId.BatchInvalid, () => ApplyAsync());
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a timestamptz PRIMARY KEY", "'2026-03-29 00:00:00.123456+01'::timestamptz + i * interval '30 minutes'")]
    [InlineData("a uuid PRIMARY KEY", "md5(i::text)::uuid")]
    [InlineData("a float8 PRIMARY KEY", "i / 7.0")]
    [InlineData("a date PRIMARY KEY", "'2026-01-02'::date + i")]
    [InlineData("a bytea PRIMARY KEY", "decode(md5(i::text), 'hex')")]
    [InlineData("a integer[] PRIMARY KEY", "ARRAY[i % 3, i]")]
    [InlineData("a mood, b integer, PRIMARY KEY (a, b)", "(ARRAY['low', 'high']::mood[])[i % 2 + 1]")]
    [InlineData("a text COLLATE nocase PRIMARY KEY", "'k' || i")]
    public async Task Values_of_every_type_are_found_again(string columns, string value)
    {
        Migration(
            "001_t",
            "CREATE TYPE mood AS ENUM ('low', 'high');\n"
                + "CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);\n"
                + $"CREATE TABLE k (n integer NOT NULL DEFAULT 0, {columns});\n"
                + (columns.Contains("b integer") ? $"INSERT INTO k (a, b) SELECT {value}, i " : $"INSERT INTO k (a) SELECT {value} ")
                + "FROM generate_series(1, 20) i;\n"
        );
        await ApplyAsync();
        await Database.ExecuteAsync(
            "DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET datestyle = ''SQL, DMY''', current_database()); END$$"
        );
        Migration("002_fill", "-- Batch: 3 rows\nUPDATE k SET n = n + 1;\n");
        Assert.Equal(20, (await ApplyAsync())[0].RowsAffected);
        Assert.Equal("1|1|20", (await Database.RowsAsync("SELECT min(n), max(n), count(*) FROM k"))[0]);
    }

    [Fact]
    public async Task An_operator_of_the_search_path_does_not_stand_in_for_the_order()
    {
        Migration(
            "001_t",
            "CREATE TABLE k (id integer PRIMARY KEY, n integer NOT NULL DEFAULT 0);\nINSERT INTO k SELECT generate_series(1, 10);\n"
                + "CREATE FUNCTION never(integer, integer) RETURNS boolean LANGUAGE sql AS 'SELECT false';\n"
                + "CREATE OPERATOR public.<= (LEFTARG = integer, RIGHTARG = integer, FUNCTION = never);\n"
                + "DO $$BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog', current_database()); END$$;\n"
        );
        await ApplyAsync();
        Migration("002_fill", "-- Batch: 3 rows\nUPDATE k SET n = n + 1;\n");
        Assert.Equal(10, (await ApplyAsync())[0].RowsAffected);
    }
}
