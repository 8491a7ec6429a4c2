using Migrations.Backup;
using Migrations.PostgreSql;
using Migrations.Sqlite;
using Migrations.Testing;

namespace Migrations.Databases.Tests.Backups;

/// <summary>Folders of backups in which other things lie too, looked at with every engine at hand, as the command does.</summary>
public sealed class CatalogueTests : IDisposable
{
    private static readonly BackupCatalogue Catalogue = new([new SqliteDriver(), new PostgreSqlDriver()]);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(BackupFormat.Directory, "shop.dir")]
    [InlineData(BackupFormat.Native, "shop.dump")]
    [InlineData(BackupFormat.Sql, "shop.sql")]
    public async Task A_backup_without_a_manifest_is_told_for_what_it_is_and_restored(BackupFormat format, string name)
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync();
        await database.ExecuteAsync("CREATE TABLE t (a int)");
        var driver = new PostgreSqlDriver();
        var target = driver.Parse(database.Address, "/")!;
        await driver.Backups.BackUpAsync(target, new BackupJob { Path = _folder[name], Format = format }, CancellationToken.None);

        var backup = Assert.Single(await Catalogue.ReadAsync(_folder.Path));

        Assert.Equal((driver.Engine, format, "It has no manifest."), (backup.Engine, backup.Format!.Value, backup.Problem));
        Assert.True(backup.Size > 0);
        await database.ExecuteAsync("DROP TABLE t");
        var result = await new BackupManager(driver, target).RestoreAsync(await Catalogue.FindAsync(_folder[name]));
        await database.Server.ExecuteAsync($"DROP DATABASE {result.Kept}");
        Assert.Equal(["t"], await database.TablesAsync());
    }

    [Fact]
    public async Task Folders_that_are_no_backups_are_not_walked_through()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need a right there.");
        Directory.CreateDirectory(_folder["lost+found/deep"]);
        Directory.CreateSymbolicLink(_folder["lost+found/deep/again"], _folder["lost+found"]);
        Directory.CreateSymbolicLink(_folder["lost+found/deep/too"], _folder["lost+found"]);
        File.CreateSymbolicLink(_folder["gone.db"], _folder["nowhere"]);
        _folder.Write("shop_20250301_083022.db", "no database");
        Assert.Equal(
            "shop_20250301_083022.db",
            string.Join(' ', (await Catalogue.ReadAsync(_folder.Path)).Select(b => Path.GetFileName(b.Path)))
        );
    }
}
