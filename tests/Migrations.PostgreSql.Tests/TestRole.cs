using Migrations.Testing;

namespace Migrations.PostgreSql.Tests;

/// <summary>A role with a password and no rights of its own, and a database that it may use.</summary>
internal sealed class TestRole : IAsyncDisposable
{
    public const string Password = "role's/secret%@1";

    private TestRole(PostgreSqlTestDatabase database, string name)
    {
        Database = database;
        Name = name;
    }

    public PostgreSqlTestDatabase Database { get; }

    public string Name { get; }

    public string Address => Database.Server.UrlOf(Database.Name, Name, Password);

    public static async Task<TestRole> CreateAsync(string rights = "")
    {
        var database = await PostgreSqlTestDatabase.CreateAsync();
        var role = new TestRole(database, "role_" + Guid.NewGuid().ToString("N"));
        await database.Server.ExecuteAsync($"CREATE ROLE {role.Name} LOGIN {rights} PASSWORD '{Password.Replace("'", "''", StringComparison.Ordinal)}'");
        await database.ExecuteAsync($"GRANT ALL ON SCHEMA public TO {role.Name}");
        return role;
    }

    public async ValueTask DisposeAsync()
    {
        await Database.DisposeAsync();
        await Database.Server.ExecuteAsync($"DROP ROLE IF EXISTS {Name}");
    }
}
