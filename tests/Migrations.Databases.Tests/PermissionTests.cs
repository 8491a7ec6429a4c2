using Migrations.Planning;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>The least privileges that <c>docs/permissions.md</c> names are enough, and less is refused with the right that lacks.</summary>
public sealed class PermissionTests() : Conformance(DatabaseKind.PostgreSql)
{
    private const string Password = "role-password";

    private PostgreSqlTestDatabase Server => (PostgreSqlTestDatabase)Database;

    [Fact]
    public async Task Looking_needs_to_read_the_history_only()
    {
        ThreeTables();
        await ApplyAsync();
        await using var role = await RoleAsync("GRANT SELECT ON migration_journal TO {role}");
        var engine = EngineAs(role);
        Assert.Equal("001_a Applied, 002_b Applied, 003_c Applied", await StatesAsync(engine));
        Assert.Equal(3, (await engine.GetHistoryAsync()).Count);
        Assert.True((await engine.GetSummaryAsync()).Healthy);
        Assert.Empty(await engine.ApplyAsync());
    }

    [Fact]
    public async Task Looking_at_a_database_without_a_history_needs_no_grant()
    {
        ThreeTables();
        await using var role = await RoleAsync();
        Assert.Equal("001_a Pending, 002_b Pending, 003_c Pending", await StatesAsync(EngineAs(role)));
        Assert.Equal(3, (await EngineAs(role).PlanApplyAsync()).Steps.Count);
    }

    [Fact]
    public async Task Looking_without_the_right_to_read_is_refused()
    {
        ThreeTables();
        await ApplyAsync();
        await using var role = await RoleAsync();
        var error = await ThrowsAsync<MigrationException>(ErrorId.PermissionDenied, () => EngineAs(role).GetStatusAsync());
        Assert.Contains("migration_journal", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Applying_for_the_first_time_needs_to_create_in_the_schema()
    {
        ThreeTables();
        await using var role = await RoleAsync("GRANT CREATE ON SCHEMA public TO {role}");
        Assert.Equal("001_a, 002_b, 003_c", Names(await EngineAs(role).ApplyAsync()));
        Assert.Equal("003_c, 002_b, 001_a", Names(await EngineAs(role).UndoAsync(new UndoRequest { All = true, AcceptDataLoss = true })));
    }

    [Fact]
    public async Task Applying_with_a_history_of_somebody_else_needs_to_read_and_append()
    {
        ThreeTables();
        await ApplyAsync(new ApplyRequest { First = 1 });
        await using var role = await RoleAsync(
            "GRANT CREATE ON SCHEMA public TO {role}; GRANT SELECT, INSERT ON migration_journal TO {role}"
        );
        Assert.Equal("002_b, 003_c", Names(await EngineAs(role).ApplyAsync()));
        Assert.Equal("003_c", Names(await EngineAs(role).UndoAsync()));
        Assert.Equal("001_a Applied, 002_b Applied, 003_c RolledBack", await StatesAsync());
    }

    [Fact]
    public async Task Applying_without_the_right_to_create_is_refused_and_leaves_nothing()
    {
        ThreeTables();
        await using var role = await RoleAsync();
        var error = await ThrowsAsync<MigrationException>(ErrorId.PermissionDenied, () => EngineAs(role).ApplyAsync());
        Assert.Contains("public", error.Message, StringComparison.Ordinal);
        Assert.Contains("GRANT", error.NextStep.ToString(), StringComparison.Ordinal);
        Assert.Empty(await Database.TablesAsync());
    }

    [Fact]
    public async Task A_statement_without_its_right_is_rolled_back_and_names_file_and_line()
    {
        await Database.ExecuteAsync("CREATE TABLE of_others (id integer)");
        Migration("001_a", "CREATE TABLE a (id integer);\nINSERT INTO of_others VALUES (1);\n");
        await using var role = await RoleAsync("GRANT CREATE ON SCHEMA public TO {role}");
        var error = await ThrowsAsync<MigrationException>(ErrorId.PermissionDenied, () => EngineAs(role).ApplyAsync());
        Assert.Equal(2, error.Location?.Line);
        Assert.Contains("of_others", error.Message, StringComparison.Ordinal);
        Assert.Equal("of_others", await TablesAsync());
    }

    [Fact]
    public async Task A_read_only_database_says_so()
    {
        ThreeTables();
        await Database.ExecuteAsync($"ALTER DATABASE {Server.Name} SET default_transaction_read_only = on");
        var error = await ThrowsAsync<MigrationException>(ErrorId.DatabaseReadOnly, () => ApplyAsync());
        Assert.Contains("read-only", error.Message, StringComparison.Ordinal);
        Assert.Empty(await Database.TablesAsync());
    }

    private async Task<Role> RoleAsync(string grants = "SELECT 1")
    {
        var role = new Role(Server, "role_" + Guid.NewGuid().ToString("N"));
        await Database.ExecuteAsync($"CREATE ROLE {role.Name} LOGIN PASSWORD '{Password}'; REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        await Database.ExecuteAsync(grants.Replace("{role}", role.Name, StringComparison.Ordinal));
        return role;
    }

    private Migrator EngineAs(Role role) =>
        new(Kind.Driver, Kind.Driver.Parse(Server.Server.UrlOf(Server.Name, role.Name, Password), Folder)!, Folder);

    private sealed record Role(PostgreSqlTestDatabase Database, string Name) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync() => await Database.ExecuteAsync($"DROP OWNED BY {Name} CASCADE; DROP ROLE {Name}");
    }
}
