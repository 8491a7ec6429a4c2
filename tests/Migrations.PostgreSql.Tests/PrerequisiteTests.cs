using Migrations.Integrity;
using Migrations.Planning;
using Migrations.Testing;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>What an administrator made before the first migration: a replay begins with it too.</summary>
public sealed class PrerequisiteTests
{
    private static readonly PostgreSqlDriver Driver = new();

    private static readonly RehearsalRequest All = new() { All = true };

    [Theory]
    [InlineData("CREATE SCHEMA app; ALTER DATABASE {0} SET search_path = app", "", "CREATE TABLE orders (id int);", "DROP TABLE orders;")]
    [InlineData(
        "CREATE SCHEMA \"My App\"; ALTER DATABASE {0} SET search_path = \"My App\", public",
        "",
        "CREATE TABLE orders (id int);",
        "DROP TABLE orders;"
    )]
    [InlineData(
        "CREATE SCHEMA app; ALTER ROLE CURRENT_USER IN DATABASE {0} SET search_path = app",
        "",
        "CREATE TABLE orders (id int);",
        "DROP TABLE orders;"
    )]
    [InlineData("CREATE SCHEMA app", "?search_path=app", "CREATE TABLE orders (id int);", "DROP TABLE orders;")]
    [InlineData(
        "CREATE SCHEMA app; CREATE EXTENSION citext SCHEMA app",
        "",
        "CREATE TABLE app.people (mail app.citext);",
        "DROP TABLE app.people;"
    )]
    [InlineData("CREATE EXTENSION btree_gist", "", "CREATE TABLE t (a int, EXCLUDE USING gist (a WITH =));", "DROP TABLE t;")]
    [InlineData("CREATE SCHEMA app", "", "DO $$ BEGIN CREATE TABLE app.t (a int); END $$;", "DROP TABLE app.t;")]
    [InlineData(
        "ALTER DATABASE {0} SET default_text_search_config = 'german'",
        "",
        "CREATE TABLE t (a text); CREATE INDEX i ON t USING gin (to_tsvector('simple', a)); COMMENT ON TABLE t IS 'x';",
        "DROP TABLE t;"
    )]
    public async Task A_replay_begins_with_it(string before, string query, string up, string down)
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var folder = Folder(up, down);
        await fixture.Database.ExecuteAsync(before.Replace("{0}", fixture.Database.Name, StringComparison.Ordinal));
        var target = Driver.Parse(fixture.Database.Address + query, "/")!;
        await new Migrator(Driver, target, folder.Path).ApplyAsync(new ApplyRequest());

        var drift = Assert.Single(
            await new IntegrityChecker(Driver, target, folder.Path).CheckAsync(new CheckRequest { Categories = [CheckCategory.Drift] })
        );
        var rehearsed = Assert.Single((await new Rehearsal(Driver, target, folder.Path).RunAsync(All)).Results);

        Assert.True(drift.Status == CheckStatus.Pass, drift.Message);
        Assert.True(rehearsed is { IsGood: true, UndoProven: true }, rehearsed.Failure?.Message);
    }

    [Fact]
    public async Task What_is_of_no_use_to_the_migrations_is_drift()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var folder = Folder("CREATE SCHEMA own; CREATE TABLE own.t (a int);", "DROP SCHEMA own CASCADE;");
        var target = Driver.Parse(fixture.Database.Address, "/")!;
        await new Migrator(Driver, target, folder.Path).ApplyAsync(new ApplyRequest());
        await fixture.Database.ExecuteAsync("CREATE SCHEMA stray");

        var drift = Assert.Single(
            await new IntegrityChecker(Driver, target, folder.Path).CheckAsync(new CheckRequest { Categories = [CheckCategory.Drift] })
        );

        Assert.Equal((CheckStatus.Fail, "stray"), (drift.Status, drift.Target));
    }

    [Fact]
    public async Task What_cannot_be_made_on_the_copy_is_named_and_nothing_is_called_wrong()
    {
        await using var fixture = await DriverFixture.CreateAsync();
        using var folder = Folder(
            "CREATE TABLE t (a int); DO $$ BEGIN IF to_regproc('dblink_get_connections') IS NULL THEN RAISE "
                + "undefined_function; END IF; END $$;",
            "DROP TABLE t;"
        );
        var target = Driver.Parse(fixture.Database.Address, "/")!;
        await fixture.Database.ExecuteAsync("CREATE EXTENSION dblink");
        await new Migrator(Driver, target, folder.Path).ApplyAsync(new ApplyRequest());

        var result = Assert.Single((await new Rehearsal(Driver, target, folder.Path).RunAsync(All)).Results);

        Assert.Contains("the extension dblink", result.NotRun, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_may_not_make_the_extension_gets_a_server_of_its_own()
    {
        await using var role = await PostgreSqlRole.CreateAsync("CREATEDB");
        using var folder = Folder("CREATE TABLE t (a int);", "DROP TABLE t;");
        var target = Driver.Parse(role.Address, "/")!;
        await role.Database.ExecuteAsync("CREATE EXTENSION pageinspect");
        await new Migrator(Driver, target, folder.Path).ApplyAsync(new ApplyRequest());

        var drift = Assert.Single(
            await new IntegrityChecker(Driver, target, folder.Path).CheckAsync(new CheckRequest { Categories = [CheckCategory.Drift] })
        );

        Assert.True(drift.Status == CheckStatus.Pass, drift.Message);
    }

    private static TemporaryFolder Folder(string up, string down)
    {
        var folder = new TemporaryFolder();
        folder.Write("001_first.up.sql", up + "\n");
        folder.Write("001_first.down.sql", down + "\n");
        return folder;
    }
}
