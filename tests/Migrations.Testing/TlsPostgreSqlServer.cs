using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Migrations.Testing;

/// <summary>
/// A PostgreSQL server that talks TLS only, with a certificate for <c>localhost</c> (not for 127.0.0.1) from an authority made for this
/// run, and with a role that logs in by client certificate.
/// </summary>
public sealed class TlsPostgreSqlServer : IDisposable
{
    /// <summary>The role that logs in by certificate and has no password.</summary>
    public const string CertificateUser = "certified";

    private const string HostRules = $"""
        local all all scram-sha-256
        hostssl all {CertificateUser} 127.0.0.1/32 cert
        hostssl all all 127.0.0.1/32 scram-sha-256

        """;

    private static readonly Lazy<TlsPostgreSqlServer> SharedServer = new(
        () => new TlsPostgreSqlServer(),
        LazyThreadSafetyMode.ExecutionAndPublication
    );
    private readonly TemporaryFolder _folder = new();

    private TlsPostgreSqlServer()
    {
        using var authority = MakeAuthority("Tests");
        using var stranger = MakeAuthority("Strangers");
        RootCertificate = _folder.Write("root.crt", authority.ExportCertificatePem());
        StrangeRootCertificate = _folder.Write("strange.crt", stranger.ExportCertificatePem());
        var (certificate, key) = Issue(authority, CertificateUser, server: false);
        ClientCertificate = _folder.Write("client.crt", certificate);
        ClientKey = _folder.Write("client.key", key);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(ClientKey, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var (serverCertificate, serverKey) = Issue(authority, "localhost", server: true);
        Server = PostgreSqlServer.Start(
            new PostgreSqlSetup
            {
                Files = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["server.crt"] = serverCertificate,
                    ["server.key"] = serverKey,
                    ["root.crt"] = authority.ExportCertificatePem(),
                    ["pg_hba.conf"] = HostRules,
                },
                Settings = new Dictionary<string, string>(StringComparer.Ordinal)
                {
                    ["ssl"] = "on",
                    ["ssl_cert_file"] = "{folder}/server.crt",
                    ["ssl_key_file"] = "{folder}/server.key",
                    ["ssl_ca_file"] = "{folder}/root.crt",
                },
            }
        );
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    /// <summary>The server of this test process, started on first use.</summary>
    public static TlsPostgreSqlServer Shared => SharedServer.Value;

    /// <summary>
    /// The server itself. Its URLs name 127.0.0.1, for which its certificate is not made; and its own helpers connect by TLS when asked for
    /// nothing.
    /// </summary>
    public PostgreSqlServer Server { get; }

    /// <summary>The authority's certificate (PEM), for <c>sslrootcert</c>.</summary>
    public string RootCertificate { get; }

    /// <summary>Another authority's certificate (PEM), by which this server must not be trusted.</summary>
    public string StrangeRootCertificate { get; }

    /// <summary>The certificate of <see cref="CertificateUser"/> (PEM), for <c>sslcert</c>.</summary>
    public string ClientCertificate { get; }

    /// <summary>Its key (PEM), for <c>sslkey</c>.</summary>
    public string ClientKey { get; }

    public void Dispose()
    {
        Server.Dispose();
        _folder.Dispose();
    }

    private static X509Certificate2 MakeAuthority(string name)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=Authority of the " + name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(
            new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true)
        );
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true)
        );
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(7));
    }

    private static (string Certificate, string Key) Issue(X509Certificate2 authority, string name, bool server)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        if (server)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(name);
            request.CertificateExtensions.Add(names.Build());
        }

        request.CertificateExtensions.Add(
            new X509EnhancedKeyUsageExtension([new Oid(server ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")], critical: false)
        );
        request.CertificateExtensions.Add(
            X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, includeKeyIdentifier: true, includeIssuerAndSerial: false)
        );
        using var certificate = request.Create(
            authority,
            DateTimeOffset.UtcNow.AddDays(-1),
            DateTimeOffset.UtcNow.AddDays(6),
            RandomNumberGenerator.GetBytes(12)
        );
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
