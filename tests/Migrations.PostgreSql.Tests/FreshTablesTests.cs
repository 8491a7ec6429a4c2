using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>Rows are read from a script only where nothing but the rows can come of it.</summary>
public sealed class FreshTablesTests
{
    [Theory]
    [InlineData("CREATE TABLE t (id int PRIMARY KEY, name varchar(20) DEFAULT 'x')", "INSERT INTO t VALUES (1), (2), (3)", 3)]
    [InlineData(
        "create table App.T (id int, b int REFERENCES u (id), UNIQUE (id, b))",
        "insert into app.t (id, b) values (1, -1.5e3), ($$a$$, null)",
        2
    )]
    [InlineData(
        "CREATE TABLE \"T\" (at timestamptz DEFAULT now(), CHECK ((1 + 1) IN (2)))",
        "INSERT INTO \"T\" VALUES (now()), (DEFAULT)",
        2
    )]
    [InlineData("CREATE TABLE t (a int)", "INSERT INTO u VALUES (1)", null)]
    [InlineData("CREATE TABLE \"T\" (a int)", "INSERT INTO t VALUES (1)", null)]
    [InlineData("CREATE TABLE IF NOT EXISTS t (a int)", "INSERT INTO t VALUES (1)", null)]
    [InlineData("CREATE TABLE t (a int DEFAULT mine())", "INSERT INTO t VALUES (1)", null)]
    [InlineData("CREATE TABLE t (a int DEFAULT mine.now())", "INSERT INTO t VALUES (1)", null)]
    [InlineData("CREATE TABLE t (a int) INHERITS (u)", "INSERT INTO t VALUES (1)", null)]
    [InlineData("CREATE TABLE t PARTITION OF u FOR VALUES IN (1)", "INSERT INTO t VALUES (1)", null)]
    [InlineData("CREATE TABLE t (LIKE u INCLUDING ALL)", "INSERT INTO t VALUES (1)", null)]
    [InlineData("CREATE TABLE t (a int)", "INSERT INTO t VALUES (mine(1))", null)]
    [InlineData("CREATE TABLE t (a int)", "INSERT INTO t VALUES (1 OPERATOR(mine.+) 1)", null)]
    [InlineData("CREATE TABLE t (a int)", "INSERT INTO t VALUES ('1'::mine)", null)]
    [InlineData("CREATE TABLE t (a int)", "INSERT INTO t SELECT 1", null)]
    [InlineData("CREATE TABLE t (a int)", "INSERT INTO t VALUES ((SELECT 1))", null)]
    [InlineData("CREATE TABLE t (a int)", "INSERT INTO t DEFAULT VALUES", null)]
    [InlineData("CREATE TABLE t (a int)", "INSERT INTO t AS x VALUES (1)", null)]
    [InlineData("CREATE TABLE t (a int)", "INSERT INTO t VALUES (1) RETURNING a", null)]
    [InlineData("CREATE TABLE t (a int)", "INSERT INTO t VALUES (1), (2", null)]
    [InlineData("CREATE TABLE t (a int)", "WITH x AS (DELETE FROM u) INSERT INTO t VALUES (1)", null)]
    [InlineData("CREATE TABLE t (a int)", "UPDATE t SET a = 1", null)]
    public void Only_values_for_a_table_of_its_own_are_taken(string definition, string statement, int? rows)
    {
        var tables = new FreshTables();
        tables.Observe(definition);
        Assert.Equal(rows, tables.RowsOf(statement));
    }

    [Theory]
    [InlineData("CREATE UNIQUE INDEX i ON t (lower(a))", 1)]
    [InlineData("COMMENT ON TABLE t IS 'x'", 1)]
    [InlineData("GRANT SELECT ON t TO PUBLIC", 1)]
    [InlineData("CREATE TRIGGER x BEFORE INSERT ON t EXECUTE FUNCTION f()", null)]
    [InlineData("CREATE OR REPLACE FUNCTION now() RETURNS int LANGUAGE sql AS 'SELECT 1'", null)]
    [InlineData("CREATE DOMAIN d AS int CHECK (f(VALUE))", null)]
    [InlineData("CREATE POLICY p ON t", null)]
    [InlineData("DROP TABLE t", null)]
    public void What_may_run_code_ends_it(string definition, int? rows)
    {
        var tables = new FreshTables();
        tables.Observe("CREATE TABLE t (a text)");
        tables.Observe(definition);
        Assert.Equal(rows, tables.RowsOf("INSERT INTO t VALUES ('a')"));
    }
}
