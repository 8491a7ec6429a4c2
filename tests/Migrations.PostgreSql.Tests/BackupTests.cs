using Migrations.Backup;
using Migrations.Databases;
using Migrations.Testing;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>Backups on a real server, written and loaded by PostgreSQL's own programs.</summary>
public sealed class BackupTests
{
    private static readonly PostgreSqlDriver Driver = new();

    public BackupTests() => Prerequisite.PgDump();

    [Fact]
    public async Task A_table_that_cannot_be_counted_is_named_and_does_not_stop_the_backup_or_pass_for_proven()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        using var folder = new TemporaryFolder();
        await database.ExecuteAsync(
            """
            CREATE SCHEMA s; SET search_path = s; CREATE FUNCTION norm(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower(t) $$;
            CREATE FUNCTION key_of(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT norm(t) $$;
            CREATE TABLE public.a (n text); CREATE TABLE public.u (n text); CREATE INDEX un ON public.u (key_of(n));
            INSERT INTO public.a VALUES ('x')
            """
        );
        var events = new RecordingEventSink();
        var options = new BackupOptions { Session = new SessionOptions { Events = events } };
        var backup = await new BackupManager(Driver, Driver.Parse(database.Address, folder.Path)!, options).BackUpAsync(
            new BackupRequest { Folder = folder.Path, Digests = true }
        );

        Assert.Equal([("public.a", 1L), ("public.u", (long?)null)], backup.Manifest!.Tables.Select(t => (t.Table, t.Rows)));
        Assert.Contains(
            events.Of<Events.WarningRaised>(),
            w => w.Message.StartsWith("The rows of public.u were not counted: function norm(text) does not exist", StringComparison.Ordinal)
        );
        await database.ExecuteAsync("ALTER FUNCTION s.key_of SET search_path = s");
        var again = await new BackupManager(Driver, Driver.Parse(database.Address, folder.Path)!).BackUpAsync(
            new BackupRequest { Folder = folder.Path }
        );
        var manifest = again.Path + ".manifest.json";
        await File.WriteAllTextAsync(manifest, (await File.ReadAllTextAsync(manifest)).Replace("\"rows\": 0", "\"rows\": null"));
        var verification = await new BackupVerifier(Driver).VerifyAsync(
            await new BackupCatalogue([Driver]).FindAsync(again.Path),
            Driver.Parse(database.Address, folder.Path)!
        );
        Assert.False(verification.Proven);
        Assert.Contains(
            "public.u could not be counted in the source",
            verification.Checks.Single(c => c.Name == "rows").Message,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(
        """
            CREATE FUNCTION tidy(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN RETURN lower(trim(t)); END $$;
            CREATE FUNCTION slug_of(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE STRICT AS $$ BEGIN RETURN replace(tidy(t), ' ', '-');
                END $$;
            CREATE TABLE page (title text, slug text GENERATED ALWAYS AS (slug_of(title)) STORED);
            INSERT INTO page (title) VALUES ('Secret');
            """,
        "ALTER FUNCTION public.slug_of(text) SET search_path = public;"
    )]
    [InlineData(
        """
            CREATE FUNCTION norm(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT lower(t) $$;
            CREATE FUNCTION key_of(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT norm(t) $$;
            CREATE TABLE u (n text); CREATE INDEX un ON u (key_of(n)); INSERT INTO u VALUES ('Secret');
            """,
        "ALTER FUNCTION key_of SET search_path = public;"
    )]
    public async Task A_function_that_needs_a_search_path_is_named_with_the_command_that_helps(string sql, string help)
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        using var folder = new TemporaryFolder();
        await database.ExecuteAsync(sql);
        var driver = new PostgreSqlDriver();
        var target = driver.Parse(database.Address, folder.Path)!;
        var manager = new BackupManager(driver, target);
        var backup = await manager.BackUpAsync(new BackupRequest { Folder = folder.Path });

        var failed = (await new BackupVerifier(driver).VerifyAsync(backup, target)).Checks.Single(c => c.Status == CheckStatus.Fail);
        Assert.Equal("restore", failed.Name);
        Assert.Contains(help, failed.Recommendation, StringComparison.Ordinal);
        Assert.DoesNotContain("Secret", failed.Message, StringComparison.Ordinal);
        Assert.Contains(
            help,
            (await Assert.ThrowsAsync<MigrationException>(() => manager.RestoreAsync(backup))).NextStep.ToString(),
            StringComparison.Ordinal
        );

        await database.ExecuteAsync(help[..help.IndexOf(';', StringComparison.Ordinal)]);
        Assert.True(
            (
                await new BackupVerifier(driver).VerifyAsync(
                    await manager.BackUpAsync(new BackupRequest { Folder = Directory.CreateDirectory(folder["again"]).FullName }),
                    target
                )
            ).Proven
        );
    }

    [Theory]
    [InlineData(BackupFormat.Native)]
    [InlineData(BackupFormat.Directory)]
    [InlineData(BackupFormat.Sql)]
    public async Task What_is_loaded_is_what_the_backup_says(BackupFormat format)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var folder = new TemporaryFolder();
        await FillAsync(fixture);
        var path = Path.Combine(folder.Path, "a b" + Driver.Backups.Extension(format));
        var content = await Driver.Backups.BackUpAsync(
            Target(fixture),
            new BackupJob
            {
                Path = path,
                Format = format,
                Jobs = format == BackupFormat.Directory ? 2 : 1,
                Digests = true,
            },
            CancellationToken.None
        );
        Assert.Equal((format, "001_test", null), (Driver.Backups.Recognize(path), content.LastMigration, content.MigrationVersion));
        Assert.Equal(
            ["public.\"T 1\" 3", "public.migration_journal 1", "s.part_1 1", "s.unlogged 1"],
            content.Tables.Select(t => $"{t.Table} {t.Rows}")
        );
        if (!OperatingSystem.IsWindows())
            Assert.Equal(
                UnixFileMode.None,
                File.GetUnixFileMode(path)
                    & (UnixFileMode.GroupRead | UnixFileMode.OtherRead | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)
            );
        await using var scratch = await Driver.Scratch.CreateAsync(new ScratchRequest { Origin = Target(fixture) }, CancellationToken.None);
        await Driver.Backups.LoadAsync(new BackupSource(path, format), scratch.Target, new SessionOptions(), CancellationToken.None);
        await using var copy = await Driver.OpenAsync(scratch.Target, new SessionOptions(), CancellationToken.None);
        Assert.Equal(content.SchemaFingerprint, (await copy.Inspector.ReadSchemaAsync(CancellationToken.None)).Fingerprint);
        Assert.Equal(content.Tables, await copy.Inspector.ReadContentAsync(digests: true, CancellationToken.None));
    }

    [Fact]
    public async Task Counts_agree_with_the_dump_while_others_write()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var folder = new TemporaryFolder();
        await fixture.Database.ExecuteAsync(
            "CREATE TABLE t (a int); CREATE TABLE u (a int); INSERT INTO t SELECT generate_series(1, 50000)"
        );
        using var stop = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
                await fixture.Database.ExecuteAsync($"INSERT INTO t VALUES ({i}); INSERT INTO u VALUES ({i})");
        });
        var path = Path.Combine(folder.Path, "x.dump");
        var content = await Driver.Backups.BackUpAsync(Target(fixture), new BackupJob { Path = path }, CancellationToken.None);
        await stop.CancelAsync();
        await writing;
        await using var scratch = await Driver.Scratch.CreateAsync(new ScratchRequest { Origin = Target(fixture) }, CancellationToken.None);
        await Driver.Backups.LoadAsync(
            new BackupSource(path, BackupFormat.Native),
            scratch.Target,
            new SessionOptions(),
            CancellationToken.None
        );
        await using var copy = await Driver.OpenAsync(scratch.Target, new SessionOptions(), CancellationToken.None);
        var loaded = await copy.Inspector.ReadContentAsync(digests: false, CancellationToken.None);
        Assert.Equal(content.Tables, loaded);
        Assert.Equal(loaded[0].Rows, loaded[1].Rows + 50000);
    }

    [Fact]
    public async Task Two_scripts_of_one_database_are_equal()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var folder = new TemporaryFolder();
        await FillAsync(fixture);
        foreach (var name in (string[])["1.sql", "2.sql"])
            await Driver.Backups.BackUpAsync(
                Target(fixture),
                new BackupJob
                {
                    Path = Path.Combine(folder.Path, name),
                    Format = BackupFormat.Sql,
                    CountRows = false,
                },
                CancellationToken.None
            );
        Assert.Equal(
            await File.ReadAllTextAsync(Path.Combine(folder.Path, "1.sql")),
            await File.ReadAllTextAsync(Path.Combine(folder.Path, "2.sql"))
        );
    }

    [Theory]
    [InlineData(BackupFormat.Native, 0.5)]
    [InlineData(BackupFormat.Native, 0.95)]
    [InlineData(BackupFormat.Sql, 0.5)]
    [InlineData(BackupFormat.Sql, 0.99)]
    public async Task A_backup_that_is_cut_off_is_refused(BackupFormat format, double kept)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var folder = new TemporaryFolder();
        await fixture.Database.ExecuteAsync("CREATE TABLE t AS SELECT md5(i::text) AS a FROM generate_series(1, 5000) i");
        var path = Path.Combine(folder.Path, "x");
        await Driver.Backups.BackUpAsync(Target(fixture), new BackupJob { Path = path, Format = format }, CancellationToken.None);
        await using (var file = new FileStream(path, FileMode.Open))
            file.SetLength((long)(file.Length * kept));
        await using var scratch = await Driver.Scratch.CreateAsync(new ScratchRequest { Origin = Target(fixture) }, CancellationToken.None);
        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            Driver.Backups.LoadAsync(new BackupSource(path, format), scratch.Target, new SessionOptions(), CancellationToken.None)
        );
        Assert.Equal(ErrorId.BackupInvalid, error.Id);
    }

    [Fact]
    public async Task The_password_stands_on_no_command_line_and_in_no_message()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Looks into /proc.");
        await using var fixture = await DriverFixture.CreateAsync();
        using var folder = new TemporaryFolder();
        await fixture.Database.ExecuteAsync("CREATE TABLE t AS SELECT md5(i::text) AS a FROM generate_series(1, 100000) i");
        var lines = new HashSet<string>(StringComparer.Ordinal);
        var path = Path.Combine(folder.Path, "x.dump");
        var backup = Driver.Backups.BackUpAsync(Target(fixture), new BackupJob { Path = path }, CancellationToken.None);
        while (!backup.IsCompleted)
            lines.UnionWith(CommandLines().Where(l => l.Contains(path, StringComparison.Ordinal)));
        await backup;
        Assert.Contains(lines, l => l.Contains("pg_dump", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, l => fixture.Database.Secrets.Any(s => l.Contains(s, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_cancelled_backup_ends_its_program()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Looks into /proc.");
        await using var fixture = await DriverFixture.CreateAsync();
        using var folder = new TemporaryFolder();
        await fixture.Database.ExecuteAsync("CREATE TABLE t (a int)");
        await using var blocker = await fixture.Database.ConnectAsync();
        await using var command = blocker.CreateCommand();
        command.CommandText = "BEGIN; LOCK t IN ACCESS EXCLUSIVE MODE";
        await command.ExecuteNonQueryAsync();
        using var stop = new CancellationTokenSource();
        var path = Path.Combine(folder.Path, "x.dump");
        var backup = Driver.Backups.BackUpAsync(Target(fixture), new BackupJob { Path = path }, stop.Token);
        while (!CommandLines().Any(l => l.Contains(path, StringComparison.Ordinal)) && !backup.IsCompleted)
            await Task.Delay(20);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => backup);
        Assert.DoesNotContain(CommandLines(), l => l.Contains(path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_role_that_may_not_read_all_is_told_so()
    {
        await using var role = await PostgreSqlRole.CreateAsync();
        using var folder = new TemporaryFolder();
        await role.Database.ExecuteAsync("CREATE TABLE t (a int)");
        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            Driver.Backups.BackUpAsync(
                Driver.Parse(role.Address, "/")!,
                new BackupJob { Path = Path.Combine(folder.Path, "x") },
                CancellationToken.None
            )
        );
        Assert.Equal(ErrorId.PermissionDenied, error.Id);
        Assert.DoesNotContain(PostgreSqlRole.Password, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_globals_of_one_who_is_no_superuser_are_without_passwords()
    {
        await using var role = await PostgreSqlRole.CreateAsync();
        using var folder = new TemporaryFolder();
        var events = new RecordingEventSink();
        var job = new BackupJob
        {
            Path = Path.Combine(folder.Path, "x"),
            GlobalsPath = Path.Combine(folder.Path, "globals.sql"),
            Session = new SessionOptions { Events = events },
        };
        await Driver.Backups.BackUpAsync(Driver.Parse(role.Address, "/")!, job, CancellationToken.None);
        var text = await File.ReadAllTextAsync(job.GlobalsPath);
        Assert.Contains($"CREATE ROLE {role.Name}", text, StringComparison.Ordinal);
        Assert.DoesNotContain("SCRAM-SHA-256", text, StringComparison.Ordinal);
        Assert.Contains(
            events.Events,
            e => e is Migrations.Events.WarningRaised w && w.Message.Contains("passwords", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_server_that_dies_in_the_middle_is_a_lost_connection()
    {
        using var server = PostgreSqlServer.Start();
        var database = await PostgreSqlTestDatabase.CreateAsync(server);
        using var folder = new TemporaryFolder();
        await database.ExecuteAsync("CREATE TABLE t (a int); INSERT INTO t VALUES (1)");
        await using var blocker = await database.ConnectAsync();
        await using var command = blocker.CreateCommand();
        command.CommandText = "BEGIN; LOCK t IN ACCESS EXCLUSIVE MODE";
        await command.ExecuteNonQueryAsync();
        var path = Path.Combine(folder.Path, "x.dump");
        var backup = Driver.Backups.BackUpAsync(
            Driver.Parse(database.Address, "/")!,
            new BackupJob { Path = path },
            CancellationToken.None
        );
        while (!File.Exists(path) && !backup.IsCompleted)
            await Task.Delay(20);
        server.Dispose();
        var error = await Assert.ThrowsAsync<MigrationException>(() => backup);
        Assert.Equal(ErrorId.ConnectionFailed, error.Id);
    }

    private static async Task FillAsync(DriverFixture fixture)
    {
        var session = await fixture.BeginAsync();
        await session.RunAsync(
            fixture.Step(
                """
                CREATE SCHEMA s; CREATE TABLE "T 1" (a int PRIMARY KEY, t text, at timestamptz DEFAULT now(), f float8 DEFAULT 0.1,
                    b bytea DEFAULT '\x00ff');
                INSERT INTO "T 1" VALUES (1, 'ä\n'), (2, NULL), (3, ''); CREATE TABLE s.part (k int) PARTITION BY RANGE (k);
                CREATE TABLE s.part_1 PARTITION OF s.part FOR VALUES FROM (1) TO (5);
                INSERT INTO s.part VALUES (2); CREATE UNLOGGED TABLE s.unlogged AS SELECT 1 AS one;
                CREATE FUNCTION s.f() RETURNS text LANGUAGE sql AS 'SELECT ''GRANT all'''
                """
            ),
            CancellationToken.None
        );
    }

    private static IEnumerable<string> CommandLines()
    {
        foreach (var process in Directory.GetDirectories("/proc").Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0])))
        {
            string? line = null;
            try
            {
                line = File.ReadAllText(Path.Combine(process, "cmdline"));
            }
            catch (IOException)
            {
                // It has just ended.
            }

            if (line is not null)
                yield return line;
        }
    }

    private static DatabaseTarget Target(DriverFixture fixture) => Driver.Parse(fixture.Database.Address, "/")!;
}
