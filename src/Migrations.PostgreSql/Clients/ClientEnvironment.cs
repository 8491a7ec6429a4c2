using System.Globalization;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// How PostgreSQL's programs learn how to connect: by environment variables (<see
/// href="https://www.postgresql.org/docs/current/libpq-envars.html"/>).
/// </summary>
internal static class ClientEnvironment
{
    private static readonly string[] Roots =
    [
        "/etc/ssl/certs/ca-certificates.crt",
        "/etc/pki/tls/certs/ca-bundle.crt",
        "/etc/ssl/cert.pem",
    ];

    /// <summary>
    /// Sets what libpq reads, so that a program connects as the session does, and takes away what would lead it elsewhere.
    /// </summary>
    /// <param name="environment">The environment of a child process.</param>
    /// <param name="to">The connection.</param>
    /// <param name="clientVersion">The program's major version.</param>
    public static void Fill(IDictionary<string, string?> environment, NpgsqlConnectionStringBuilder to, int clientVersion)
    {
        // The password file, and the places of the user's own TLS files, stay as they are.
        foreach (
            var name in (string[])
                [
                    "PGSERVICE",
                    "PGSERVICEFILE",
                    "PGHOSTADDR",
                    "PGTARGETSESSIONATTRS",
                    "PGREQUIRESSL",
                    "PGCLIENTENCODING",
                    "PGDATESTYLE",
                    "PGTZ",
                    "PGGEQO",
                    "PGREQUIREAUTH",
                ]
        )
            environment.Remove(name);
        var hosts = HostChoice.Of(to);
        Set(environment, "PGHOST", string.Join(',', hosts.Select(h => h.Host)));
        Set(environment, "PGPORT", string.Join(',', hosts.Select(h => h.Port.ToString(CultureInfo.InvariantCulture))));
        Set(environment, "PGTARGETSESSIONATTRS", HostChoice.Word(to));
        Set(environment, "PGUSER", to.Username);
        Set(environment, "PGDATABASE", to.Database);
        Set(environment, "PGPASSWORD", to.Password);
        Set(environment, "PGPASSFILE", to.Passfile);
        Set(environment, "PGOPTIONS", to.Options);
        Set(environment, "PGAPPNAME", ApplicationName.Of(migration: null));
        Set(environment, "PGCONNECT_TIMEOUT", to.Timeout > 0 ? to.Timeout.ToString(CultureInfo.InvariantCulture) : null);
        Set(environment, "PGSSLMODE", Mode(to.SslMode));
        Set(environment, "PGSSLROOTCERT", Root(to, clientVersion));
        Set(environment, "PGSSLCERT", to.SslCertificate);
        Set(environment, "PGSSLKEY", to.SslKey);
        Set(environment, "PGSSLNEGOTIATION", to.SslNegotiation is SslNegotiation.Direct ? "direct" : null);
        Set(
            environment,
            "PGCHANNELBINDING",
            to.ChannelBinding switch
            {
                ChannelBinding.Disable => "disable",
                ChannelBinding.Require => "require",
                _ => null,
            }
        );
        Set(environment, "PGGSSENCMODE", GssEncryption.ModeOf(to));
        Set(environment, "LC_MESSAGES", "C");
        environment.Remove("LC_ALL");
        environment.Remove("LANGUAGE");
    }

    /// <summary>
    /// A database's name where a program must have it as an argument: as a connection string, because a name that looks like one would be
    /// read as one.
    /// </summary>
    public static string NameOf(DatabaseTarget target) =>
        $"dbname='{target.Database.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "\\'", StringComparison.Ordinal)}'";

    private static void Set(IDictionary<string, string?> environment, string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
            environment[name] = value;
    }

    private static string Mode(SslMode mode) =>
        mode switch
        {
            SslMode.Disable => "disable",
            SslMode.Allow => "allow",
            SslMode.Require => "require",
            SslMode.VerifyCA => "verify-ca",
            SslMode.VerifyFull => "verify-full",
            _ => "prefer",
        };

    /// <summary>Npgsql trusts the system's authorities where none is named; libpq must be given that.</summary>
    private static string? Root(NpgsqlConnectionStringBuilder to, int clientVersion)
    {
        if (
            !string.IsNullOrEmpty(to.RootCertificate)
            || to.SslMode is not (SslMode.VerifyCA or SslMode.VerifyFull)
            || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("PGSSLROOTCERT"))
        )
            return to.RootCertificate;
        var own = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".postgresql", "root.crt");
        if (File.Exists(own))
            return null;
        // "system" goes with the strictest mode only.
        return clientVersion >= 16 && to.SslMode == SslMode.VerifyFull ? "system" : Array.Find(Roots, File.Exists);
    }
}
