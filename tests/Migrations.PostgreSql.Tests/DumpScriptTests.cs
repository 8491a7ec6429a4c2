using System.Diagnostics;
using System.Globalization;
using Migrations.Testing;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>What <c>pg_dump</c> writes, used as a migration.</summary>
public sealed class DumpScriptTests
{
    private const string Source = """"
        CREATE SCHEMA app;
        CREATE TYPE app.mood AS ENUM ('good', 'it''s; bad');
        CREATE TABLE app.people (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL CHECK (name <> ''), mood app.mood,
            notes jsonb, raw bytea);
        CREATE TABLE app."odd; ""name""" (id serial PRIMARY KEY, person bigint REFERENCES app.people (id) ON DELETE CASCADE,
            at timestamptz DEFAULT now());
        CREATE TABLE app.parted (id int, part int) PARTITION BY LIST (part);
        CREATE TABLE app.parted_1 PARTITION OF app.parted FOR VALUES IN (1);
        CREATE FUNCTION app.shout(a text) RETURNS text LANGUAGE plpgsql AS $body$
        BEGIN
          -- a comment; with 'quotes' and $$
          RETURN upper(a) || ';';
        END $body$;
        CREATE FUNCTION app.touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.name := trim(NEW.name); RETURN NEW; END $$;
        CREATE TRIGGER touch BEFORE INSERT ON app.people FOR EACH ROW EXECUTE FUNCTION app.touch();
        CREATE VIEW app.names AS SELECT name FROM app.people WHERE mood = 'good';
        CREATE MATERIALIZED VIEW app.counts AS SELECT count(*) AS n FROM app.people;
        CREATE RULE nothing AS ON DELETE TO app.names DO INSTEAD NOTHING;
        CREATE INDEX people_name ON app.people (lower(name));
        ALTER TABLE app.people ENABLE ROW LEVEL SECURITY;
        CREATE POLICY mine ON app.people USING (name = current_user);
        COMMENT ON TABLE app.people IS 'one; ''two''';
        INSERT INTO app.people (name, mood, notes, raw) VALUES (E'tab\t, line\n, back\\slash', 'it''s; bad', '{"a": "\\."}', '\x00ff'),
            ('\.', 'good', NULL, NULL);
        INSERT INTO app."odd; ""name""" (person, at) VALUES (1, '2026-01-01 00:00:00+00'), (2, NULL);
        INSERT INTO app.parted VALUES (1, 1);
        SELECT setval('app."odd; ""name""_id_seq"', 77);
        """";

    private const string Settings = """
        SELECT current_user || ' ' || string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings
        WHERE name IN ('search_path', 'role', 'session_authorization', 'row_security', 'statement_timeout',
            'idle_in_transaction_session_timeout', 'client_min_messages',
            'check_function_bodies', 'xmloption', 'default_tablespace', 'default_table_access_method', 'standard_conforming_strings',
                'client_encoding', 'TimeZone')
        """;

    // Since version 14.
    private const string Body =
        "\nCREATE FUNCTION app.one() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 ELSE 2 END; END;";

    private const string WithoutHistory = "--exclude-table=public.migration_journal*";

    private const string Leaky = """
        SET statement_timeout = 12345;
        SET lock_timeout = 0;
        SET idle_in_transaction_session_timeout = 54321;
        SET client_encoding = 'UTF8';
        SET standard_conforming_strings = on;
        SELECT pg_catalog.set_config('search_path', '', false);
        SET check_function_bodies = false;
        SET xmloption = content;
        SET client_min_messages = warning;
        SET row_security = off;
        SET default_tablespace = '';
        SET ROLE pg_monitor;
        """;

    [Theory]
    [InlineData]
    [InlineData("--inserts")]
    [InlineData("--column-inserts", "--rows-per-insert=2", "--disable-triggers")]
    [InlineData("--clean", "--if-exists")]
    [InlineData("--schema-only", "--no-owner", "--no-privileges")]
    public async Task A_dump_makes_the_same_database(params string[] options)
    {
        await using var source = await DriverFixture.CreateAsync();
        await using var copy = await DriverFixture.CreateAsync();
        await (await source.BeginAsync()).RunAsync(
            source.Step(source.Database.Server.MajorVersion >= 14 ? Source + Body : Source),
            CancellationToken.None
        );
        var dump = await DumpAsync(source.Database, [.. options, WithoutHistory]);
        var session = await copy.BeginAsync();

        await session.RunAsync(copy.Step(dump), CancellationToken.None);

        Assert.Equal(Comparable(dump), Comparable(await DumpAsync(copy.Database, [.. options, WithoutHistory])));
        Assert.Single(await session.History.ReadAsync(CancellationToken.None));
    }

    [Fact]
    public async Task A_dump_that_changes_the_database_is_refused_by_line_with_the_way_out()
    {
        await using var source = await PostgreSqlTestDatabase.CreateAsync();
        var dump = await DumpAsync(source, ["--create"]);
        var line = dump.Split('\n').TakeWhile(l => !l.StartsWith("\\connect", StringComparison.Ordinal)).Count() + 1;

        var problems = PostgreSqlAnalyzer.Analyze(Scripts.Of(dump)).Problems;

        var problem = Assert.Single(problems, p => p.Id == ErrorId.ShellCommandInvalid);
        Assert.Equal(line, problem.Location.Line);
        Assert.Contains("a migration runs in the database that it was given", problem.Remedy.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\\connect other", "database that it was given")]
    [InlineData("\\c other", "database that it was given")]
    [InlineData("\\i other.sql", "Put the statements of that file in its place")]
    [InlineData("\\ir other.sql", "Put the statements of that file in its place")]
    [InlineData("\\set x 1", "as SQL")]
    [InlineData("\\if true", "as SQL")]
    [InlineData("\\copy t FROM 'file'", "COPY ... FROM STDIN")]
    [InlineData("\\echo hello", "Take it out")]
    public void Commands_of_psql_are_refused_by_line_with_the_way_out(string command, string remedy)
    {
        var script = $"\\restrict aBc1'\nSELECT 1;\n{command}\nSELECT 2;\n\\unrestrict aBc1'\n";

        var problem = Assert.Single(PostgreSqlAnalyzer.Analyze(Scripts.Of(script)).Problems);

        Assert.Equal((ErrorId.ShellCommandInvalid, 3), (problem.Id, problem.Location.Line));
        Assert.Contains(remedy, problem.Remedy.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Settings_of_a_dump_do_not_reach_the_next_migration(bool fails)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        await session.RunAsync(fixture.Step("CREATE TABLE seen (s text);\n" + Seen, "001_before"), CancellationToken.None);
        if (fails)
            await fixture.FailAsync(session, Leaky + "SELECT nope;");
        else
            await session.RunAsync(fixture.Step(Leaky + "SELECT 1;", "002_leaky"), CancellationToken.None);
        await session.RunAsync(fixture.Step(Seen, "003_after"), CancellationToken.None);

        await AssertSameAsync(fixture);
    }

    [Fact]
    public async Task Nor_do_they_in_a_run_of_one_transaction()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        var steps = new[]
        {
            fixture.Step("CREATE TABLE public.seen (s text);\n" + Seen, "001_before"),
            fixture.Step(Leaky + "SELECT 1;", "002_leaky"),
            fixture.Step(Seen, "003_after"),
        };
        await using (var run = await session.BeginRunAsync(steps, CancellationToken.None))
        {
            foreach (var step in steps)
                await session.RunAsync(step, CancellationToken.None);
            await run.CommitAsync(CancellationToken.None);
        }

        await AssertSameAsync(fixture);
    }

    [Fact]
    public async Task Nor_do_they_when_the_script_has_no_transaction()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        await session.RunAsync(fixture.Step("CREATE TABLE seen (s text);\n" + Seen, "001_before"), CancellationToken.None);
        var leaky = fixture.Step(Leaky, "002_leaky", new MigrationHeader { Transaction = false });
        foreach (var statement in new PostgreSqlDialect().Split(leaky.Script))
            await session.ExecuteAsync(leaky, statement, CancellationToken.None);
        await session.RunAsync(fixture.Step(Seen, "003_after"), CancellationToken.None);

        await AssertSameAsync(fixture);
    }

    private static string Seen => $"INSERT INTO public.seen {Settings};";

    private static async Task AssertSameAsync(DriverFixture fixture)
    {
        var seen = await fixture.Database.RowsAsync("SELECT s FROM seen");
        Assert.Equal(2, seen.Count);
        Assert.Equal(seen[0], seen[1]);
    }

    // Newer versions write a random word behind \restrict and \unrestrict.
    private static string Comparable(string dump) =>
        string.Join(
            '\n',
            dump.Split('\n')
                .Where(l =>
                    !l.StartsWith("\\restrict", StringComparison.Ordinal) && !l.StartsWith("\\unrestrict", StringComparison.Ordinal)
                )
        );

    private static async Task<string> DumpAsync(PostgreSqlTestDatabase database, string[] options)
    {
        var start = new ProcessStartInfo(Prerequisite.PgDump(), options)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var server = database.Server;
        foreach (
            var (name, value) in new[]
            {
                ("PGHOST", server.Host),
                ("PGPORT", server.Port.ToString(CultureInfo.InvariantCulture)),
                ("PGUSER", server.User),
                ("PGPASSWORD", server.Password),
                ("PGDATABASE", database.Name),
                ("PGCLIENTENCODING", "UTF8"),
            }
        )
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var dump = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, await errors);
        return dump;
    }
}
