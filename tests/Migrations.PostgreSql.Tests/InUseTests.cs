using Migrations.Backup;
using Migrations.Testing;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>Whoever keeps a database from being replaced is named, with the command that ends it: what replication keeps in it.</summary>
public sealed class InUseTests
{
    private static readonly PostgreSqlDriver Driver = new();

    public InUseTests() => Prerequisite.PgDump();

    [Fact]
    public async Task A_slot_and_the_worker_of_a_subscription_are_named_with_their_ends()
    {
        using var server = PostgreSqlServer.Start(
            new PostgreSqlSetup { Settings = new Dictionary<string, string> { ["wal_level"] = "logical" } }
        );
        await using var source = await PostgreSqlTestDatabase.CreateAsync(server);
        await using var copy = await PostgreSqlTestDatabase.CreateAsync(server);
        foreach (var database in (PostgreSqlTestDatabase[])[source, copy])
            await database.ExecuteAsync("CREATE TABLE t (a int)");
        // Both are on one server, where CREATE SUBSCRIPTION would wait for itself if it made the slot.
        await source.ExecuteAsync("CREATE PUBLICATION p FOR TABLE t");
        await source.ScalarAsync("SELECT pg_create_logical_replication_slot('a_slot', 'pgoutput')::text");
        await copy.ExecuteAsync(
            $"CREATE SUBSCRIPTION \"My s\" CONNECTION 'host=''{server.SocketFolder}'' port={server.Port} user={server.User} "
                + $"dbname={source.Name} password=''{server.Password.Replace("'", "\\''", StringComparison.Ordinal)}''' PUBLICATION "
                + "p WITH (create_slot = false, slot_name = a_slot)"
        );
        await UntilAsync(async () =>
            await source.ScalarAsync("SELECT active::text FROM pg_replication_slots WHERE slot_name = 'a_slot'") is "true"
        );

        var slot = await RefusedAsync(source);
        Assert.Contains("which reads the replication slot 'a_slot'", slot.Message, StringComparison.Ordinal);
        Assert.Contains("Stop the subscriber that reads 'a_slot'", slot.NextStep.ToString(), StringComparison.Ordinal);
        var worker = await RefusedAsync(copy);
        Assert.Contains("which works for the subscription \"My s\"", worker.Message, StringComparison.Ordinal);
        Assert.Contains("ALTER SUBSCRIPTION \"My s\" DISABLE;", worker.NextStep.ToString(), StringComparison.Ordinal);
        await copy.ExecuteAsync("ALTER SUBSCRIPTION \"My s\" DISABLE");
        await copy.ExecuteAsync("ALTER SUBSCRIPTION \"My s\" SET (slot_name = NONE); DROP SUBSCRIPTION \"My s\"");
    }

    [Fact]
    public async Task The_role_that_a_policy_names_is_named_with_the_command_that_makes_it()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        using var folder = new TemporaryFolder();
        var role = "reader " + Guid.NewGuid().ToString("N");
        await database.ExecuteAsync(
            $"CREATE ROLE \"{role}\"; CREATE TABLE t (a int); ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t "
                + $"TO \"{role}\" USING (a > 0)"
        );
        var manager = new BackupManager(Driver, Target(database));
        var backup = await manager.BackUpAsync(new BackupRequest { Folder = folder.Path });
        await database.ExecuteAsync($"DROP POLICY p ON t; DROP ROLE \"{role}\"");

        var error = await Assert.ThrowsAsync<MigrationException>(() => manager.RestoreAsync(backup));

        Assert.Contains($"CREATE ROLE \"{role}\";", error.NextStep.ToString(), StringComparison.Ordinal);
        await database.ExecuteAsync($"CREATE ROLE \"{role}\"");
        await manager.RestoreAsync(backup);
        Assert.Equal("p", await database.ScalarAsync("SELECT polname::text FROM pg_policy"));
        await database.ExecuteAsync($"DROP POLICY p ON t; DROP OWNED BY \"{role}\"");
    }

    [Fact]
    public async Task Forced_row_security_is_named_with_the_commands_that_let_a_backup_see_every_row()
    {
        await using var role = await PostgreSqlRole.CreateAsync();
        using var folder = new TemporaryFolder();
        await role.Database.ExecuteAsync(
            $"SET ROLE {role.Name}; CREATE TABLE \"My t\" (a int); ALTER TABLE \"My t\" ENABLE ROW LEVEL SECURITY, FORCE ROW "
                + "LEVEL SECURITY; CREATE POLICY p ON \"My t\" USING (a > 0); RESET ROLE"
        );
        var manager = new BackupManager(Driver, Driver.Parse(role.Address, folder.Path)!);

        var error = await Assert.ThrowsAsync<MigrationException>(() => manager.BackUpAsync(new BackupRequest { Folder = folder.Path }));

        Assert.Contains("ALTER TABLE \"My t\" NO FORCE ROW LEVEL SECURITY;", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Contains("BYPASSRLS", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Path));
        await role.Database.ExecuteAsync("ALTER TABLE \"My t\" NO FORCE ROW LEVEL SECURITY");
        Assert.NotNull(await manager.BackUpAsync(new BackupRequest { Folder = folder.Path }));
    }

    private static async Task<MigrationException> RefusedAsync(PostgreSqlTestDatabase database)
    {
        using var folder = new TemporaryFolder();
        var manager = new BackupManager(Driver, Target(database));
        var backup = await manager.BackUpAsync(new BackupRequest { Folder = folder.Path });
        var error = await Assert.ThrowsAsync<MigrationException>(() => manager.RestoreAsync(backup));
        Assert.Equal(ErrorId.DatabaseInUse, error.Id);
        return error;
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        for (var clock = System.Diagnostics.Stopwatch.StartNew(); !await condition(); await Task.Delay(50))
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(20), "What was waited for did not happen.");
    }

    private static DatabaseTarget Target(PostgreSqlTestDatabase database) => Driver.Parse(database.Address, "/")!;
}
