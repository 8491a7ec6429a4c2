using Migrations.Backup;
using Migrations.Databases;
using Migrations.Testing;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>Rows without a parent behind a foreign key that the source has as valid.</summary>
public sealed class RestoredOrphanTests
{
    private static readonly PostgreSqlDriver Driver = new();

    public RestoredOrphanTests() => Prerequisite.PgDump();

    private const string Orphans =
        "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE k (a int CONSTRAINT f REFERENCES p, b int CONSTRAINT g REFERENCES p, c int "
        + "CONSTRAINT h REFERENCES p); INSERT INTO p VALUES (1); SET session_replication_role = replica; INSERT INTO k VALUES (9, 8, 1); "
        + "RESET session_replication_role; ALTER TABLE k DROP CONSTRAINT g, ADD CONSTRAINT g FOREIGN KEY (b) REFERENCES p NOT VALID;";

    [Theory]
    [InlineData(BackupFormat.Native)]
    [InlineData(BackupFormat.Sql)]
    public async Task An_empty_database_is_filled_with_orphans_as_the_source_had_them(BackupFormat format)
    {
        await using var role = await PostgreSqlRole.CreateAsync();
        using var folder = new TemporaryFolder();
        await role.Database.ExecuteAsync(Orphans);
        var backup = await BackUpAsync(role.Database, folder, format);
        await role.Database.ExecuteAsync("DROP TABLE k, p");
        var outcome = await Driver.Backups.RestoreAsync(
            backup,
            Driver.Parse(role.Address, "/")!,
            Job(folder, role.Database),
            CancellationToken.None
        );
        Assert.Null(outcome.Kept);
        Assert.Contains("; a foreign key that rows of the source break is NOT VALID", outcome.How, StringComparison.Ordinal);
        await AssertOrphansAsync(role.Database);
    }

    [Fact]
    public async Task Orphans_are_known_from_a_server_of_another_language()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The tests start no PostgreSQL server on Windows.");
        using var server = PostgreSqlServer.Start(
            new PostgreSqlSetup { Settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["lc_messages"] = "de_DE.UTF-8" } }
        );
        await using var database = await PostgreSqlTestDatabase.CreateAsync(server);
        var german = await Assert.ThrowsAsync<Npgsql.PostgresException>(() => database.ExecuteAsync("SELECT 1 / 0"));
        Assert.SkipWhen(german.MessageText == "division by zero", "This machine has no German messages of PostgreSQL.");
        using var folder = new TemporaryFolder();
        await database.ExecuteAsync(Orphans);
        var manager = new BackupManager(Driver, Target(database));
        var proof = await new BackupVerifier(Driver).VerifyAsync(
            await manager.BackUpAsync(new BackupRequest { Folder = folder.Path }),
            Target(database)
        );
        Assert.True(proof.Proven, string.Join(' ', proof.Checks.Select(c => c.Message)));
        var result = await manager.RestoreAsync(proof.Backup, new RestoreRequest { Jobs = 2 });
        Assert.Contains("; a foreign key that rows of the source break is NOT VALID", result.How, StringComparison.Ordinal);
        await AssertOrphansAsync(database);

        // What is no orphan is a failure in any language.
        await database.ExecuteAsync(
            "CREATE FUNCTION one(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS 'BEGIN RETURN two($1); END'; CREATE FUNCTION "
                + "two(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1'; CREATE INDEX i ON k (one(a));"
        );
        proof = await new BackupVerifier(Driver).VerifyAsync(
            await manager.BackUpAsync(new BackupRequest { Folder = folder.Path }),
            Target(database)
        );
        Assert.False(proof.Proven);

        // What keeps a dump from its tables is known too.
        await database.ExecuteAsync("DROP INDEX i; CREATE TABLE secret (a int); CREATE ROLE reader LOGIN PASSWORD 'x'; CREATE TABLE t ()");
        var reader = Driver.Parse(server.UrlOf(database.Name, "reader", "x"), "/")!;
        var session = new BackupOptions { Session = new SessionOptions { LockTimeout = TimeSpan.FromSeconds(1) } };
        var refused = await Assert.ThrowsAsync<MigrationException>(() =>
            new BackupManager(Driver, reader, session).BackUpAsync(new BackupRequest { Folder = folder.Path })
        );
        Assert.Equal(ErrorId.PermissionDenied, refused.Id);
        Assert.Contains("pg_read_all_data", refused.NextStep.ToString(), StringComparison.Ordinal);
        await database.ExecuteAsync("GRANT pg_read_all_data TO reader; CREATE TABLE \"My r\" (a int)");
        await database.ExecuteAsync("ALTER TABLE \"My r\" ENABLE ROW LEVEL SECURITY");
        refused = await Assert.ThrowsAsync<MigrationException>(() =>
            new BackupManager(Driver, reader, session).BackUpAsync(new BackupRequest { Folder = folder.Path })
        );
        Assert.Contains("BYPASSRLS", refused.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Contains("\"My r\" NO FORCE", refused.NextStep.ToString(), StringComparison.Ordinal);
        await using var holder = (Npgsql.NpgsqlConnection)await database.ConnectAsync();
        await using var transaction = await holder.BeginTransactionAsync();
        await using (var command = new Npgsql.NpgsqlCommand("LOCK TABLE t IN ACCESS EXCLUSIVE MODE", holder, transaction))
            await command.ExecuteNonQueryAsync();
        var blocked = await Assert.ThrowsAsync<MigrationException>(() =>
            new BackupManager(Driver, Target(database), session).BackUpAsync(new BackupRequest { Folder = folder.Path })
        );
        Assert.Equal(ErrorId.TableLockTimedOut, blocked.Id);
        Assert.Contains($"backend {holder.ProcessID} of user postgres", blocked.Message, StringComparison.Ordinal);
    }

    private static async Task AssertOrphansAsync(PostgreSqlTestDatabase database) =>
        Assert.Equal(
            ["f|False", "g|False", "h|True"],
            await database.RowsAsync("SELECT conname, convalidated FROM pg_constraint WHERE contype = 'f' ORDER BY 1")
        );

    private static async Task<BackupSource> BackUpAsync(PostgreSqlTestDatabase database, TemporaryFolder folder, BackupFormat format)
    {
        var path = Path.Combine(folder.Path, "backup");
        await Driver.Backups.BackUpAsync(Target(database), new BackupJob { Path = path, Format = format }, CancellationToken.None);
        return new BackupSource(path, format);
    }

    private static RestoreJob Job(TemporaryFolder folder, PostgreSqlTestDatabase database) =>
        new() { KeepFolder = folder.Path, KeepName = database.Name + "_kept" };

    private static DatabaseTarget Target(PostgreSqlTestDatabase database) => Driver.Parse(database.Address, "/")!;
}
