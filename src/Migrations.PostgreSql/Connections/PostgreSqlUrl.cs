namespace Migrations.PostgreSql;

/// <summary>Reads a connection URL with libpq's parameter names.</summary>
internal sealed class PostgreSqlUrl
{
    private readonly ConnectionParameters _parameters;

    private PostgreSqlUrl(string baseFolder) => _parameters = new ConnectionParameters(source: null, baseFolder);

    /// <summary>Reads a URL.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/>.</exception>
    public static ConnectionParameters Parse(string url, string baseFolder) =>
        new PostgreSqlUrl(baseFolder).Read(url.AsSpan(url.IndexOf("://", StringComparison.Ordinal) + 3));

    private ConnectionParameters Read(ReadOnlySpan<char> rest)
    {
        var query = rest.IndexOf('?');
        var parameters = query < 0 ? "" : rest[(query + 1)..].ToString();
        rest = query < 0 ? rest : rest[..query];
        // A '#', '/' or '?' in a password must be written as a %-code; the last '@' ends the user part, as in libpq.
        var slash = rest[(rest.LastIndexOf('@') + 1)..].IndexOf('/');
        var authority = slash < 0 ? rest : rest[..(rest.LastIndexOf('@') + 1 + slash)];
        if (slash >= 0 && rest.Length > authority.Length + 1)
            _parameters.Builder.Database = Decode(rest[(authority.Length + 1)..]);
        Authority(authority);
        foreach (var pair in parameters.Split('&', StringSplitOptions.RemoveEmptyEntries))
            Parameter(pair, parameters);
        return _parameters;
    }

    private void Authority(ReadOnlySpan<char> authority)
    {
        var at = authority.LastIndexOf('@');
        if (at >= 0)
        {
            var user = authority[..at];
            var colon = user.IndexOf(':');
            _parameters.Builder.Username = Decode(colon < 0 ? user : user[..colon]);
            if (colon >= 0)
                _parameters.Builder.Password = Decode(user[(colon + 1)..]);
        }

        var (hosts, ports) = (new List<string>(), new List<int>());
        foreach (var part in authority[(at + 1)..].ToString().Split(','))
        {
            var (host, port) = HostAndPort(part);
            hosts.Add(host);
            ports.Add(port);
        }

        (_parameters.Hosts, _parameters.Ports) = (hosts is [""] ? [] : hosts, ports is [0] ? [] : ports);
    }

    private static (string Host, int Port) HostAndPort(string text)
    {
        var end = text.StartsWith('[') ? text.IndexOf(']', StringComparison.Ordinal) + 1 : text.IndexOf(':', StringComparison.Ordinal);
        if (text.StartsWith('[') && end == 0)
            throw ConnectionRefusal.Invalid("the IPv6 address has no closing bracket.");
        if (end >= 0 && end < text.Length && text[end] != ':')
            throw ConnectionRefusal.Invalid("after the host, a colon and a port are expected.");
        var host = end < 0 ? text : text[..end];
        return (
            Decode(host.StartsWith('[') ? host[1..^1] : host),
            end < 0 || end + 1 >= text.Length ? 0 : ConnectionParameters.Port(text.AsSpan(end + 1))
        );
    }

    private void Parameter(string pair, string all)
    {
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            throw ConnectionRefusal.Invalid("a parameter after '?' is not of the form name=value.");
        var name = Decode(pair.AsSpan(0, equals));
        var value = Decode(pair.AsSpan(equals + 1));
        if (_parameters.TrySet(name, value))
            return;
        // Behind a '?' that should have been a %-code stands the rest of a password, and an '@' behind it.
        throw ConnectionRefusal.Invalid(
            "a parameter after '?' is not known "
                + $"here{(all.Contains('@', StringComparison.Ordinal) ? "" : ConnectionRefusal.Named(name, all))}."
        );
    }

    private static string Decode(ReadOnlySpan<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '%' && (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2])))
                throw ConnectionRefusal.Invalid("a '%' is not followed by two hexadecimal digits (a '%' itself is written %25).");
        }

        return Uri.UnescapeDataString(text.ToString());
    }
}
