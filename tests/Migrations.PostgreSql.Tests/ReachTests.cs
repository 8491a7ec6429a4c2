using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>How far statements reach, told by their text alone.</summary>
public sealed class ReachTests
{
    [Theory]
    [InlineData("CREATE ROLE a", "CREATE ROLE")]
    [InlineData("/* x */ alter user a PASSWORD 'pg_secret'", "ALTER USER")]
    [InlineData("ALTER ROLE a SET search_path = pg_catalog", "ALTER ROLE")]
    [InlineData("DROP GROUP IF EXISTS a", "DROP GROUP")]
    [InlineData("GRANT a TO b WITH ADMIN OPTION", "GRANT of a role")]
    [InlineData("REVOKE a FROM b", "REVOKE of a role")]
    [InlineData("GRANT CONNECT ON DATABASE d TO a", "GRANT ON DATABASE")]
    [InlineData("CREATE DATABASE d", "CREATE DATABASE")]
    [InlineData("DROP DATABASE d", "DROP DATABASE")]
    [InlineData("ALTER DATABASE d SET work_mem = '1MB'", "ALTER DATABASE")]
    [InlineData("ALTER SYSTEM SET work_mem = '1MB'", "ALTER SYSTEM")]
    [InlineData("DROP TABLESPACE s", "DROP TABLESPACE")]
    [InlineData("COMMENT ON ROLE a IS 'x'", "COMMENT ON ROLE")]
    [InlineData("SECURITY LABEL FOR p ON DATABASE d IS 'x'", "SECURITY ON DATABASE")]
    [InlineData("REASSIGN OWNED BY a TO b", "REASSIGN OWNED")]
    [InlineData("DROP OWNED BY a", "DROP OWNED")]
    [InlineData("REINDEX (VERBOSE) DATABASE d", "REINDEX DATABASE")]
    [InlineData("UPDATE pg_database SET datallowconn = false", "UPDATE of pg_database")]
    [InlineData("WITH x AS (DELETE FROM ONLY pg_catalog.\"pg_auth_members\" RETURNING 1) SELECT 1", "DELETE of pg_auth_members")]
    [InlineData("DO $$ BEGIN IF true THEN CREATE ROLE a; END IF; END $$", "CREATE ROLE")]
    [InlineData("DO 'BEGIN EXECUTE format(''ALTER ROLE %I LOGIN'', ''a''); END'", "ALTER ROLE")]
    [InlineData("DO $$ BEGIN EXECUTE 'DR' || 'OP ROLE ' || quote_ident('a') || ' '; END $$", "DROP ROLE")]
    [InlineData("DO $$ BEGIN EXECUTE E'\\x44ROP ROLE a'; END $$", "DROP ROLE")]
    [InlineData("DO $$ BEGIN EXECUTE U&'\\0044ROP ROLE a'; END $$", "DROP ROLE")]
    public void What_all_databases_share(string statement, string what) => Assert.Equal((Reach.Cluster, what), Read(statement));

    [Theory]
    [InlineData("COPY t TO PROGRAM 'id'", "COPY TO PROGRAM")]
    [InlineData("COPY (SELECT 1) TO '/tmp/x'", "COPY TO a file of the server")]
    [InlineData("COPY t (a) FROM E'/tmp/x'", "COPY FROM a file of the server")]
    [InlineData("SELECT lo_export(1, '/tmp/x')", "lo_export()")]
    [InlineData("SELECT \"pg_catalog\".\"pg_read_file\" ('/etc/passwd')", "\"pg_read_file\"()")]
    [InlineData("INSERT INTO t SELECT 1, pg_reload_conf()", "pg_reload_conf()")]
    [InlineData("SELECT * FROM dblink('x', 'y') AS t(a int)", "dblink()")]
    [InlineData("SELECT cron.schedule('x', '* * * * *', 'DELETE FROM t')", "schedule()")]
    [InlineData("CREATE EXTENSION IF NOT EXISTS dblink", "CREATE EXTENSION dblink")]
    [InlineData("CREATE EXTENSION \"postgres_fdw\"", "CREATE EXTENSION postgres_fdw")]
    [InlineData("CREATE EXTENSION plpython3u", "CREATE EXTENSION plpython3u")]
    [InlineData("CREATE SERVER s FOREIGN DATA WRAPPER w", "CREATE SERVER")]
    [InlineData("CREATE USER MAPPING FOR a SERVER s", "CREATE USER MAPPING")]
    [InlineData("CREATE FOREIGN TABLE t (a int) SERVER s", "CREATE FOREIGN TABLE")]
    [InlineData("IMPORT FOREIGN SCHEMA x FROM SERVER s INTO y", "IMPORT FOREIGN SCHEMA")]
    [InlineData("CREATE SUBSCRIPTION s CONNECTION 'x' PUBLICATION p", "CREATE SUBSCRIPTION")]
    [InlineData("SELECT pg_create_logical_replication_slot('s', 'pgoutput')", "pg_create_logical_replication_slot()")]
    [InlineData(
        "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE plpython3u AS $$ return 1 $$",
        "CREATE FUNCTION in the language plpython3u"
    )]
    [InlineData("CREATE FUNCTION f() RETURNS int AS '/tmp/x.so' LANGUAGE C", "CREATE FUNCTION in the language c")]
    [InlineData("DO LANGUAGE plperlu $$ 1 $$", "DO in the language plperlu")]
    [InlineData("GRANT pg_monitor TO a", "GRANT of a role of the server's")]
    [InlineData("CREATE ROLE a IN ROLE pg_execute_server_program", "CREATE ROLE with a role of the server's")]
    [InlineData("SET LOCAL ROLE pg_write_server_files", "SET ROLE to a role of the server's")]
    [InlineData("LOAD 'x'", "LOAD")]
    [InlineData("DO $$ BEGIN EXECUTE 'COPY t TO PROGRAM ''id'''; END $$", "COPY TO PROGRAM")]
    [InlineData("DO $$ BEGIN EXECUTE $b$ DO $c$ BEGIN EXECUTE 'COPY t TO PROGRAM $x$id$x$'; END $c$ $b$; END $$", "COPY TO PROGRAM")]
    [InlineData("DO LANGUAGE plperl $$ spi_exec_query(\"COPY t TO PROGRAM 'id'\"); $$", "COPY TO PROGRAM")]
    [InlineData("DO $$ BEGIN EXECUTE format('COPY t TO %L', f); END $$", "COPY TO a file of the server")]
    [InlineData("DO $$ BEGIN EXECUTE 'COPY t FROM ' || quote_literal(f); END $$", "COPY FROM a file of the server")]
    [InlineData("SELECT query_to_xml('SELECT lo_import(''/x'')', true, true, '')", "lo_import()")]
    public void What_lies_beyond_the_server(string statement, string what) => Assert.Equal((Reach.World, what), Read(statement));

    [Theory]
    [InlineData("ALTER TABLE t DROP role")]
    [InlineData("DO $$ BEGIN ALTER TABLE t DROP role; END $$")]
    [InlineData("COPY t FROM STDIN")]
    [InlineData("COPY (SELECT a FROM t WHERE b = 'x') TO STDOUT")]
    [InlineData("GRANT SELECT ON t TO a")]
    [InlineData("GRANT EXECUTE ON FUNCTION pg_read_file(text) TO a")]
    [InlineData("INSERT INTO dblink_log (a) VALUES ('DROP ROLE a; COPY t TO PROGRAM')")]
    [InlineData("CREATE TABLE pg_file_names (a int)")]
    [InlineData("CREATE FUNCTION f(language text) RETURNS TABLE (language text) LANGUAGE sql AS 'SELECT $1'")]
    [InlineData("CREATE EXTENSION hstore")]
    [InlineData("CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(1); END $$")]
    [InlineData("CREATE VIEW v AS SELECT pg_ls_dir('.')")]
    [InlineData("SET SESSION ROLE app")]
    [InlineData("UPDATE t SET a = 1")]
    [InlineData("NOTIFY x")]
    [InlineData("DO $$ BEGIN INSERT INTO log VALUES ('DROP ROLE a'); END $$")]
    [InlineData("SELECT 'pg_read_file(1)', \"Pg_Read_File\"(1)")]
    [InlineData("COMMENT ON TABLE t IS 'ON DATABASE'")]
    public void What_stays_in_the_database(string statement) => Assert.Null(new ReachReader().Find(statement));

    [Theory]
    [InlineData("SELECT f()", true)]
    [InlineData("CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION s.f()", true)]
    [InlineData("DO $$ BEGIN PERFORM h(); END $$", true)]
    [InlineData("DROP FUNCTION f()", false)]
    [InlineData("CREATE TABLE t (f int)", false)]
    [InlineData("CREATE AGGREGATE g (int) (sfunc = f, stype = int)", true)]
    [InlineData("SELECT * FROM v", true)]
    [InlineData("CREATE MATERIALIZED VIEW m AS SELECT * FROM v", true)]
    [InlineData("ALTER TABLE v OWNER TO a", false)]
    [InlineData("GRANT EXECUTE ON FUNCTION f() TO a", false)]
    public void A_function_that_reaches_further_is_harm_when_it_is_used(string statement, bool reaches)
    {
        var reader = new ReachReader();
        Assert.Null(reader.Find("CREATE FUNCTION s.f() RETURNS void LANGUAGE plpgsql AS $$\nBEGIN\nPERFORM lo_export(1, 'x');\nEND $$"));
        Assert.Null(reader.Find("CREATE VIEW v AS SELECT s.f() AS a"));
        Assert.Null(reader.Find("CREATE PROCEDURE h() LANGUAGE sql AS 'SELECT s.f()'"));
        Assert.Equal(reaches, reader.Find(statement)?.Reach == Reach.World);
    }

    [Theory]
    [InlineData("DO $$ BEGIN EXECUTE convert_from(decode('44', 'hex'), 'UTF8'); END $$", true)]
    [InlineData("DO $$ DECLARE r record; BEGIN FOR r IN (SELECT a FROM t) LOOP EXECUTE r.a; END LOOP; END $$", true)]
    [InlineData("DO $$ DECLARE q text := 'ALTER TABLE ' || 't' || ' ADD b int'; BEGIN EXECUTE q; END $$", false)]
    [InlineData("DO $$ BEGIN EXECUTE format('%s ROLE a', 'DROP'); END $$", true)]
    [InlineData("DO $$ BEGIN EXECUTE concat('ALTER ', 'ROLE a'); END $$", true)]
    [InlineData("DO $$ BEGIN EXECUTE 'CREATE ' || kind || ' a'; END $$", true)]
    [InlineData("DO $$ DECLARE c text := 'ALTER '; BEGIN c := c || 'ROLE a'; EXECUTE c; END $$", true)]
    [InlineData("DO $$ DECLARE c text = replace('ALTER TABLE a', 'TABLE', 'ROLE'); BEGIN EXECUTE c; END $$", true)]
    [InlineData(
        "DO $$ DECLARE r record; BEGIN RAISE NOTICE 'Update of roles'; FOR r IN SELECT c FROM t LOOP EXECUTE r.c; END LOOP; END $$",
        true
    )]
    [InlineData("DO $$ DECLARE c text; BEGIN SELECT d INTO c FROM t; EXECUTE c; END $$", true)]
    [InlineData("CREATE TABLE t AS SELECT query_to_xml(a, true, true, '') FROM s", true)]
    [InlineData("DO $$ BEGIN EXECUTE format('SET %s %I', a, b); END $$", true)]
    [InlineData("DO $$ BEGIN EXECUTE format('CREATE TABLE %I PARTITION OF t DEFAULT', n); EXECUTE ('DROP TABLE ' || n); END $$", false)]
    [InlineData("DO $$ DECLARE c varchar(100); BEGIN c = 'UPDATE t SET a = 1'; c := c || ' WHERE b = 2'; EXECUTE c; END $$", false)]
    [InlineData(
        "DO $$ DECLARE c text; BEGIN FOR c IN SELECT format('ALTER TABLE %I ADD b int', a) FROM t LOOP EXECUTE c; END LOOP; END $$",
        false
    )]
    [InlineData("DO $$ DECLARE c text; BEGIN SELECT string_agg(format('DROP INDEX %I', a), ';') INTO c FROM t; EXECUTE c; END $$", false)]
    [InlineData(
        "DO $$ DECLARE r record; BEGIN FOR r IN SELECT 'GRANT SELECT ON ' || a AS c FROM t LOOP EXECUTE r.c; END LOOP; END $$",
        false
    )]
    [InlineData(
        "DO $$ DECLARE a text[] := ARRAY['DROP TABLE x']; c text; BEGIN FOREACH c IN ARRAY a LOOP EXECUTE CASE WHEN b "
            + "THEN 'DROP TABLE x' END; END LOOP; END $$",
        false
    )]
    [InlineData("EXECUTE prepared(1)", false)]
    [InlineData("CREATE TRIGGER g AFTER INSERT ON t EXECUTE FUNCTION f()", false)]
    [InlineData("GRANT EXECUTE ON FUNCTION f() TO a", false)]
    public void Text_that_is_executed_and_not_seen(string statement, bool isUnseen) =>
        Assert.Equal(isUnseen, new ReachReader().Find(statement)?.Reach == Reach.Unseen);

    [Theory]
    [InlineData("SELECT runs('ALTER ROLE a LOGIN')", Reach.Cluster)]
    [InlineData("SELECT runs(c) FROM x", Reach.Unseen)]
    [InlineData("INSERT INTO s.t VALUES (1)", Reach.World)]
    [InlineData("WITH x AS (DELETE FROM ONLY t RETURNING 1) SELECT 1", Reach.World)]
    [InlineData("COPY t FROM STDIN", Reach.World)]
    [InlineData("TRUNCATE TABLE t", Reach.World)]
    [InlineData("SELECT * FROM v", Reach.World)]
    [InlineData("UPDATE far SET a = 1", Reach.World)]
    [InlineData("SELECT writes()", Reach.World)]
    [InlineData("SELECT * FROM t JOIN far ON true", Reach.Database)]
    [InlineData("ALTER TABLE t ADD COLUMN b int", Reach.Database)]
    [InlineData("INSERT INTO other VALUES ('t', 'far')", Reach.Database)]
    internal void What_is_there_already_reaches_further_when_it_is_used(string statement, Reach reach)
    {
        var reader = new ReachReader();
        for (var round = 0; round < 2; round++)
        {
            reader.Know("runs", "BEGIN EXECUTE $1; END");
            reader.Know("fires", "BEGIN COPY t TO PROGRAM 'id'; RETURN NEW; END");
            reader.Know("writes", "INSERT INTO t VALUES (1)");
            reader.KnowRelation("t", isView: false, "fires");
            reader.KnowRelation("v", isView: true, "fires");
            reader.KnowRelation("other", isView: false, "harmless");
            reader.KnowRelation("far", isView: false, function: null);
        }

        Assert.Equal(reach, reader.Find(statement)?.Reach ?? Reach.Database);
    }

    [Fact]
    public void The_line_is_that_of_the_place_in_the_body() =>
        Assert.Equal(3, new ReachReader().Find("DO\n$$\nBEGIN\n  CREATE ROLE a;\nEND $$")!.Line);

    private static (Reach, string)? Read(string statement) =>
        new ReachReader().Find(statement) is { } found ? (found.Reach, found.What) : null;
}
