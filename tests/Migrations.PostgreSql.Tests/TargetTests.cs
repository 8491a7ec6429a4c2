using System.Net;
using Npgsql;
using Xunit;

namespace Migrations.PostgreSql.Tests;

public sealed class TargetTests
{
    private static readonly PostgreSqlDriver Driver = new();

    [Theory]
    [InlineData("postgres://ann:s%40c%2Fr%3At@db.example:6543/shop", "postgres://ann@db.example:6543/shop", "s@c/r:t")]
    [InlineData("postgresql://ann:secret@[::1]:6543/shop", "postgres://ann@[::1]:6543/shop", "secret")]
    [InlineData("postgres://ann:p@ss@host/shop", "postgres://ann@host:5432/shop", "p@ss")]
    [InlineData("postgres://ann@/shop?host=%2Fvar%2Frun%2Fpostgresql&port=6000", "postgres://ann@[/var/run/postgresql]:6000/shop", null)]
    [InlineData("postgres://host/na%20me?user=ann&password=secret", "postgres://ann@host:5432/na me", "secret")]
    [InlineData("Host=host;Port=6000;Username=ann;Password=secret;Database=shop", "postgres://ann@host:6000/shop", "secret")]
    [InlineData("server=host;User Id=ann;Password='a;b';database=shop", "postgres://ann@host:5432/shop", "a;b")]
    public void Each_form_is_read_and_shown_without_its_password(string text, string display, string? password)
    {
        var target = Driver.Parse(text, "/base")!;
        Assert.Equal(display, target.Display);
        Assert.Equal(display, target.ToString());
        Assert.Equal(password, new NpgsqlConnectionStringBuilder(target.ConnectionString).Password);
    }

    [Theory]
    [InlineData("app.db")]
    [InlineData("sqlite:app.db")]
    [InlineData("Data Source=app.db;Password=x")]
    [InlineData("/tmp/a=b.db")]
    [InlineData("mysql://root@host/db")]
    public void Other_forms_are_left_to_others(string text) => Assert.Null(Driver.Parse(text, "/base"));

    [Theory]
    [InlineData("postgres://ann:secret@host:port/db")]
    [InlineData("postgres://ann:sec/secret@host:99999/db")]
    [InlineData("postgres://ann:secret%@host/db")]
    [InlineData("postgres://ann:secret@[::1/db")]
    [InlineData("postgres://ann:x?secret=1@host/db")]
    [InlineData("postgres://ann:secret@host/db?sslmode=secret")]
    [InlineData("postgres://ann:secret@host/db?gssencmode=secret")]
    [InlineData("postgres://ann:secret@a,b/db")]
    [InlineData("Host=host;Username=ann;Password=a;secret=b")]
    [InlineData("Host=host;Username=ann;Password=secret;Port=secret")]
    [InlineData("Host=host;Username=\"secret")]
    [InlineData("host=localhost dbname=x password=secret")]
    public void A_malformed_text_is_refused_and_not_repeated(string text)
    {
        var error = Assert.Throws<MigrationException>(() => Driver.Parse(text, "/base"));
        Assert.Equal(ErrorId.TargetInvalid, error.Id);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Tls_settings_pass_through_and_their_files_start_from_the_base_folder()
    {
        var target = Driver.Parse(
            "postgres://ann@host/db?sslmode=verify-full&sslrootcert=ca.pem&sslcert=/abs/c.pem&"
                + "sslkey=k.pem&application_name=app&connect_timeout=3",
            "/base"
        )!;
        var settings = new NpgsqlConnectionStringBuilder(target.ConnectionString);
        Assert.Equal(
            (SslMode.VerifyFull, "/base/ca.pem", "/abs/c.pem", "/base/k.pem", "app", 3),
            (
                settings.SslMode,
                settings.RootCertificate,
                settings.SslCertificate,
                settings.SslKey,
                settings.ApplicationName,
                settings.Timeout
            )
        );
    }

    [Fact]
    public void A_named_root_certificate_is_used_with_require_too() =>
        Assert.Equal(
            SslMode.VerifyCA,
            new NpgsqlConnectionStringBuilder(
                Driver.Parse("postgres://ann@host/db?sslmode=require&sslrootcert=ca.pem", "/base")!.ConnectionString
            ).SslMode
        );

    [Fact]
    public void A_credential_takes_the_place_of_user_and_password()
    {
        var target = Driver.WithCredential(Driver.Parse("postgres://ann:old@host/db", "/base")!, new NetworkCredential("bob", "secret"));
        Assert.Equal("postgres://bob@host:5432/db", target.Display);
        Assert.Equal("secret", new NpgsqlConnectionStringBuilder(target.ConnectionString).Password);
    }

    [Theory]
    [InlineData("postgres://ann@host/db?gssencmode=disable", GssEncryptionMode.Disable)]
    [InlineData("postgres://ann@host/db?gssencmode=prefer", GssEncryptionMode.Prefer)]
    [InlineData("postgres://ann@host/db?gssencmode=require", GssEncryptionMode.Require)]
    [InlineData("Host=host;Username=ann;GSS Encryption Mode=Prefer", GssEncryptionMode.Prefer)]
    public void Who_chooses_encryption_by_kerberos_gets_it(string text, GssEncryptionMode mode) => Assert.Equal(mode, GssModeOf(text));

    [Fact]
    public void Kerberos_is_asked_for_encryption_only_where_there_may_be_tickets()
    {
        Assert.Equal(Kerberos.MayHaveTickets ? GssEncryptionMode.Prefer : GssEncryptionMode.Disable, GssModeOf("postgres://ann@host/db"));
        Environment.SetEnvironmentVariable("KRB5CCNAME", "FILE:/tmp/tickets");
        try
        {
            Assert.Equal(GssEncryptionMode.Prefer, GssModeOf("postgres://ann@host/db"));
        }
        finally
        {
            Environment.SetEnvironmentVariable("KRB5CCNAME", null);
        }
    }

    private static GssEncryptionMode GssModeOf(string text) =>
        new NpgsqlConnectionStringBuilder(new PostgreSqlSources().Of(Driver.Parse(text, "/base")!).Settings).GssEncryptionMode;
}
