using System.Text;
using Migrations.Databases;
using Migrations.Testing;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>What may stand in a backup beside a dump: whoever may write the file must not run anything by it.</summary>
public sealed class DumpGuardTests
{
    private const string Hidden =
        "CREATE FUNCTION f() RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN EXECUTE reverse('MARGORP') || '{0}'; RETURN 1; END $$;\n";

    private static readonly PostgreSqlDriver Driver = new();

    public DumpGuardTests() => Prerequisite.PgDump();

    [Theory]
    [InlineData("\\! touch {0}", "the command \\! of psql")]
    [InlineData("\\o | touch {0}\nSELECT 1;", "the command \\o of psql")]
    [InlineData("SELECT 1 \\g | touch {0}", "the command \\g of psql")]
    [InlineData("SELECT 'touch {0}' \\gexec", "the command \\gexec of psql")]
    [InlineData("\\copy (SELECT 1) TO PROGRAM 'touch {0}'", "the command \\copy of psql")]
    [InlineData("\\connect postgres", "the command \\connect of psql")]
    [InlineData("\\i /etc/passwd", "the command \\i of psql")]
    [InlineData("\\set x `touch {0}`", "the command \\set of psql")]
    [InlineData("\\restrict k\r\\! touch {0}", "the command \\! of psql")]
    [InlineData("SELECT $$ $$ \\! touch {0}", "the command \\! of psql")]
    [InlineData("COPY t FROM stdin;\n1\n\\.\n\\! touch {0}", "the command \\! of psql")]
    [InlineData("SELECT 'a\0b';\n\\! touch {0}", "a NUL character")]
    [InlineData("COPY (SELECT 1) TO PROGRAM 'touch {0}';", "COPY TO PROGRAM")]
    [InlineData("DO $$ BEGIN EXECUTE 'COPY t TO PROGRAM ''touch {0}'''; END $$;", "COPY TO PROGRAM")]
    [InlineData("SELECT lo_export(lo_from_bytea(0, 'x'), '{0}');", "lo_export()")]
    [InlineData(
        "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN COPY t TO PROGRAM 'touch {0}'; RETURN 1; END "
            + "$$;\nCREATE INDEX i ON t (f());",
        "the use of f"
    )]
    [InlineData(
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN COPY t TO PROGRAM 'touch {0}'; RETURN NEW; END "
            + "$$;\nCREATE TRIGGER g BEFORE INSERT ON t EXECUTE FUNCTION f();\nINSERT INTO t VALUES (1);",
        "data behind a trigger"
    )]
    [InlineData(
        "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN COPY t TO PROGRAM 'touch {0}'; END "
            + "$$;\nCREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION f();",
        "the use of f"
    )]
    [InlineData(Hidden + "CREATE INDEX i ON t (f());", "the use of f may reach")]
    [InlineData(Hidden + "ALTER TABLE t ADD CONSTRAINT c CHECK (f() > 0);", "the use of f may reach")]
    [InlineData(Hidden + "ALTER TABLE t ADD COLUMN b int DEFAULT f();", "the use of f may reach")]
    [InlineData(Hidden + "CREATE TABLE u (a int, b int DEFAULT f());\nINSERT INTO u (a) VALUES (1);", "the use of u may reach")]
    [InlineData(Hidden + "CREATE TABLE u (a int, b int DEFAULT f());\nCOPY u (a) FROM stdin;\n1\n\\.\n", "the use of u may reach")]
    [InlineData(
        Hidden + "CREATE TABLE u (a int, b int DEFAULT f());\nCOPY u (a, b) FROM stdin WITH (DEFAULT 'x');\n1\tx\n\\.\n",
        "the use of u may reach"
    )]
    [InlineData(
        Hidden + "CREATE TABLE u (a int, b int DEFAULT f());\nCREATE TABLE w (LIKE u INCLUDING ALL);\nCOPY w (a) FROM stdin;\n1\n\\.\n",
        "the use of w may reach"
    )]
    [InlineData(
        Hidden + "CREATE TABLE u (a int, b int DEFAULT f());\nALTER TABLE u RENAME TO w;\nCOPY w (a) FROM stdin;\n1\n\\.\n",
        "another name"
    )]
    [InlineData(
        Hidden
            + "CREATE TABLE u (a int, b int DEFAULT f());\nALTER TABLE ONLY u ALTER COLUMN a SET DEFAULT 1, ADD COLUMN c int DEFAULT f();",
        "the use of f may reach"
    )]
    [InlineData(
        "CREATE TABLE u (a int);\nCREATE FUNCTION g() RETURNS int LANGUAGE sql AS 'INSERT INTO u (a) VALUES (1) RETURNING a';\n"
            + Hidden
            + "ALTER TABLE ONLY u ALTER COLUMN a SET DEFAULT f();\nSELECT g();",
        "the use of g may reach"
    )]
    [InlineData(
        "CREATE FUNCTION g() RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN RETURN f(); END $$;\n"
            + Hidden
            + "CREATE INDEX i ON t (g());",
        "the use of g may reach"
    )]
    [InlineData(Hidden + "CREATE TABLE u (a int CHECK (f() > 0));", "the use of f may reach")]
    [InlineData(Hidden + "CREATE TABLE u (a int, b int GENERATED ALWAYS AS (f()) STORED);", "the use of f may reach")]
    [InlineData(Hidden + "CREATE DOMAIN d AS int CHECK (f() > 0);", "the use of f may reach")]
    [InlineData(Hidden + "CREATE MATERIALIZED VIEW m AS SELECT f();", "the use of f may reach")]
    [InlineData(Hidden + "CREATE MATERIALIZED VIEW m AS SELECT f() WITH NO DATA;\nREFRESH MATERIALIZED VIEW m;", "the use of m may reach")]
    [InlineData(Hidden + "CREATE VIEW v AS SELECT f();\nCREATE TABLE u AS SELECT * FROM v;", "the use of v may reach")]
    [InlineData(
        "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE reverse('x'); END $$;\n"
            + "CREATE EVENT TRIGGER e ON ddl_command_start EXECUTE FUNCTION f();\nCREATE TABLE u (a int);",
        "a definition behind an event trigger"
    )]
    [InlineData(
        "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN EXECUTE reverse('x'); RETURN NEW; END $$;\n"
            + "CREATE TRIGGER g BEFORE INSERT ON t EXECUTE FUNCTION f();\nINSERT INTO t VALUES (1);",
        "data behind a trigger"
    )]
    [InlineData("CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p;", "CREATE SUBSCRIPTION")]
    [InlineData("CREATE ROLE somebody;", "CREATE ROLE")]
    [InlineData(
        "SET standard_conforming_strings = off;\nSELECT '\\''; COPY (SELECT 1) TO PROGRAM 'touch {0}'; --';",
        "what would let the server read the rest"
    )]
    [InlineData("SELECT set_config('standard_conforming' || '_strings', 'off', false);", "what would let the server read the rest")]
    [InlineData("CREATE FUNCTION f() RETURNS int LANGUAGE c AS '{0}';", "CREATE FUNCTION in the language c")]
    public async Task Nothing_is_run_and_the_line_is_named(string attack, string what)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var folder = new TemporaryFolder();
        await fixture.Database.ExecuteAsync("CREATE TABLE t (a int)");
        var planted = "/tmp/migrations_" + Guid.NewGuid().ToString("N");
        var path = Path.Combine(folder.Path, "x.sql");
        await Driver.Backups.BackUpAsync(
            Driver.Parse(fixture.Database.Address, "/")!,
            new BackupJob { Path = path, Format = BackupFormat.Sql },
            CancellationToken.None
        );
        var dump = await File.ReadAllTextAsync(path);
        var end = dump.IndexOf("--\n-- PostgreSQL database dump complete", StringComparison.Ordinal);
        await File.WriteAllTextAsync(path, dump[..end] + attack.Replace("{0}", planted, StringComparison.Ordinal) + "\n" + dump[end..]);
        await using var empty = await PostgreSqlTestDatabase.CreateAsync();

        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            Driver.Backups.LoadAsync(
                new BackupSource(path, BackupFormat.Sql),
                Driver.Parse(empty.Address, "/")!,
                new(),
                CancellationToken.None
            )
        );

        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.Matches("x[.]sql:[0-9]+: ", error.Message);
        Assert.Empty(await empty.TablesAsync());
        Assert.False(File.Exists(planted));
    }

    [Fact]
    public async Task What_the_filter_does_not_see_psql_refuses()
    {
        var version = PostgreSqlServer.Shared.MajorVersion;
        await using var empty = await PostgreSqlTestDatabase.CreateAsync();
        var planted = "/tmp/migrations_" + Guid.NewGuid().ToString("N");
        var loader = new ScriptLoader(
            ClientTools.For(new Version(version, 0)),
            Driver.Parse(empty.Address, "/")!,
            new ScriptFilter(withOwners: true, version, new DumpGuard("'x'"))
        );
        // In an encoding in which the quote is the second byte of a letter, and by a variable's name that takes a part of a word.
        foreach (
            var script in (string[])
                [
                    $"SELECT 1 :x$$ $$ \\! touch {planted}\n $$ $$;",
                    $"SET client_encoding = 'SJIS';\nSELECT '\u0081' $a$' \\! touch {planted}\n' $a$;",
                ]
        )
        {
            using var stream = new MemoryStream(Encoding.Latin1.GetBytes(script));
            await Assert.ThrowsAsync<MigrationException>(() => loader.LoadAsync(stream, CancellationToken.None));
            Assert.False(File.Exists(planted));
        }
    }

    [Theory]
    [InlineData(BackupFormat.Sql)]
    [InlineData(BackupFormat.Native)]
    [InlineData(BackupFormat.Directory)]
    public async Task What_pg_dump_writes_passes(BackupFormat format)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var folder = new TemporaryFolder();
        await fixture.Database.ExecuteAsync(
            """
            CREATE TABLE t (a int, b text DEFAULT 'C:\'); INSERT INTO t VALUES (1, '\! ls'), (2, E'a\\.\nb');
            CREATE FUNCTION ended() RETURNS bool LANGUAGE plpgsql AS $$ BEGIN /* \! ls */ RETURN pg_terminate_backend(1); END $$;
            CREATE VIEW files AS SELECT pg_ls_dir('.') AS name;
            CREATE FUNCTION tells() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_reload_conf(); RETURN NULL; END $$;
            CREATE TRIGGER tells AFTER DELETE ON t EXECUTE FUNCTION tells();
            CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;
            CREATE USER MAPPING FOR CURRENT_USER SERVER s OPTIONS (password 'x');
            CREATE FOREIGN TABLE elsewhere (a int) SERVER s; COMMENT ON SERVER s IS 'it''s far \! away';
            CREATE SUBSCRIPTION sub CONNECTION 'dbname=nowhere' PUBLICATION p WITH (connect = false, slot_name = NONE);
            SELECT lo_from_bytea(0, 'x');
            """
        );
        try
        {
            var path = Path.Combine(folder.Path, "x" + Driver.Backups.Extension(format));
            var content = await Driver.Backups.BackUpAsync(
                Driver.Parse(fixture.Database.Address, "/")!,
                new BackupJob { Path = path, Format = format },
                CancellationToken.None
            );
            await using var scratch = await Driver.Scratch.CreateAsync(
                new Databases.ScratchRequest { Origin = Driver.Parse(fixture.Database.Address, "/")! },
                CancellationToken.None
            );
            await Driver.Backups.LoadAsync(new BackupSource(path, format), scratch.Target, new(), CancellationToken.None);
            await using var copy = await Driver.OpenAsync(scratch.Target, new(), CancellationToken.None);
            Assert.Equal(content.SchemaFingerprint, (await copy.Inspector.ReadSchemaAsync(CancellationToken.None)).Fingerprint);
        }
        finally
        {
            await fixture.Database.ExecuteAsync("DROP SUBSCRIPTION sub");
        }
    }

    [Theory]
    [InlineData(BackupFormat.Native)]
    [InlineData(BackupFormat.Directory)]
    public async Task An_archive_is_looked_through_too(BackupFormat format)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var folder = new TemporaryFolder();
        await fixture.Database.ExecuteAsync(
            "CREATE TABLE t (a int); INSERT INTO t VALUES (1); CREATE VIEW v AS SELECT "
                + "'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' AS a"
        );
        var path = Path.Combine(folder.Path, "x" + Driver.Backups.Extension(format));
        await Driver.Backups.BackUpAsync(
            Driver.Parse(fixture.Database.Address, "/")!,
            new BackupJob { Path = path, Format = format },
            CancellationToken.None
        );
        var contents = format == BackupFormat.Directory ? Path.Combine(path, "toc.dat") : path;
        var archive = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(contents));
        foreach (
            var (from, to, what) in ((string, string, string)[])
                [
                    ("COPY public.t (a) FROM stdin;", "COPY t FROM PROGRAM 'id -u' ;", "TABLE DATA t: COPY FROM PROGRAM"),
                    ("DROP VIEW public.v;", "DROP x;LOAD '/xxx';", "VIEW v: LOAD"),
                    ("CREATE VIEW public.v AS", "LOAD '/x.so'; SELECT 1,", "VIEW v: LOAD"),
                ]
        )
        {
            Assert.Contains(from, archive, StringComparison.Ordinal);
            await File.WriteAllBytesAsync(contents, Encoding.Latin1.GetBytes(archive.Replace(from, to, StringComparison.Ordinal)));
            await using var empty = await PostgreSqlTestDatabase.CreateAsync();
            var error = await Assert.ThrowsAsync<MigrationException>(() =>
                Driver.Backups.LoadAsync(new BackupSource(path, format), Driver.Parse(empty.Address, "/")!, new(), CancellationToken.None)
            );
            Assert.Equal(ErrorId.ReachesBeyondCopy, error.Id);
            Assert.Contains(what, error.Message, StringComparison.Ordinal);
        }
    }
}
