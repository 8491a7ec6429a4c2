using Migrations.Databases;
using Migrations.Testing;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>Servers and programs of different versions.</summary>
public sealed class VersionTests
{
    private const string ForNewer = "SET statement_timeout = 0;\nSET transaction_timeout = 0;\nCREATE TABLE public.made (a int);\n";
    private static readonly PostgreSqlDriver Driver = new();

    public VersionTests() => Prerequisite.PgDump();

    [Theory]
    [InlineData("11.22", true)]
    [InlineData("9.6.24", true)]
    [InlineData("12.22", true)]
    [InlineData("13.0", false)]
    [InlineData("99.1", false)]
    public async Task A_server_that_is_too_old_is_refused(string version, bool isRefused)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        await using var proxy = new PostgreSqlProxy(fixture.Database.Server.Host, fixture.Database.Server.Port) { Version = version };
        var target = Driver.Parse(
            fixture.Database.Address.Replace($":{fixture.Database.Server.Port}/", $":{proxy.Port}/", StringComparison.Ordinal),
            "/"
        )!;
        if (isRefused)
        {
            var error = await Assert.ThrowsAsync<MigrationException>(() =>
                Driver.OpenAsync(target, new SessionOptions { ConnectAttempts = 3 }, CancellationToken.None)
            );
            Assert.Equal(ErrorId.ServerOutdated, error.Id);
            Assert.Contains($"PostgreSQL {version}", error.Message, StringComparison.Ordinal);
            Assert.Contains("PostgreSQL 13", error.NextStep.ToString(), StringComparison.Ordinal);
            return;
        }

        await using var session = await Driver.OpenAsync(target, new SessionOptions(), CancellationToken.None);
        Assert.Equal(version, session.Info.EngineVersion);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_setting_of_newer_programs_is_no_obstacle_in_a_script(bool hasTransaction)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var session = await fixture.BeginAsync();
        var step = fixture.Step(ForNewer, header: hasTransaction ? null : new MigrationHeader { Transaction = false });
        if (hasTransaction)
            await session.RunAsync(step, CancellationToken.None);
        foreach (var statement in hasTransaction ? [] : new PostgreSqlDialect().Split(step.Script))
            await session.ExecuteAsync(step, statement, CancellationToken.None);
        Assert.Contains("made", await fixture.Database.TablesAsync());
    }

    [Fact]
    public async Task Nor_in_a_backup()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var folder = new TemporaryFolder();
        var path = await BackUpAsync(fixture, folder, BackupFormat.Sql);
        var text = await File.ReadAllTextAsync(path);
        await File.WriteAllTextAsync(
            path,
            text.Replace("SET transaction_timeout = 0;\n", "", StringComparison.Ordinal)
                .Replace("SET lock_timeout = 0;\n", "SET lock_timeout = 0;\nSET transaction_timeout = 0;\n", StringComparison.Ordinal)
        );
        Assert.Contains("transaction_timeout", await File.ReadAllTextAsync(path), StringComparison.Ordinal);
        await AssertLoadsAsync(
            fixture,
            new BackupSource(path, BackupFormat.Sql),
            ClientTools.For(new Version(PostgreSqlServer.Shared.MajorVersion, 0))
        );
    }

    [Theory]
    [InlineData(BackupFormat.Native)]
    [InlineData(BackupFormat.Directory)]
    public async Task Nor_in_what_pg_restore_of_newer_versions_says(BackupFormat format)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var folder = new TemporaryFolder();
        var source = new BackupSource(await BackUpAsync(fixture, folder, format), format);
        // Whatever is installed here goes the way that versions from 17 on must go to an older server.
        await AssertLoadsAsync(
            fixture,
            source,
            ClientTools.For(new Version(PostgreSqlServer.Shared.MajorVersion, 0)) with
            {
                Version = 17,
            },
            server: 16
        );
    }

    [Fact]
    public async Task Nothing_is_left_of_an_archive_that_ends_too_early()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var folder = new TemporaryFolder();
        var path = await BackUpAsync(fixture, folder, BackupFormat.Native);
        await using (var file = File.OpenWrite(path))
            file.SetLength(file.Length * 9 / 10);
        await using var empty = await PostgreSqlTestDatabase.CreateAsync();
        var tools = ClientTools.For(new Version(PostgreSqlServer.Shared.MajorVersion, 0)) with { Version = 17 };
        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            new PostgreSqlRestore(new BackupSource(path, BackupFormat.Native), tools, server: 16).LoadAsync(
                Driver.Parse(empty.Address, "/")!,
                1,
                withOwners: true,
                CancellationToken.None
            )
        );
        Assert.Equal(ErrorId.BackupInvalid, error.Id);
        Assert.Empty(await empty.TablesAsync());
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task A_program_that_was_built_without_zstd_is_asked_again_in_a_new_snapshot()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var folder = new TemporaryFolder();
        await fixture.Database.ExecuteAsync("CREATE TABLE t (a int); INSERT INTO t VALUES (1)");
        await using var blocker = await fixture.Database.ConnectAsync();
        await using var command = blocker.CreateCommand();
        command.CommandText = "BEGIN; LOCK t IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(2); COMMIT";
        var blocking = command.ExecuteNonQueryAsync();
        WriteProgram(
            folder,
            "pg_dump",
            "case \"$*\" in *zstd*) sleep 1; echo 'pg_dump: error: this build does not support compression with ZSTD' >&2; "
                + $"exit 1;; esac; exec '{Prerequisite.PgDump()}' \"$@\""
        );
        var path = Path.Combine(folder.Path, "x.dump");
        var session = (PostgreSqlSession)await fixture.OpenAsync();

        var content = await new PostgreSqlBackupWriter(
            session.Connection,
            new ClientTools(folder.Path, 16),
            new BackupJob { Path = path }
        ).WriteAsync(CancellationToken.None);

        await blocking;
        Assert.Equal("public.t 1", Assert.Single(content.Tables.Select(t => $"{t.Table} {t.Rows}")));
        Assert.Equal(BackupFormat.Native, Driver.Backups.Recognize(path));
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task A_psql_that_lacks_a_command_of_newer_dumps_is_to_be_updated()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var folder = new TemporaryFolder();
        var path = await BackUpAsync(fixture, folder, BackupFormat.Sql);
        WriteProgram(folder, "psql", "cat >/dev/null; printf '%s' 'psql:<stdin>:5: error: invalid command \\restrict' >&2; exit 3");
        var restore = new PostgreSqlRestore(new BackupSource(path, BackupFormat.Sql), new ClientTools(folder.Path, 15), server: 15);
        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            restore.LoadAsync(Target(fixture), 1, withOwners: true, CancellationToken.None)
        );
        Assert.Equal(ErrorId.ClientToolOutdated, error.Id);
        Assert.Contains("Update the client programs of PostgreSQL 15", error.NextStep.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transaction_that_may_last_a_moment_only_is_said_and_does_not_end_a_backup()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        Prerequisite.PostgreSqlVersion(17);
        using var folder = new TemporaryFolder();
        await fixture.Database.ExecuteAsync(
            $"CREATE TABLE t (a int); ALTER DATABASE {fixture.Database.Quoted} SET transaction_timeout = '400ms'"
        );
        var session = await fixture.BeginAsync();
        var error = await fixture.FailAsync(session, "SELECT 1;\nSELECT pg_sleep(20);");
        Assert.Equal((ErrorId.StatementTimedOut, 2), (error.Id, error.Location!.Line));
        Assert.Contains("transaction_timeout", error.NextStep.ToString(), StringComparison.Ordinal);
        await using var blocker = await fixture.Database.ConnectAsync();
        await using var command = blocker.CreateCommand();
        command.CommandText = "SET transaction_timeout = 0; BEGIN; LOCK t IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(1); COMMIT";
        var blocking = command.ExecuteNonQueryAsync();
        await Driver.Backups.BackUpAsync(
            Target(fixture),
            new BackupJob { Path = Path.Combine(folder.Path, "x.dump") },
            CancellationToken.None
        );
        await blocking;
    }

    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    private static void WriteProgram(TemporaryFolder folder, string name, string script)
    {
        var path = folder.Write(name, "#!/bin/sh\n" + script + "\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static DatabaseTarget Target(DriverFixture fixture) => Driver.Parse(fixture.Database.Address, "/")!;

    private static async Task<string> BackUpAsync(DriverFixture fixture, TemporaryFolder folder, BackupFormat format)
    {
        await fixture.Database.ExecuteAsync(
            "CREATE TABLE t (a int, b text DEFAULT md5(random()::text)); INSERT INTO t SELECT generate_series(1, 5000)"
        );
        var path = Path.Combine(folder.Path, "x" + Driver.Backups.Extension(format));
        await Driver.Backups.BackUpAsync(Target(fixture), new BackupJob { Path = path, Format = format }, CancellationToken.None);
        return path;
    }

    private static async Task AssertLoadsAsync(DriverFixture fixture, BackupSource source, ClientTools tools, int? server = null)
    {
        await using var empty = await PostgreSqlTestDatabase.CreateAsync();
        await new PostgreSqlRestore(source, tools, server ?? PostgreSqlServer.Shared.MajorVersion).LoadAsync(
            Driver.Parse(empty.Address, "/")!,
            2,
            withOwners: true,
            CancellationToken.None
        );
        const string Digest = "SELECT count(*) || ' ' || md5(string_agg(t::text, ' ' ORDER BY a)) FROM t";
        Assert.Equal(await fixture.Database.ScalarAsync(Digest), await empty.ScalarAsync(Digest));
    }
}
