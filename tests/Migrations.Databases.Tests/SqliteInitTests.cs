using Migrations.Events;
using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

public sealed class SqliteInitTests() : InitConformance(DatabaseKind.Sqlite)
{
    private readonly TemporaryFolder _elsewhere = new();

    protected override string MissingAddress => Path.Combine(_elsewhere.Path, "new", "folder", "shop.db");

    public override async ValueTask DisposeAsync()
    {
        _elsewhere.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_not_created_by_a_path_that_is_mistyped()
    {
        ThreeTables();
        var mistyped = Path.Combine(_elsewhere.Path, "shpo.db");
        foreach (var request in (InitializationRequest?[])[null, new() { Stamp = "production" }])
        {
            var error = await ThrowsAsync<MigrationException>(ErrorId.DatabaseMissing, () => InitAsync(request, address: mistyped));
            Assert.Contains("migrations init --create", error.NextStep.ToString(), StringComparison.Ordinal);
        }

        Assert.Empty(Directory.GetFileSystemEntries(_elsewhere.Path));
        Assert.True((await InitAsync(new InitializationRequest { Create = new() }, address: mistyped)).Created);
    }

    [Fact]
    public async Task A_file_has_no_owner()
    {
        var request = new InitializationRequest { Create = new DatabaseCreation { Owner = "app" } };
        await ThrowsAsync<MigrationException>(ErrorId.UsageInvalid, () => InitAsync(request, address: MissingAddress));
    }

    [Fact]
    public async Task A_locked_file_is_waited_for_and_each_attempt_is_reported()
    {
        ThreeTables();
        await Database.ExecuteAsync("CREATE TABLE t (id integer)");
        await using var other = await Database.ConnectAsync();
        await using var begin = other.CreateCommand();
        begin.CommandText = "PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE";
        await begin.ExecuteNonQueryAsync();
        var options = EngineOptions();
        options = options with
        {
            Session = options.Session.Starting(3, TimeSpan.FromMilliseconds(10)) with { TableLockTimeout = TimeSpan.FromMilliseconds(10) },
        };
        await Assert.ThrowsAsync<MigrationException>(() => Initializer(options: options).InitializeAsync());
        Assert.Equal([1, 2, 3], Events.Of<ConnectionAttempted>().Select(e => e.Attempt));
        Assert.Equal(2, Events.Of<ConnectionRetried>().Count());
    }
}
