using Migrations.Testing;

namespace Migrations.Databases.Tests.Outside;

public sealed class SqliteLeftoverTests : LeftoverConformance
{
    protected override string SlowStatement => DatabaseKind.Sqlite.SlowStatement;

    protected override async Task<TestDatabase> CreateAsync()
    {
        var database = new SqliteTestDatabase();
        await database.ExecuteAsync("CREATE TABLE t (id integer)");
        return database;
    }

    protected override Task<IReadOnlyList<string>> ScratchDatabasesAsync() =>
        Task.FromResult<IReadOnlyList<string>>([
            .. Directory.GetDirectories(Temporary, "migrations-scratch-*").Where(f => File.Exists(Path.Combine(f, ".lock"))),
        ]);
}
