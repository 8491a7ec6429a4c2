using Migrations.Sqlite;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>What can be wrong with a SQLite file before any script runs.</summary>
public sealed class SqliteFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SqliteFileTests()
    {
        _folder.Write("migrations/001_a.sql", "CREATE TABLE a (id integer);");
        _folder.Write("migrations/001_a_rollback.sql", "DROP TABLE a;");
    }

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("test.db")]
    [InlineData("sqlite:test.db")]
    [InlineData("a file with spaces & ünïcode?.db")]
    public async Task A_relative_path_is_below_the_base_folder_and_is_created(string address)
    {
        Assert.Single(await Engine(address).ApplyAsync());
        Assert.True(File.Exists(_folder[address.Replace("sqlite:", "", StringComparison.Ordinal)]));
    }

    [Fact]
    public async Task A_missing_parent_folder_is_named()
    {
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => Engine("not/there/test.db").ApplyAsync());
        Assert.Equal(ErrorId.DatabaseFolderMissing, error.Id);
        Assert.Contains(_folder["not/there"], error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["not"]));
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_left_as_it_is()
    {
        var path = _folder.Write("letter.txt", "Dear reader, this is a letter and not a database. " + new string('x', 2000));
        foreach (var call in new Func<Task>[] { () => Engine(path).ApplyAsync(), () => Engine(path).GetStatusAsync() })
        {
            var error = await Assert.ThrowsAnyAsync<MigrationException>(call);
            Assert.Equal(ErrorId.DatabaseInvalid, error.Id);
            Assert.Contains("letter.txt", error.Message, StringComparison.Ordinal);
        }

        Assert.StartsWith("Dear reader", await File.ReadAllTextAsync(path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_is_no_database()
    {
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => Engine(_folder.Path).ApplyAsync());
        Assert.Contains(error.Id, new[] { ErrorId.DatabaseInvalid, ErrorId.TargetInvalid });
    }

    [Fact]
    public async Task A_database_in_memory_is_migrated_and_forgotten()
    {
        Assert.Single(await Engine(":memory:").ApplyAsync());
        Assert.Single(await Engine(":memory:").ApplyAsync());
        Assert.False(File.Exists(_folder[":memory:"]));
    }

    [Fact]
    public async Task Two_names_of_one_file_share_its_lock_and_history()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Links need rights there.");
        await Engine("test.db").ApplyAsync();
        File.CreateSymbolicLink(_folder["link.db"], _folder["test.db"]);
        Assert.Empty(await Engine("link.db").ApplyAsync());
        Assert.False(File.Exists(_folder["link.db.migrate-lock"]));
        Assert.True(File.Exists(_folder["test.db.migrate-lock"]));
    }

    private Migrator Engine(string address)
    {
        var driver = new SqliteDriver();
        return new Migrator(driver, driver.Parse(address, _folder.Path)!, _folder["migrations"]);
    }
}
