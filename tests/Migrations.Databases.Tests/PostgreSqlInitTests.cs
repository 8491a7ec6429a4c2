using Migrations.Planning;
using Migrations.Testing;
using static Migrations.InitializationOutcome;

namespace Migrations.Databases.Tests;

public sealed class PostgreSqlInitTests() : InitConformance(DatabaseKind.PostgreSql)
{
    private readonly string _name = "init_" + Guid.NewGuid().ToString("N");

    protected override string MissingAddress => PostgreSqlServer.Shared.UrlOf(_name);

    public override async ValueTask DisposeAsync()
    {
        await PostgreSqlServer.Shared.ExecuteAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("nobody_here", null, null, "Correct --owner,")]
    [InlineData(null, "KLINGON", null, "Correct --encoding,")]
    [InlineData(null, null, "nowhere", "Correct --template,")]
    [InlineData("nobody_here", "UTF8", null, "--owner, --encoding and --template")]
    public async Task What_the_server_does_not_know_is_named_by_its_option(string? owner, string? encoding, string? template, string next)
    {
        var creation = new DatabaseCreation
        {
            Owner = owner,
            Encoding = encoding,
            Template = template,
        };
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.UsageInvalid,
            () => InitAsync(new InitializationRequest { Create = creation }, address: MissingAddress)
        );
        Assert.Contains(next, error.NextStep.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Owner_encoding_and_template_are_as_given()
    {
        ThreeTables();
        await PostgreSqlServer.Shared.ExecuteAsync($"CREATE ROLE owner_{_name}");
        try
        {
            var creation = new DatabaseCreation
            {
                Owner = "owner_" + _name,
                Encoding = "LATIN1",
                Template = "template0",
            };
            // The encoding must suit the locale of the template, which is the server's matter to say.
            var error = await Record.ExceptionAsync(() =>
                InitAsync(new InitializationRequest { Create = creation }, address: MissingAddress)
            );
            if (error is not null)
                await InitAsync(new InitializationRequest { Create = creation with { Encoding = "SQL_ASCII" } }, address: MissingAddress);
            await using var made = PostgreSqlTestDatabase.Of(PostgreSqlServer.Shared, _name);
            Assert.Equal(
                $"owner_{_name}|{(error is null ? "LATIN1" : "SQL_ASCII")}",
                Assert.Single(
                    await made.RowsAsync(
                        "SELECT pg_get_userbyid(datdba), pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()"
                    )
                )
            );
        }
        finally
        {
            await PostgreSqlServer.Shared.ExecuteAsync($"DROP DATABASE IF EXISTS {_name} WITH (FORCE)");
            await PostgreSqlServer.Shared.ExecuteAsync($"DROP ROLE owner_{_name}");
        }
    }

    [Fact]
    public async Task A_role_that_may_not_create_databases_reads_what_to_grant()
    {
        ThreeTables();
        await using var role = await PostgreSqlRole.CreateAsync();
        var error = await ThrowsAsync<MigrationException>(
            ErrorId.PermissionDenied,
            () =>
                InitAsync(
                    new InitializationRequest { Create = new DatabaseCreation() },
                    address: PostgreSqlServer.Shared.UrlOf(_name, role.Name, PostgreSqlRole.Password)
                )
        );
        Assert.Contains("CREATEDB", error.NextStep.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_marker_may_be_in_a_schema_and_an_index_is_none()
    {
        await Database.ExecuteAsync("CREATE SCHEMA app; CREATE TABLE app.users (id integer); CREATE INDEX customers ON app.users (id)");
        Write("init-db.sql", "CREATE TABLE customers (id integer);\n");
        var script = FileOf("init-db.sql");
        Assert.Equal(AlreadyInitialized, (await InitAsync(new InitializationRequest { Marker = "app.users" }, script)).Outcome);
        Assert.Equal(Initialized, (await InitAsync(new InitializationRequest { Marker = "customers" }, script)).Outcome);
    }
}
