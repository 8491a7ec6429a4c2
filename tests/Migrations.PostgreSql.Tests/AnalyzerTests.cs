using Xunit;

namespace Migrations.PostgreSql.Tests;

public sealed class AnalyzerTests
{
    [Theory]
    [InlineData("CREATE INDEX CONCURRENTLY i ON t (a)", true)]
    [InlineData("/* x */ create unique index /* y */ concurrently if not exists i on t (a);", true)]
    [InlineData("CREATE INDEX i ON t (a)", false)]
    [InlineData("CREATE INDEX concurrently_x ON t (a)", false)]
    [InlineData("DROP INDEX CONCURRENTLY IF EXISTS i", true)]
    [InlineData("REINDEX TABLE t", false)]
    [InlineData("REINDEX TABLE CONCURRENTLY t", true)]
    [InlineData("REINDEX (VERBOSE, CONCURRENTLY) INDEX i", true)]
    [InlineData("REINDEX (CONCURRENTLY off) INDEX i", false)]
    [InlineData("REINDEX (VERBOSE) SCHEMA s", true)]
    [InlineData("REINDEX DATABASE d", true)]
    [InlineData("VACUUM ANALYZE t", true)]
    [InlineData("ANALYZE t", false)]
    [InlineData("CREATE DATABASE d", true)]
    [InlineData("DROP DATABASE d", true)]
    [InlineData("CREATE TABLESPACE s LOCATION '/x'", true)]
    [InlineData("ALTER SYSTEM SET work_mem = '1MB'", true)]
    [InlineData("ALTER DATABASE d SET TABLESPACE s", true)]
    [InlineData("ALTER DATABASE d SET work_mem = '1MB'", false)]
    [InlineData("CLUSTER", true)]
    [InlineData("CLUSTER VERBOSE", true)]
    [InlineData("CLUSTER t USING i", false)]
    [InlineData("CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p", true)]
    [InlineData("CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p WITH (connect = false)", false)]
    [InlineData("DROP SUBSCRIPTION s", true)]
    [InlineData("ALTER SUBSCRIPTION s REFRESH PUBLICATION", true)]
    [InlineData("ALTER SUBSCRIPTION s SET PUBLICATION p WITH (refresh = false)", false)]
    [InlineData("ALTER SUBSCRIPTION s DISABLE", false)]
    [InlineData("ALTER TABLE t DETACH PARTITION p CONCURRENTLY", true)]
    [InlineData("ALTER TABLE t DETACH PARTITION p", false)]
    [InlineData("REFRESH MATERIALIZED VIEW CONCURRENTLY v", false)]
    [InlineData("ALTER TYPE e ADD VALUE 'x'", false)]
    [InlineData("DO $$ BEGIN EXECUTE 'VACUUM'; END $$", false)]
    [InlineData("SELECT 'CREATE INDEX CONCURRENTLY'", false)]
    [InlineData("COMMIT PREPARED 'x'", true)]
    [InlineData("DROP INDEX CONCURRENTLY IF EXISTS i; CREATE INDEX CONCURRENTLY i ON t (a)", true)]
    public void Statements_that_cannot_run_in_a_transaction_run_outside(string script, bool outside)
    {
        var analysis = PostgreSqlAnalyzer.Analyze(Scripts.Of(script));
        Assert.Equal(outside, analysis.OutsideTransaction);
        Assert.Empty(analysis.Problems);
    }

    [Theory]
    [InlineData("DISCARD ALL")]
    [InlineData("-- transaction: none\nSELECT 1; discard /* x */ all;")]
    public void What_gives_back_the_migration_lock_is_refused(string script)
    {
        var problem = Assert.Single(PostgreSqlAnalyzer.Analyze(Scripts.Of(script)).Problems);
        Assert.Equal(ErrorId.TransactionControlInvalid, problem.Id);
        Assert.Empty(PostgreSqlAnalyzer.Analyze(Scripts.Of("DISCARD TEMP; DISCARD PLANS")).Problems);
    }

    [Theory]
    [InlineData("BEGIN; SELECT 1; COMMIT;", null)]
    [InlineData("begin work; SELECT 1; end transaction;", null)]
    [InlineData(
        "START TRANSACTION ISOLATION LEVEL SERIALIZABLE, DEFERRABLE; SELECT 1; COMMIT WORK AND NO CHAIN",
        "ISOLATION LEVEL SERIALIZABLE, DEFERRABLE"
    )]
    [InlineData("BEGIN; SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; SELECT 1; COMMIT", "ISOLATION LEVEL REPEATABLE READ")]
    [InlineData(
        "SET lock_timeout = '1s'; SELECT pg_catalog.set_config('search_path', '', false); BEGIN; SELECT 1; COMMIT; "
            + "ANALYZE t; RESET lock_timeout",
        null
    )]
    [InlineData("SAVEPOINT a; SELECT 1; ROLLBACK TO SAVEPOINT a; RELEASE a; ROLLBACK WORK TO a", null)]
    [InlineData("DO $$ BEGIN COMMIT; END $$; SELECT 'ROLLBACK;' -- COMMIT;", null)]
    [InlineData("\\restrict k\nSELECT 1;\n\\unrestrict k", null)]
    [InlineData("CREATE FUNCTION f(int) RETURNS int LANGUAGE sql RETURN $1 + 1; PREPARE p(int) AS SELECT $1", null)]
    public void A_script_that_can_run_has_no_problems(string script, string? modes)
    {
        var analysis = PostgreSqlAnalyzer.Analyze(Scripts.Of(script));
        Assert.Empty(analysis.Problems);
        Assert.False(analysis.OutsideTransaction);
        Assert.Equal(modes, analysis.TransactionModes);
    }

    [Theory]
    [InlineData("CREATE TABLE t (a int);\nCREATE INDEX CONCURRENTLY i ON t (a);", ErrorId.ScriptMixed, 2)]
    [InlineData("VACUUM a;\nSELECT 1;", ErrorId.ScriptMixed, 1)]
    [InlineData("BEGIN;\nSELECT 1;\nCOMMIT;\nVACUUM t;", ErrorId.ScriptMixed, 4)]
    [InlineData("BEGIN;\nCREATE INDEX CONCURRENTLY i ON t (a);\nCOMMIT;", ErrorId.ScriptMixed, 2)]
    [InlineData("BEGIN;\nSELECT 1;\nCOMMIT;\nBEGIN;\nSELECT 1;\nCOMMIT;", ErrorId.TransactionControlInvalid, 4)]
    [InlineData("BEGIN;\nSELECT 1;\n", ErrorId.TransactionControlInvalid, 1)]
    [InlineData("SELECT 1;\nCOMMIT;\n", ErrorId.TransactionControlInvalid, 2)]
    [InlineData("SELECT 1;\nBEGIN;\nSELECT 1; COMMIT", ErrorId.TransactionControlInvalid, 1)]
    [InlineData("BEGIN; SELECT 1; COMMIT;\nSELECT 2", ErrorId.TransactionControlInvalid, 2)]
    [InlineData("BEGIN; SELECT 1;\nROLLBACK", ErrorId.TransactionControlInvalid, 2)]
    [InlineData("SELECT 1;\nCOMMIT AND CHAIN", ErrorId.TransactionControlInvalid, 2)]
    [InlineData("SELECT 1;\nPREPARE TRANSACTION 'x'", ErrorId.TransactionControlInvalid, 2)]
    [InlineData("BEGIN IMMEDIATE;\nSELECT 1; COMMIT", ErrorId.TransactionControlInvalid, 1)]
    [InlineData("BEGIN READ ONLY;\nSELECT 1; COMMIT", ErrorId.TransactionControlInvalid, 1)]
    [InlineData("SELECT 1;\nSELECT $1", ErrorId.ParameterUnbound, 2)]
    [InlineData("SELECT 1;\n\\i other.sql\nSELECT 2", ErrorId.ShellCommandInvalid, 2)]
    [InlineData("SELECT 1 \\gset\n", ErrorId.ShellCommandInvalid, 1)]
    [InlineData("COPY t TO STDOUT", ErrorId.ShellCommandInvalid, 1)]
    [InlineData("COPY t FROM STDIN; 1\n\\.\n", ErrorId.ShellCommandInvalid, 1)]
    [InlineData("SELECT 1;\nCOPY t FROM STDIN;\n1\n2\n", ErrorId.ScriptUnterminated, 2)]
    [InlineData("SELECT 1;\nDO $$ BEGIN", ErrorId.ScriptUnterminated, 2)]
    [InlineData("SELECT 'a\0b'", ErrorId.EncodingInvalid, 1)]
    public void What_cannot_be_run_is_refused_by_line_with_the_way_out(string script, ErrorId id, int line)
    {
        var problems = PostgreSqlAnalyzer.Analyze(Scripts.Of(script)).Problems;
        Assert.Contains(problems, p => p.Id == id && p.Location.Line == line);
        Assert.All(problems, p => Assert.NotEmpty(p.Remedy.ToString()));
    }

    [Fact]
    public void The_header_decides_about_the_transaction()
    {
        const string Mixed = "CREATE TABLE t (a int); CREATE INDEX CONCURRENTLY i ON t (a);";
        var none = PostgreSqlAnalyzer.Analyze(Scripts.Of(Mixed, new MigrationHeader { Transaction = false }));
        var required = PostgreSqlAnalyzer.Analyze(Scripts.Of("VACUUM t", new MigrationHeader { Transaction = true }));
        Assert.True(none.OutsideTransaction);
        Assert.Empty(none.Problems);
        Assert.False(required.OutsideTransaction);
        Assert.Empty(required.Problems);
    }

    [Fact]
    public void One_transaction_of_its_own_around_a_script_without_one_is_ours()
    {
        var analysis = PostgreSqlAnalyzer.Analyze(Scripts.Of("BEGIN; SELECT 1; COMMIT", new MigrationHeader { Transaction = false }));
        Assert.Empty(analysis.Problems);
        Assert.False(analysis.OutsideTransaction);
    }

    [Theory]
    [InlineData("CREATE TABLE t (a int)", true)]
    [InlineData("create or replace view v AS SELECT 1", true)]
    [InlineData("CREATE UNIQUE INDEX i ON t (a)", true)]
    [InlineData("/* x */ DROP TABLE t CASCADE", true)]
    [InlineData("CREATE TABLE t AS SELECT 1", false)]
    [InlineData("CREATE MATERIALIZED VIEW v AS SELECT 1", false)]
    [InlineData("CREATE EXTENSION postgis", false)]
    [InlineData("INSERT INTO t VALUES (1)", false)]
    [InlineData("SELECT f()", false)]
    [InlineData("DO $$ BEGIN DELETE FROM t; END $$", false)]
    [InlineData("CALL p()", false)]
    [InlineData("SET search_path TO s", false)]
    [InlineData("ALTER TABLE t ADD COLUMN b int DEFAULT f()", false)]
    [InlineData("ALTER EXTENSION postgis UPDATE", false)]
    [InlineData("WITH d AS (DELETE FROM t RETURNING 1) SELECT * FROM d", false)]
    public void Definitions_are_told_from_what_may_change_rows_or_the_connection(string statement, bool sure) =>
        Assert.Equal(sure, StatementClassifier.IsDefinition(statement));

    [Theory]
    [InlineData(
        "CREATE TABLE s(x text);\nSET standard_conforming_strings = off;\nINSERT INTO s VALUES ('it\\'s; -- text');\nSET "
            + "standard_conforming_strings = on;\nINSERT INTO s VALUES ('C:\\');",
        3
    )]
    [InlineData("SET SESSION standard_conforming_strings TO 'off';\nSELECT 'it\\'; DROP TABLE t; --';", 2)]
    [InlineData("SELECT set_config('standard_conforming_strings', 'off', false);\n\nSELECT 'a\\\\\\'';", 3)]
    [InlineData("SET standard_conforming_strings = off;\nSET standard_conforming_strings = on;\nSELECT 'C:\\';", null)]
    [InlineData("SET standard_conforming_strings = off;\nRESET standard_conforming_strings;\nSELECT 'C:\\';", null)]
    [InlineData("SET standard_conforming_strings = off;\nSELECT 'C:\\\\dir\\\\', E'it\\'s', 'a\\b', $$it\\'s$$;", null)]
    [InlineData("SELECT 'C:\\';", null)]
    public void A_literal_that_ends_elsewhere_for_the_server_is_refused_with_the_setting(string script, int? line)
    {
        var problems = PostgreSqlAnalyzer.Analyze(Scripts.Of(script)).Problems;
        Assert.Equal(line is null ? 0 : 1, problems.Count);
        Assert.All(
            problems,
            p =>
                Assert.Equal(
                    (line, true, true),
                    (
                        p.Location.Line,
                        p.Message.Contains("standard_conforming_strings", StringComparison.Ordinal),
                        p.Remedy.ToString().Contains("E'it", StringComparison.Ordinal)
                    )
                )
        );
    }

    [Fact]
    public void A_literal_that_does_not_end_names_the_setting_where_a_backslash_may_be_why()
    {
        var problem = Assert.Single(PostgreSqlAnalyzer.Analyze(Scripts.Of("INSERT INTO s VALUES ('it\\'s');")).Problems);
        Assert.Contains("standard_conforming_strings", problem.Remedy.ToString(), StringComparison.Ordinal);
    }
}
