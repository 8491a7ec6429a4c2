using Migrations.Planning;

namespace Migrations.Databases.Tests;

/// <summary>What a script sets holds for this script alone, and stops no history row.</summary>
public abstract class SettingConformance(DatabaseKind kind) : Conformance(kind)
{
    /// <summary>A script that forbids its connection to write.</summary>
    protected abstract string ForbidsWriting { get; }

    [Theory]
    [InlineData(TransactionMode.Each)]
    [InlineData(TransactionMode.All)]
    [InlineData(TransactionMode.None)]
    public async Task A_script_that_forbids_writing_stops_neither_its_own_row_nor_the_next_migration(TransactionMode mode)
    {
        Migration("001_a", "CREATE TABLE a (id integer);");
        Migration("002_b", $"{ForbidsWriting};\nSELECT 1;");
        Migration("003_c", "CREATE TABLE c (id integer);");
        Assert.Equal("001_a, 002_b, 003_c", Names(await ApplyAsync(new ApplyRequest { TransactionMode = mode })));
        Migration("004_d", "CREATE TABLE d (id integer);");
        Assert.Equal("004_d", Names(await ApplyAsync(new ApplyRequest { TransactionMode = mode })));
        Assert.Equal("a, c, d", await TablesAsync());
    }
}

public sealed class SqliteSettingTests() : SettingConformance(DatabaseKind.Sqlite)
{
    protected override string ForbidsWriting => "PRAGMA query_only=ON";
}

public sealed class PostgreSqlSettingTests() : SettingConformance(DatabaseKind.PostgreSql)
{
    protected override string ForbidsWriting => "SET default_transaction_read_only = on";

    [Theory]
    [InlineData("CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (sets()) TO (10);")]
    [InlineData("CREATE INDEX i ON filled (sets(id));")]
    [InlineData("CREATE INDEX i ON filled (id) WHERE sets(id) > 0;")]
    public async Task What_a_definition_sets_by_a_function_that_it_calls_is_put_back(string definition)
    {
        Migration(
            "001_a",
            """
            CREATE FUNCTION sets(x integer DEFAULT 1) RETURNS integer IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM
                set_config('search_path', 'elsewhere', false); RETURN x; END $$;
            CREATE SCHEMA elsewhere;
            CREATE TABLE p (id integer) PARTITION BY RANGE (id);
            CREATE TABLE filled (id integer);
            INSERT INTO filled VALUES (1);
            """
        );
        Migration("002_b", definition);
        Migration("003_c", "CREATE TABLE here (id integer);");
        await ApplyAsync();
        Assert.Equal(
            "public",
            await Database.ScalarAsync(
                "SELECT n.nspname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relname = 'here'"
            )
        );
    }
}
