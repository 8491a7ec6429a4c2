using System.Globalization;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Reads a connection URL with libpq's parameter names.</summary>
internal sealed class PostgreSqlUrl
{
    // libpq's parameters that Npgsql settles by itself, or that change nothing here.
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

    private readonly NpgsqlConnectionStringBuilder _builder = new();
    private readonly string _baseFolder;
    private IReadOnlyList<string> _hosts = [];
    private IReadOnlyList<int> _ports = [];

    private PostgreSqlUrl(string baseFolder) => _baseFolder = baseFolder;

    /// <summary>Reads a URL.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/>.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string url, string baseFolder) =>
        new PostgreSqlUrl(baseFolder).Read(url.AsSpan(url.IndexOf("://", StringComparison.Ordinal) + 3));

    private NpgsqlConnectionStringBuilder Read(ReadOnlySpan<char> rest)
    {
        var query = rest.IndexOf('?');
        var parameters = query < 0 ? "" : rest[(query + 1)..].ToString();
        rest = query < 0 ? rest : rest[..query];
        // A '#', '/' or '?' in a password must be written as a %-code; the last '@' ends the user part, as in libpq.
        var slash = rest[(rest.LastIndexOf('@') + 1)..].IndexOf('/');
        var authority = slash < 0 ? rest : rest[..(rest.LastIndexOf('@') + 1 + slash)];
        if (slash >= 0 && rest.Length > authority.Length + 1)
            _builder.Database = Decode(rest[(authority.Length + 1)..]);
        Authority(authority);
        foreach (var pair in parameters.Split('&', StringSplitOptions.RemoveEmptyEntries))
            Parameter(pair, parameters);
        SetHosts();
        if (_builder.SslMode == SslMode.Require && !string.IsNullOrEmpty(_builder.RootCertificate))
            _builder.SslMode = SslMode.VerifyCA; // As in libpq: who names a root certificate wants it used.
        return _builder;
    }

    private void Authority(ReadOnlySpan<char> authority)
    {
        var at = authority.LastIndexOf('@');
        if (at >= 0)
        {
            var user = authority[..at];
            var colon = user.IndexOf(':');
            _builder.Username = Decode(colon < 0 ? user : user[..colon]);
            if (colon >= 0)
                _builder.Password = Decode(user[(colon + 1)..]);
        }

        var (hosts, ports) = (new List<string>(), new List<int>());
        foreach (var part in authority[(at + 1)..].ToString().Split(','))
        {
            var (host, port) = HostAndPort(part);
            hosts.Add(host);
            ports.Add(port);
        }

        (_hosts, _ports) = (hosts is [""] ? [] : hosts, ports is [0] ? [] : ports);
    }

    private static (string Host, int Port) HostAndPort(string text)
    {
        var end = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) + 1 : text.IndexOf(':', StringComparison.Ordinal);
        if (text.StartsWith('[') && end == 0)
            throw PostgreSqlTarget.Invalid("the IPv6 address has no closing bracket.");
        if (end >= 0 && end < text.Length && text[end] != ':')
            throw PostgreSqlTarget.Invalid("after the host, a colon and a port are expected.");
        var host = end < 0 ? text : text[..end];
        return (Decode(host.StartsWith('[') ? host[1..^1] : host), end < 0 || end + 1 >= text.Length ? 0 : Port(text.AsSpan(end + 1)));
    }

    private static int Port(ReadOnlySpan<char> text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535
            ? port
            : throw PostgreSqlTarget.Invalid(
                "the port is not a number from 1 to 65535. (A ':', '/', '?', '#' or '@' in a password must be written as a %-code.)"
            );

    /// <summary>
    /// One host and its port, or several, which Npgsql wants as a list: as in libpq, one port is that of all, and else there is one for
    /// each.
    /// </summary>
    private void SetHosts()
    {
        if (_hosts.Count <= 1)
        {
            if (_ports.Count > 1)
                throw PostgreSqlTarget.Invalid($"it names {_ports.Count} ports and {_hosts.Count} hosts.");
            if (_hosts is [{ Length: > 0 } host])
                _builder.Host = host;
            if (_ports is [> 0 and var port])
                _builder.Port = port;
            return;
        }

        if (_ports.Count > 1 && _ports.Count != _hosts.Count)
            throw PostgreSqlTarget.Invalid($"it names {_ports.Count} ports and {_hosts.Count} hosts.");
        if (_hosts.Any(string.IsNullOrEmpty))
            throw PostgreSqlTarget.Invalid("one of its hosts is empty.");
        _builder.Host = HostChoice.Join(_hosts, _ports.Count == 0 ? [_builder.Port] : [.. _ports.Select(p => p == 0 ? _builder.Port : p)]);
    }

    private void Parameter(string pair, string all)
    {
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            throw PostgreSqlTarget.Invalid("a parameter after '?' is not of the form name=value.");
        var name = Decode(pair.AsSpan(0, equals));
        var value = Decode(pair.AsSpan(equals + 1));
        if (Files(name, value) || Texts(name, value) || Choices(name, value) || WithoutMeaning.Contains(name, StringComparer.Ordinal))
            return;
        // Behind a '?' that should have been a %-code stands the rest of a password, and an '@' behind it.
        throw PostgreSqlTarget.Invalid(
            "a parameter after '?' is not known "
                + $"here{(all.Contains('@', StringComparison.Ordinal) ? "" : PostgreSqlTarget.Named(name, all))}."
        );
    }

    private bool Files(string name, string value)
    {
        var path = Path.Combine(_baseFolder, value);
        switch (name)
        {
            case "passfile":
                _builder.Passfile = path;
                return true;
            case "sslrootcert":
                _builder.RootCertificate = path;
                return true;
            case "sslcert":
                _builder.SslCertificate = path;
                return true;
            case "sslkey":
                _builder.SslKey = path;
                return true;
            default:
                return false;
        }
    }

    private bool Texts(string name, string value)
    {
        switch (name)
        {
            case "host" or "hostaddr":
                _hosts = value.Split(',');
                return true;
            case "user":
                _builder.Username = value;
                return true;
            case "password":
                _builder.Password = value;
                return true;
            case "dbname":
                _builder.Database = value;
                return true;
            case "sslpassword":
                _builder.SslPassword = value;
                return true;
            case "application_name":
                _builder.ApplicationName = value;
                return true;
            case "search_path":
                _builder.SearchPath = value;
                return true;
            case "options":
                _builder.Options = value;
                return true;
            default:
                return false;
        }
    }

    private bool Choices(string name, string value)
    {
        switch (name)
        {
            case "port":
                _ports = [.. value.Split(',').Select(p => p.Length == 0 ? 0 : Port(p))];
                return true;
            case "sslmode":
                _builder.SslMode = Mode(value);
                return true;
            case "channel_binding":
                _builder.ChannelBinding = Binding(value);
                return true;
            case "connect_timeout":
                _builder.Timeout = Seconds(name, value);
                return true;
            case "keepalives_idle":
                _builder.TcpKeepAliveTime = Seconds(name, value);
                return true;
            case "gssencmode":
                GssEncryption.Set(_builder, value);
                return true;
            case "target_session_attrs":
                _builder.TargetSessionAttributes = HostChoice.Known(value);
                return true;
            case "sslnegotiation":
                _builder.SslNegotiation = Negotiation(value);
                return true;
            default:
                return false;
        }
    }

    /// <summary>A value of <c>connect_timeout</c>.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/></exception>
    public static int Seconds(string name, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 1024
            ? seconds
            : throw PostgreSqlTarget.Invalid($"'{name}' is not a number of seconds.");

    /// <summary>A value of <c>sslmode</c>.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/></exception>
    public static SslMode Mode(string value) =>
        value switch
        {
            "disable" => SslMode.Disable,
            "allow" => SslMode.Allow,
            "prefer" => SslMode.Prefer,
            "require" => SslMode.Require,
            "verify-ca" => SslMode.VerifyCA,
            "verify-full" => SslMode.VerifyFull,
            _ => throw PostgreSqlTarget.Invalid("Invalid 'sslmode'. Expected disable, allow, prefer, require, verify-ca or verify-full."),
        };

    private static SslNegotiation Negotiation(string value) =>
        value switch
        {
            "postgres" => SslNegotiation.Postgres,
            "direct" => SslNegotiation.Direct,
            _ => throw PostgreSqlTarget.Invalid("Invalid 'sslnegotiation'. Expected postgres or direct."),
        };

    private static ChannelBinding Binding(string value) =>
        value switch
        {
            "disable" => ChannelBinding.Disable,
            "prefer" => ChannelBinding.Prefer,
            "require" => ChannelBinding.Require,
            _ => throw PostgreSqlTarget.Invalid("Invalid 'channel_binding'. Expected disable, prefer or require."),
        };

    private static string Decode(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2])))
                throw PostgreSqlTarget.Invalid("a '%' is not followed by two hexadecimal digits (a '%' itself is written %25).");
        }

        return Uri.UnescapeDataString(text.ToString());
    }
}
