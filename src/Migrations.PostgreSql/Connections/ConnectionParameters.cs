using System.Globalization;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// The parameters of a connection by libpq's names (<see
/// href="https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS"/>), as a URL, a service file or the environment
/// gives them. What one of them does not give is taken from the next.
/// </summary>
/// <param name="source">What gives them, for messages; null for the text itself.</param>
/// <param name="baseFolder">Where relative paths of files start.</param>
internal sealed class ConnectionParameters(string? source, string baseFolder)
{
    // Those that Npgsql settles by itself, or that change nothing here.
    private static readonly string[] WithoutMeaning =
    [
        "client_encoding",
        "fallback_application_name",
        "keepalives",
        "keepalives_interval",
        "keepalives_count",
        "tcp_user_timeout",
        "krbsrvname",
        "gsslib",
        "gssdelegation",
        "sslcompression",
        "sslsni",
        "ssl_min_protocol_version",
        "ssl_max_protocol_version",
        "load_balance_hosts",
        "min_protocol_version",
        "max_protocol_version",
    ];

    /// <summary>Those that are not of a place.</summary>
    public NpgsqlConnectionStringBuilder Builder { get; init; } = [];

    /// <summary>The hosts; none where none is given.</summary>
    public IReadOnlyList<string> Hosts { get; set; } = [];

    /// <summary>Their addresses, which are connected to in place of the hosts.</summary>
    public IReadOnlyList<string> Addresses { get; private set; } = [];

    /// <summary>Their ports; 0 for the usual one.</summary>
    public IReadOnlyList<int> Ports { get; set; } = [];

    /// <summary>Whether <c>SSL Mode</c> is given as Npgsql means it: there, a root certificate changes nothing of it.</summary>
    public bool HasNpgsqlMode { get; set; }

    /// <summary>The name of a service, whose parameters are in a file.</summary>
    public string? Service { get; set; }

    /// <summary>That file.</summary>
    public string? ServiceFile { get; private set; }

    /// <summary>Sets one.</summary>
    /// <returns>Whether there is one of this name.</returns>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/>.</exception>
    public bool TrySet(string name, string value) =>
        Place(name, value)
        || Files(name, value)
        || Texts(name, value)
        || Choices(name, value)
        || WithoutMeaning.Contains(name, StringComparer.Ordinal);

    /// <summary>Sets one that comes from elsewhere than the text.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="value">Its value, which messages do not repeat.</param>
    /// <param name="where">Where it comes from.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/>.</exception>
    public void Set(string name, string value, string where)
    {
        try
        {
            if (TrySet(name, value))
                return;
        }
        catch (MigrationException e)
        {
            throw new MigrationException(e.Id, $"{e.Message} It comes from {where}.", $"Correct {where}.", e);
        }

        throw new MigrationException(
            ErrorId.TargetInvalid,
            $"The PostgreSQL database is not given correctly: {where} has a parameter that is not known here.",
            $"Correct {where}: a line is name=value, with one of libpq's parameter names and no blank around the '='."
        );
    }

    /// <summary>Takes what is not given here.</summary>
    /// <exception cref="MigrationException">
    /// <see cref="ErrorId.TargetInvalid"/>: there is an address for another host than the one that is named here, and libpq would connect
    /// to
    /// it.
    /// </exception>
    public void Fill(ConnectionParameters other)
    {
        if (Addresses.Count == 0 && other.Addresses.Count > 0)
        {
            if (
                Hosts.Count > 0
                && !Hosts.SequenceEqual(other.Hosts, StringComparer.Ordinal)
                && !Hosts.SequenceEqual(other.Addresses, StringComparer.Ordinal)
            )
                throw ConnectionRefusal.Invalid(
                    $"it names a host, and {other.Origin} names an address (hostaddr), to which PostgreSQL's own programs would connect "
                        + $"instead. Remove the address from {other.Origin}, or write hostaddr= beside the host."
                );
            Addresses = other.Addresses;
        }

        if (Hosts.Count == 0)
            Hosts = other.Hosts;
        if (Ports.Count == 0)
            Ports = other.Ports;
        foreach (KeyValuePair<string, object?> pair in other.Builder)
        {
            if (!Builder.ShouldSerialize(pair.Key))
                Builder[pair.Key] = pair.Value;
        }
    }

    private string Origin => source ?? "the text";

    /// <summary>
    /// One host and its port, or several, which Npgsql wants as a list: as in libpq, one port is that of all, and else there is one for
    /// each.
    /// </summary>
    public void SetPlace()
    {
        var hosts = Connected();
        if (Ports.Count > 1 && Ports.Count != hosts.Count)
            throw ConnectionRefusal.Invalid($"it names {Ports.Count} ports and {hosts.Count} hosts.");
        if (hosts.Count <= 1)
        {
            if (hosts is [{ Length: > 0 } host])
                Builder.Host = host;
            if (Ports is [> 0 and var port])
                Builder.Port = port;
            return;
        }

        if (hosts.Any(string.IsNullOrEmpty))
            throw ConnectionRefusal.Invalid("one of its hosts is empty.");
        Builder.Host = HostChoice.Join(hosts, Ports.Count == 0 ? [Builder.Port] : [.. Ports.Select(p => p == 0 ? Builder.Port : p)]);
    }

    /// <summary>
    /// Takes the password of hosts whose addresses are given from the password file, where they stand by their names: who connects knows
    /// their addresses only, by which the file is not searched. Hosts with different passwords have none then.
    /// </summary>
    public void SetPassword()
    {
        if (Addresses.Count == 0 || Hosts.Count == 0 || Given(Builder.Password) || Given(LibpqVariables.Of("PGPASSWORD")))
            return;
        var passwords = HostChoice
            .Of(Builder)
            .Select((place, i) => PasswordFile.Find(Builder.Passfile, Hosts[i], place.Port, Builder.Database, Builder.Username))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (passwords is [{ } password])
            Builder.Password = password;
        else
            Builder.Passfile = PasswordFile.None;
    }

    private static bool Given(string? text) => !string.IsNullOrEmpty(text);

    /// <summary>What is connected to.</summary>
    private IReadOnlyList<string> Connected()
    {
        if (Addresses.Count == 0)
            return Hosts;
        if (Hosts.Count > 0 && Hosts.Count != Addresses.Count)
            throw ConnectionRefusal.Invalid($"it names {Hosts.Count} hosts and {Addresses.Count} addresses (hostaddr).");
        // The certificate is of the host's name, and Npgsql compares it with what it connects to.
        if (Builder.SslMode == SslMode.VerifyFull && Hosts.Count > 0 && !Hosts.SequenceEqual(Addresses, StringComparer.Ordinal))
            throw ConnectionRefusal.Invalid(
                "it names a host and its address (hostaddr, PGHOSTADDR), and with sslmode=verify-full the server's certificate is compared "
                    + "with what is connected to. Leave the address out, so that the host's name is looked up, or use sslmode=verify-ca."
            );
        return [.. Addresses.Select((address, i) => address.Length > 0 || Hosts.Count == 0 ? address : Hosts[i])];
    }

    /// <summary>Reads a port.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/></exception>
    public static int Port(ReadOnlySpan<char> text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535
            ? port
            : throw ConnectionRefusal.Invalid(
                "the port is not a number from 1 to 65535. (A ':', '/', '?', '#' or '@' in a password must be written as a %-code.)"
            );

    private bool Place(string name, string value)
    {
        switch (name)
        {
            case "host":
                Hosts = value.Split(',');
                return true;
            case "hostaddr":
                Addresses = value.Split(',');
                return true;
            case "port":
                Ports = [.. value.Split(',').Select(p => p.Length == 0 ? 0 : Port(p))];
                return true;
            case "service":
                Service = value;
                return true;
            case "servicefile":
                ServiceFile = Path.Combine(baseFolder, value);
                return true;
            default:
                return false;
        }
    }

    private bool Files(string name, string value)
    {
        var path = Path.Combine(baseFolder, value);
        switch (name)
        {
            case "passfile":
                Builder.Passfile = path;
                return true;
            case "sslrootcert":
                Builder.RootCertificate = path;
                return true;
            case "sslcert":
                Builder.SslCertificate = path;
                return true;
            case "sslkey":
                Builder.SslKey = path;
                return true;
            default:
                return false;
        }
    }

    private bool Texts(string name, string value)
    {
        switch (name)
        {
            case "user":
                Builder.Username = value;
                return true;
            case "password":
                Builder.Password = value;
                return true;
            case "dbname":
                Builder.Database = value;
                return true;
            case "sslpassword":
                Builder.SslPassword = value;
                return true;
            case "application_name":
                Builder.ApplicationName = value;
                return true;
            case "search_path":
                Builder.SearchPath = value;
                return true;
            case "options":
                Builder.Options = value;
                return true;
            default:
                return false;
        }
    }

    private bool Choices(string name, string value)
    {
        switch (name)
        {
            case "sslmode":
                Builder.SslMode = Mode(value);
                return true;
            case "channel_binding":
                Builder.ChannelBinding = Binding(value);
                return true;
            case "connect_timeout":
                Builder.Timeout = Seconds(name, value);
                return true;
            case "keepalives_idle":
                Builder.TcpKeepAliveTime = Seconds(name, value);
                return true;
            case "gssencmode":
                GssEncryption.Set(Builder, value);
                return true;
            case "target_session_attrs":
                Builder.TargetSessionAttributes = HostChoice.Known(value);
                return true;
            case "sslnegotiation":
                Builder.SslNegotiation = Negotiation(value);
                return true;
            default:
                return false;
        }
    }

    private static int Seconds(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 1024
            ? seconds
            : throw ConnectionRefusal.Invalid($"'{name}' is not a number of seconds.");

    private static SslMode Mode(string value) =>
        value switch
        {
            "disable" => SslMode.Disable,
            "allow" => SslMode.Allow,
            "prefer" => SslMode.Prefer,
            "require" => SslMode.Require,
            "verify-ca" => SslMode.VerifyCA,
            "verify-full" => SslMode.VerifyFull,
            _ => throw ConnectionRefusal.Invalid("Invalid 'sslmode'. Expected disable, allow, prefer, require, verify-ca or verify-full."),
        };

    private static SslNegotiation Negotiation(string value) =>
        value switch
        {
            "postgres" => SslNegotiation.Postgres,
            "direct" => SslNegotiation.Direct,
            _ => throw ConnectionRefusal.Invalid("Invalid 'sslnegotiation'. Expected postgres or direct."),
        };

    private static ChannelBinding Binding(string value) =>
        value switch
        {
            "disable" => ChannelBinding.Disable,
            "prefer" => ChannelBinding.Prefer,
            "require" => ChannelBinding.Require,
            _ => throw ConnectionRefusal.Invalid("Invalid 'channel_binding'. Expected disable, prefer or require."),
        };
}
