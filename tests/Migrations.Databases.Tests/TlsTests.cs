using Migrations.PostgreSql;
using Migrations.Testing;

namespace Migrations.Databases.Tests;

/// <summary>TLS settings of a URL reach the server: trust is given or refused as they say.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TlsTests() => _folder.Write("001_a.sql", "CREATE TABLE a (id integer);");

    private static TlsPostgreSqlServer Tls => TlsPostgreSqlServer.Shared;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sslmode=require", "127.0.0.1")]
    [InlineData("sslmode=verify-ca&sslrootcert={root}", "127.0.0.1")]
    [InlineData("sslmode=verify-full&sslrootcert={root}", "localhost")]
    [InlineData("sslmode=prefer", "127.0.0.1")]
    public async Task Trust_is_given(string query, string host)
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync(Tls.Server);
        Assert.Single(await Engine(Url(database, query, host)).ApplyAsync());
        Assert.Contains("a", await database.TablesAsync());
    }

    [Theory]
    [InlineData("sslmode=verify-ca&sslrootcert={strange}", "127.0.0.1")]
    [InlineData("sslmode=verify-full&sslrootcert={root}", "127.0.0.1")]
    [InlineData("sslmode=verify-full&sslrootcert={strange}", "localhost")]
    public async Task Trust_is_refused(string query, string host)
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync(Tls.Server);
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => Engine(Url(database, query, host)).ApplyAsync());
        Assert.Equal(ErrorId.ConnectionFailed, error.Id);
        Assert.Contains("certificate", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Empty(await database.TablesAsync());
        Assert.DoesNotContain(Tls.Server.Password, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_wants_tls_refuses_plain_text()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync(Tls.Server);
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() =>
            Engine(Url(database, "sslmode=disable", "127.0.0.1")).ApplyAsync()
        );
        Assert.Contains(error.Id, new[] { ErrorId.AuthenticationFailed, ErrorId.ConnectionFailed });
        Assert.Contains(Tls.Server.MajorVersion >= 14 ? "no encryption" : "SSL off", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_certificate_stands_for_a_password()
    {
        await using var database = await PostgreSqlTestDatabase.CreateAsync(Tls.Server);
        await database.ExecuteAsync(
            $"DO $$ BEGIN CREATE ROLE {TlsPostgreSqlServer.CertificateUser} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; "
                + $"GRANT CREATE, USAGE ON SCHEMA public TO {TlsPostgreSqlServer.CertificateUser}"
        );
        var url =
            $"postgres://{TlsPostgreSqlServer.CertificateUser}@localhost:{Tls.Server.Port}/{database.Name}?sslmode=verify-full"
            + $"&sslrootcert={Uri.EscapeDataString(Tls.RootCertificate)}&sslcert={Uri.EscapeDataString(Tls.ClientCertificate)}"
            + $"&sslkey={Uri.EscapeDataString(Tls.ClientKey)}";
        Assert.Single(await Engine(url).ApplyAsync());
        Assert.Equal(
            TlsPostgreSqlServer.CertificateUser,
            await database.ScalarAsync("SELECT tableowner FROM pg_tables WHERE tablename = 'a'")
        );

        var without = $"postgres://{TlsPostgreSqlServer.CertificateUser}@localhost:{Tls.Server.Port}/{database.Name}?sslmode=require";
        var error = await Assert.ThrowsAnyAsync<MigrationException>(() => Engine(without).ApplyAsync());
        Assert.Equal(ErrorId.AuthenticationFailed, error.Id);
    }

    private static string Url(PostgreSqlTestDatabase database, string query, string host) =>
        Tls
            .Server.UrlOf(
                database.Name,
                query: query
                    .Replace("{root}", Uri.EscapeDataString(Tls.RootCertificate), StringComparison.Ordinal)
                    .Replace("{strange}", Uri.EscapeDataString(Tls.StrangeRootCertificate), StringComparison.Ordinal)
            )
            .Replace("@127.0.0.1:", $"@{host}:", StringComparison.Ordinal);

    private Migrator Engine(string url)
    {
        var driver = new PostgreSqlDriver();
        return new Migrator(
            driver,
            driver.Parse(url, _folder.Path)!,
            _folder.Path,
            new MigratorOptions { Session = new SessionOptions { ConnectAttempts = 1 } }
        );
    }
}
