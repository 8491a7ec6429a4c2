using Migrations.Databases;
using Migrations.Testing;
using Npgsql;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>Databases, clients and servers that do not speak UTF-8, or English.</summary>
public sealed class EncodingTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_backslash_is_one_whatever_the_database_takes_it_for_and_a_backup_of_it_is_proven(bool transaction)
    {
        Prerequisite.PgDump();
        await using var fixture = await DriverFixture.CreateAsync();
        using var folder = new TemporaryFolder();
        await fixture.Database.ExecuteAsync($"ALTER DATABASE {fixture.Database.Name} SET standard_conforming_strings = off");
        var session = await fixture.BeginAsync();
        var step = fixture.Step("CREATE TABLE t (a text DEFAULT 'x\\y');", header: new MigrationHeader { Transaction = transaction });
        if (transaction)
            await session.RunAsync(step, CancellationToken.None);
        else
            await session.ExecuteAsync(step, new PostgreSqlDialect().Split(step.Script).Single(), CancellationToken.None);
        await fixture.Database.ExecuteAsync("INSERT INTO t DEFAULT VALUES");

        Assert.Equal("x\\y", await fixture.Database.ScalarAsync("SELECT a FROM t"));
        var driver = new PostgreSqlDriver();
        var target = driver.Parse(fixture.Database.Address, folder.Path)!;
        foreach (var format in (BackupFormat[])[BackupFormat.Native, BackupFormat.Sql])
        {
            var backup = await new BackupManager(driver, target).BackUpAsync(
                new Backup.BackupRequest
                {
                    Folder = Directory.CreateDirectory(folder[format.ToString()]).FullName,
                    Format = format,
                    Digests = true,
                }
            );
            Assert.True((await new Backup.BackupVerifier(driver).VerifyAsync(backup, target, full: true)).Proven);
        }
    }

    [Fact]
    public async Task Names_and_comments_that_are_not_UTF8_are_backed_up_from_a_database_without_an_encoding()
    {
        Prerequisite.PgDump();
        var server = PostgreSqlServer.Shared;
        using var folder = new TemporaryFolder();
        await using var database = PostgreSqlTestDatabase.Of(server, "raw_" + Guid.NewGuid().ToString("N")[..12]);
        await server.ExecuteAsync($"CREATE DATABASE {database.Name} ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
        await database.ExecuteAsync(
            """
            CREATE TABLE t (a text); INSERT INTO t VALUES ('x'); CREATE TABLE "ä€" (a int); INSERT INTO "ä€" VALUES (1);
            DO $$ BEGIN EXECUTE 'COMMENT ON TABLE t IS ' || quote_literal('caf' || chr(233)); END $$
            """
        );
        var driver = new PostgreSqlDriver();
        var target = driver.Parse(database.Address, folder.Path)!;
        var manager = new BackupManager(driver, target);
        var backup = await manager.BackUpAsync(new Backup.BackupRequest { Folder = folder.Path });

        Assert.Equal(
            [("public.\"\u00e4\u20ac\"", 1L), ("public.t", 1L)],
            backup.Manifest!.Tables.Select(t => (t.Table, t.Rows!.Value)).OrderBy(t => t.Table == "public.t")
        );
        Assert.True((await new Backup.BackupVerifier(driver).VerifyAsync(backup, target)).Proven);
        await database.ExecuteAsync("DO $$ BEGIN EXECUTE 'CREATE TABLE na' || chr(239) || 've (a int)'; END $$");
        var events = new RecordingEventSink();
        backup = await new BackupManager(
            driver,
            target,
            new Backup.BackupOptions { Session = new SessionOptions { Events = events } }
        ).BackUpAsync(new Backup.BackupRequest { Folder = folder.Path });
        Assert.Null(backup.Manifest!.Tables.Single(t => t.Table == "public.\"na\\357ve\"").Rows);
        Assert.Contains(events.Of<Events.WarningRaised>(), w => w.Message.Contains("bytes that are not UTF-8", StringComparison.Ordinal));
        var result = await new BackupManager(driver, target, new Backup.BackupOptions()).RestoreAsync(backup);
        await server.ExecuteAsync($"DROP DATABASE \"{result.Kept}\"");
        Assert.Equal(
            "3",
            await database.ScalarAsync("SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
        );
    }

    [Theory]
    [InlineData("Client Encoding=LATIN1")]
    [InlineData("Encoding=iso-8859-1")]
    public async Task Scripts_are_sent_as_UTF8_whatever_the_client_is_set_to(string setting)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.OpenAsync(address: fixture.Database.ConnectionString + ";" + setting);
        await session.LockAsync(CancellationToken.None);
        await session.History.EnsureAsync(CancellationToken.None);
        await session.RunAsync(fixture.Step("CREATE TABLE t (a text); INSERT INTO t VALUES ('ä€')"), CancellationToken.None);
        Assert.Equal("ä€ 2", await fixture.Database.ScalarAsync("SELECT a || ' ' || length(a) FROM t"));
    }

    [Theory]
    [InlineData("LATIN1", "-- a dash \u2014\nSELECT 1", null, "a dash ? \u00e9")]
    [InlineData("LATIN1", "-- \u00e9\nSELECT 1", "-- \u00e9\nSELECT 1", "a dash ? \u00e9")]
    [InlineData("WIN1251", "-- \u00e9\nSELECT 1", null, "a dash \u2014 ?")]
    [InlineData("WIN1251", "-- \u0436 \u2014\nSELECT 1", "-- \u0436 \u2014\nSELECT 1", "a dash \u2014 ?")]
    [InlineData("SQL_ASCII", "-- \u00e9 \u2014\nSELECT 1", "-- \u00e9 \u2014\nSELECT 1", "a dash \u2014 \u00e9")]
    public async Task What_a_database_of_another_encoding_cannot_store_keeps_no_script_from_running(
        string encoding,
        string script,
        string? stored,
        string description
    )
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var server = fixture.Database.Server;
        await using var other = PostgreSqlTestDatabase.Of(server, "enc_" + Guid.NewGuid().ToString("N")[..12]);
        await server.ExecuteAsync($"CREATE DATABASE {other.Name} ENCODING '{encoding}' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
        await using (var session = await fixture.OpenAsync(address: server.UrlOf(other.Name)))
        {
            await session.LockAsync(CancellationToken.None);
            await session.History.EnsureAsync(CancellationToken.None);
            var step = fixture.Step(script);
            await session.RunAsync(
                step with
                {
                    Entry = step.Entry with { Script = script, Description = "a dash \u2014 \u00e9" },
                },
                CancellationToken.None
            );
            var row = Assert.Single(await session.History.ReadAsync(CancellationToken.None));
            Assert.Equal(description, row.Description);
            Assert.Equal(stored, await session.History.ReadScriptAsync(row.Id, CancellationToken.None));
        }
    }

    [Theory]
    [InlineData("SET client_encoding = 'LATIN1'")]
    [InlineData("set session names latin1")]
    [InlineData("BEGIN; SET LOCAL client_encoding TO LATIN1")]
    public async Task A_script_that_says_how_it_is_written_is_read_as_UTF8_all_the_same(string says)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        var end = says.StartsWith("BEGIN", StringComparison.Ordinal) ? "; COMMIT" : "";
        await session.RunAsync(
            fixture.Step($"{says}; CREATE TABLE t (a text); INSERT INTO t VALUES ('ä€'){end}", "001_ä"),
            CancellationToken.None
        );
        var outside = fixture.Step(
            $"SET client_encoding = 'LATIN1'; INSERT INTO t VALUES ('ö')",
            "002_ö",
            new MigrationHeader { Transaction = false }
        );
        foreach (var statement in new PostgreSqlDialect().Split(outside.Script))
            await session.ExecuteAsync(outside, statement, CancellationToken.None);
        Assert.Equal(["ä€", "ö"], await fixture.Database.RowsAsync("SELECT a FROM t ORDER BY a COLLATE \"C\""));
        Assert.Equal("001_ä", Assert.Single(await session.History.ReadAsync(CancellationToken.None)).Name);
    }

    [Theory]
    [InlineData("PL/pgSQL function inline_code_block line 4 at PERFORM", 5)]
    [InlineData("PL/pgSQL-Funktion inline_code_block Zeile 4 bei PERFORM", 5)]
    [InlineData("PL/pgSQL関数inline_code_blockの4行目 - PERFORM", 5)]
    public void The_line_in_a_block_is_found_in_any_language(string where, int line)
    {
        var error = new PostgresException("no", "FEHLER", "ERROR", "42703", where: where);
        var piece = Scripts
            .Pieces("SELECT 1;\nDO $$\nBEGIN\n PERFORM 1;\n PERFORM nix;\nEND$$;")
            .Last(p => p.Kind == SqlPieceKind.Statement);
        Assert.Equal(line, StatementFailure.Of(error, Scripts.Of("x"), piece, blocker: null, attempts: 1).Location?.Line);
    }

    [Theory]
    [InlineData("COPY t, line 2, column a: \"x\"", 4)]
    [InlineData("COPY t, Zeile 2, Spalte a: »x«", 4)]
    public void The_line_in_copied_data_is_found_in_any_language(string where, int line)
    {
        var error = new PostgresException("no", "FEHLER", "ERROR", "22P02", where: where);
        var piece = Scripts.Pieces("SELECT 1;\nCOPY t FROM STDIN;\n1\nx\n\\.\n").Last(p => p.Kind == SqlPieceKind.Statement);
        Assert.Equal(line, StatementFailure.Of(error, Scripts.Of("x"), piece, blocker: null, attempts: 1).Location?.Line);
    }
}
