using Migrations.Backup;
using Migrations.Events;
using Migrations.PostgreSql;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Backups;

/// <summary>A server that goes away.</summary>
public sealed class PostgreSqlBackupServerTests
{
    [Theory]
    [InlineData("Making")]
    [InlineData("Restoring")]
    public async Task A_server_that_dies_leaves_nothing_half_and_proves_nothing(string activity)
    {
        using var server = PostgreSqlServer.Start(new PostgreSqlSetup());
        using var folder = new TemporaryFolder();
        var database = await PostgreSqlTestDatabase.CreateAsync(server);
        await database.ExecuteAsync("CREATE TABLE a AS SELECT generate_series(1, 1000) AS id");
        var driver = new PostgreSqlDriver();
        var target = driver.Parse(database.Address, folder.Path)!;
        var options = new BackupOptions
        {
            Session = new SessionOptions
            {
                Events = new RecordingEventSink
                {
                    Published = item =>
                    {
                        if (item is WorkAdvanced e && e.Activity.StartsWith(activity, StringComparison.Ordinal))
                            server.Dispose();
                    },
                },
            },
        };
        var error = await Assert.ThrowsAnyAsync<MigrationException>(async () =>
        {
            var backup = await new BackupManager(driver, target, options).BackUpAsync(new BackupRequest { Folder = folder.Path });
            await new BackupVerifier(driver, options).VerifyAsync(backup, target);
        });
        Assert.Contains(error.Id, new[] { ErrorId.ConnectionFailed, ErrorId.ClientToolFailed });
        Assert.Equal(activity == "Making" ? 0 : 2, Directory.EnumerateFileSystemEntries(folder.Path).Count());
        Assert.All(await new BackupCatalogue([driver]).ReadAsync(folder.Path), b => Assert.Null(b.ProvenAt));
    }
}
