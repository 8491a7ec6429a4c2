using Migrations.Databases;
using Migrations.Testing;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>PostgreSQL's own programs: which is taken, how it connects, what it says when it fails.</summary>
public sealed class ClientToolTests
{
    private static readonly PostgreSqlDriver Driver = new();

    public ClientToolTests() => Prerequisite.PgDump();

    [Fact]
    public void The_real_programs_are_found_and_not_a_wrapper()
    {
        Prerequisite.PostgreSqlBinaries();
        var tools = ClientTools.For(new Version(ClientTools.Server(version: null)!.Version, 0));
        Assert.NotEqual("pg_wrapper", File.ResolveLinkTarget(tools.PathOf("pg_dump"), returnFinalTarget: true)?.Name);
        Assert.Equal(ErrorId.ClientToolMissing, Assert.Throws<MigrationException>(() => tools.PathOf("pg_no_such_program")).Id);
    }

    [Fact]
    public void Programs_older_than_the_server_are_refused()
    {
        Prerequisite.PostgreSqlBinaries();
        var error = Assert.Throws<MigrationException>(() => ClientTools.For(new Version(99, 0)));
        Assert.Equal(ErrorId.ClientToolOutdated, error.Id);
        Assert.Contains("PostgreSQL 99", error.Message, StringComparison.Ordinal);
        Assert.Null(ClientTools.Server(99));
    }

    [Fact]
    public async Task A_failure_is_told_in_the_programs_own_words()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var target = Driver.Parse(fixture.Database.Address, "/")!;
        var tools = ClientTools.For(new Version(ClientTools.Server(version: null)!.Version, 0));
        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            ClientProcess.RunAsync(tools, "pg_dump", target, ["--table=nope", "--file=" + Path.GetTempFileName()], CancellationToken.None)
        );
        Assert.Equal(ErrorId.ClientToolFailed, error.Id);
        Assert.Contains("no matching tables were found", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("it's \\a \"test\" = 100%")]
    [InlineData("postgres://x/y")]
    [InlineData("dbname=postgres")]
    [InlineData("-ä b")]
    public async Task Any_name_of_a_database_is_backed_up_copied_and_restored(string name)
    {
        var server = PostgreSqlServer.Shared;
        using var folder = new TemporaryFolder();
        name += Guid.NewGuid().ToString("N")[..8];
        await server.ExecuteAsync($"CREATE DATABASE {PostgreSqlText.Name(name)}");
        var target = Driver.Parse(server.ConnectionStringOf(name), "/")!;
        try
        {
            await using (
                var session = await Driver.OpenAsync(target, new SessionOptions { Access = SessionAccess.Write }, CancellationToken.None)
            )
                await session.History.EnsureAsync(CancellationToken.None);
            var path = Path.Combine(folder.Path, name.Replace('/', '_') + ".dump");
            await Driver.Backups.BackUpAsync(
                target,
                new BackupJob { Path = path, GlobalsPath = Path.Combine(folder.Path, "g") },
                CancellationToken.None
            );
            await using (
                var scratch = await Driver.Scratch.CreateAsync(
                    new ScratchRequest { Origin = target, Content = ScratchContent.Schema },
                    CancellationToken.None
                )
            )
            await using (var copy = await Driver.OpenAsync(scratch.Target, new SessionOptions(), CancellationToken.None))
                Assert.Single(await copy.Inspector.ReadContentAsync(digests: false, CancellationToken.None));
            var outcome = await Driver.Backups.RestoreAsync(
                new BackupSource(path, BackupFormat.Native),
                target,
                new RestoreJob { KeepFolder = folder.Path, KeepName = name + "_kept" },
                CancellationToken.None
            );
            await server.ExecuteAsync($"DROP DATABASE {PostgreSqlText.Name(outcome.Kept!)}");
        }
        finally
        {
            await server.ExecuteAsync($"DROP DATABASE IF EXISTS {PostgreSqlText.Name(name)} WITH (FORCE)");
        }
    }

    [Fact]
    public async Task The_settings_of_TLS_reach_the_programs()
    {
        var tls = TlsPostgreSqlServer.Shared;
        await using var database = await PostgreSqlTestDatabase.CreateAsync(tls.Server);
        using var folder = new TemporaryFolder();
        // By certificate alone: without the settings neither the role nor the server's name would do.
        var address =
            $"postgres://{TlsPostgreSqlServer.CertificateUser}@localhost:{tls.Server.Port}/{database.Name}"
            + $"?sslmode=verify-full&sslrootcert={Uri.EscapeDataString(tls.RootCertificate)}"
            + $"&sslcert={Uri.EscapeDataString(tls.ClientCertificate)}&sslkey={Uri.EscapeDataString(tls.ClientKey)}";
        await database.Server.ExecuteAsync(
            $"DO $$ BEGIN CREATE ROLE {TlsPostgreSqlServer.CertificateUser} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        );
        await Driver.Backups.BackUpAsync(
            Driver.Parse(address, "/")!,
            new BackupJob { Path = Path.Combine(folder.Path, "x.dump") },
            CancellationToken.None
        );
        Assert.Equal(BackupFormat.Native, Driver.Backups.Recognize(Path.Combine(folder.Path, "x.dump")));
    }

    [Fact]
    public async Task A_folder_that_is_not_there_and_a_backup_that_is_not_there_are_said()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var folder = new TemporaryFolder();
        var target = Driver.Parse(fixture.Database.Address, "/")!;
        var path = Path.Combine(folder.Path, "missing", "x.dump");
        var unwritten = await Assert.ThrowsAsync<MigrationException>(() =>
            Driver.Backups.BackUpAsync(target, new BackupJob { Path = path }, CancellationToken.None)
        );
        Assert.Equal(ErrorId.BackupFolderInvalid, unwritten.Id);
        var unread = await Assert.ThrowsAsync<MigrationException>(() =>
            Driver.Backups.LoadAsync(new BackupSource(path, BackupFormat.Native), target, new SessionOptions(), CancellationToken.None)
        );
        Assert.Equal(ErrorId.BackupMissing, unread.Id);
    }

    [Fact]
    public void What_is_no_backup_is_not_recognized()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(Path.Combine(folder.Path, "x.sql"), "SELECT 1;");
        File.WriteAllText(Path.Combine(folder.Path, "plain.sql"), "--\n-- PostgreSQL database dump\n--\n");
        Assert.Null(Driver.Backups.Recognize(Path.Combine(folder.Path, "x.sql")));
        Assert.Null(Driver.Backups.Recognize(folder.Path));
        Assert.Null(Driver.Backups.Recognize(Path.Combine(folder.Path, "missing")));
        Assert.Equal(BackupFormat.Sql, Driver.Backups.Recognize(Path.Combine(folder.Path, "plain.sql")));
    }

    [Fact]
    public async Task A_database_cannot_be_salvaged()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        var error = await Assert.ThrowsAsync<MigrationException>(() =>
            Driver.Backups.SalvageAsync(Driver.Parse(fixture.Database.Address, "/")!, "x", CancellationToken.None)
        );
        Assert.Equal(ErrorId.SalvageUnsupported, error.Id);
    }
}
