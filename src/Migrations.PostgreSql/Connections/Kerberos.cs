namespace Migrations.PostgreSql;

/// <summary>Whether it is worth asking Kerberos for an encrypted connection.</summary>
internal static class Kerberos
{
    private const string Configuration = "/etc/krb5.conf";

    // https://web.mit.edu/kerberos/krb5-latest/doc/admin/env_variables.html
    private static readonly string[] Variables = ["KRB5_CONFIG", "KRB5CCNAME", "KRB5_KTNAME", "KRB5_CLIENT_KTNAME"];

    /// <summary>
    /// Whether this process may have tickets. Without them there is nothing to encrypt with, and finding that out loads six libraries, more
    /// than 1 MB of every call.
    /// </summary>
    public static bool MayHaveTickets =>
        !OperatingSystem.IsLinux()
        || File.Exists(Configuration)
        || Array.Exists(Variables, name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)));
}
