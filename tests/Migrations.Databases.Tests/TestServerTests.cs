using Migrations.Testing;
using Npgsql;

namespace Migrations.Databases.Tests;

/// <summary>The servers that the other tests rely on are what they claim to be.</summary>
public sealed class TestServerTests
{
    [Fact]
    public async Task A_database_is_fresh_and_gone_afterwards()
    {
        string name;
        await using (var database = await PostgreSqlTestDatabase.CreateAsync())
        {
            name = database.Name;
            await database.ExecuteAsync("CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, NULL), (2, 'x')");
            Assert.Equal(["t"], await database.TablesAsync());
            Assert.Equal(["1|", "2|x"], await database.RowsAsync("SELECT * FROM t ORDER BY a"));
        }

        await using var other = await PostgreSqlTestDatabase.CreateAsync();
        Assert.Equal("0", await other.ScalarAsync($"SELECT count(*) FROM pg_database WHERE datname = '{name}'"));
    }

    [Theory]
    [InlineData("wrong", PostgresErrorCodes.InvalidPassword)]
    [InlineData(null, null)]
    public async Task A_wrong_password_is_refused(string? password, string? code)
    {
        var server = PostgreSqlServer.Shared;
        await using var connection = new NpgsqlConnection(server.ConnectionStringOf("postgres", password: password));
        var error = await Record.ExceptionAsync(() => connection.OpenAsync());
        Assert.Equal(code, (error as PostgresException)?.SqlState);
    }

    [Theory]
    [InlineData(SslMode.Disable, false, "127.0.0.1", false)]
    [InlineData(SslMode.Require, false, "127.0.0.1", true)]
    [InlineData(SslMode.VerifyCA, false, "127.0.0.1", true)]
    [InlineData(SslMode.VerifyCA, true, "127.0.0.1", false)]
    [InlineData(SslMode.VerifyFull, false, "127.0.0.1", false)]
    [InlineData(SslMode.VerifyFull, false, "localhost", true)]
    public async Task The_tls_server_lets_in_whom_it_should(SslMode mode, bool strange, string host, bool accepted)
    {
        var tls = TlsPostgreSqlServer.Shared;
        var builder = new NpgsqlConnectionStringBuilder(tls.Server.ConnectionStringOf("postgres"))
        {
            Host = host,
            SslMode = mode,
            RootCertificate =
                mode < SslMode.VerifyCA ? null
                : strange ? tls.StrangeRootCertificate
                : tls.RootCertificate,
        };
        await using var connection = new NpgsqlConnection(builder.ConnectionString);
        Assert.Equal(accepted, await Record.ExceptionAsync(() => connection.OpenAsync()) is null);
    }

    [Fact]
    public async Task A_client_certificate_stands_for_a_password()
    {
        var tls = TlsPostgreSqlServer.Shared;
        await tls.Server.ExecuteAsync(
            $"DROP ROLE IF EXISTS {TlsPostgreSqlServer.CertificateUser}; CREATE ROLE {TlsPostgreSqlServer.CertificateUser} LOGIN"
        );
        var builder = new NpgsqlConnectionStringBuilder
        {
            Host = "localhost",
            Port = tls.Server.Port,
            Database = "postgres",
            Username = TlsPostgreSqlServer.CertificateUser,
            Pooling = false,
            SslMode = SslMode.VerifyFull,
            RootCertificate = tls.RootCertificate,
            SslCertificate = tls.ClientCertificate,
            SslKey = tls.ClientKey,
        };
        await using var connection = new NpgsqlConnection(builder.ConnectionString);
        await connection.OpenAsync();
    }
}
