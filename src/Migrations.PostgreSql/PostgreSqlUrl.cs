using System.Globalization;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Reads a connection URL with libpq's parameter names.</summary>
internal static class PostgreSqlUrl
{
    /// <summary>Reads a URL.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.TargetInvalid"/>.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string url, string baseFolder)
    {
        var builder = new NpgsqlConnectionStringBuilder();
        var rest = url.AsSpan(url.IndexOf("://", StringComparison.Ordinal) + 3);
        var query = rest.IndexOf('?');
        if (query >= 0)
        {
            foreach (var pair in rest[(query + 1)..].ToString().Split('&', StringSplitOptions.RemoveEmptyEntries))
                Parameter(builder, pair, baseFolder);
            rest = rest[..query];
        }

        // A '#', '/' or '?' in a password must be written as a %-code; the last '@' ends the user part, as in libpq.
        var slash = rest[(rest.LastIndexOf('@') + 1)..].IndexOf('/');
        var authority = slash < 0 ? rest : rest[..(rest.LastIndexOf('@') + 1 + slash)];
        if (slash >= 0 && rest.Length > authority.Length + 1)
            builder.Database = Decode(rest[(authority.Length + 1)..]);
        Authority(builder, authority);
        if (builder.SslMode == SslMode.Require && !string.IsNullOrEmpty(builder.RootCertificate))
            builder.SslMode = SslMode.VerifyCA; // As in libpq: who names a root certificate wants it used.
        return builder;
    }

    private static void Authority(NpgsqlConnectionStringBuilder builder, ReadOnlySpan<char> authority)
    {
        var at = authority.LastIndexOf('@');
        if (at >= 0)
        {
            var user = authority[..at];
            var colon = user.IndexOf(':');
            builder.Username = Decode(colon < 0 ? user : user[..colon]);
            if (colon >= 0)
                builder.Password = Decode(user[(colon + 1)..]);
        }

        var host = authority[(at + 1)..];
        var port = host.StartsWith("[") ? host.IndexOf(']') + 1 : host.IndexOf(':');
        if (host.StartsWith("[") && port == 0)
            throw PostgreSqlTarget.Invalid("the IPv6 address has no closing bracket.");
        if (port >= 0 && port < host.Length)
        {
            if (host[port] != ':')
                throw PostgreSqlTarget.Invalid("after the host, a colon and a port are expected.");
            Port(builder, host[(port + 1)..]);
            host = host[..port];
        }

        if (host.Length > 0)
            builder.Host = Decode(host.StartsWith("[") ? host[1..^1] : host);
    }

    private static void Port(NpgsqlConnectionStringBuilder builder, ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
            return;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
            throw PostgreSqlTarget.Invalid("the port is not a number from 1 to 65535. (A ':', '/', '?', '#' or '@' in a password must be written as a %-code.)");
        builder.Port = port;
    }

    private static void Parameter(NpgsqlConnectionStringBuilder builder, string pair, string baseFolder)
    {
        var equals = pair.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
            throw PostgreSqlTarget.Invalid("a parameter after '?' is not of the form name=value.");
        var name = Decode(pair.AsSpan(0, equals));
        var value = Decode(pair.AsSpan(equals + 1));
        if (!Files(builder, name, value, baseFolder) && !Texts(builder, name, value) && !Choices(builder, name, value))
            throw PostgreSqlTarget.Invalid("a parameter after '?' is not known."); // Not shown: behind a '?' that should have been a %-code stands the rest of a password.
    }

    private static bool Files(NpgsqlConnectionStringBuilder builder, string name, string value, string baseFolder)
    {
        var path = Path.Combine(baseFolder, value);
        switch (name)
        {
            case "passfile": builder.Passfile = path; return true;
            case "sslrootcert": builder.RootCertificate = path; return true;
            case "sslcert": builder.SslCertificate = path; return true;
            case "sslkey": builder.SslKey = path; return true;
            default: return false;
        }
    }

    private static bool Texts(NpgsqlConnectionStringBuilder builder, string name, string value)
    {
        switch (name)
        {
            case "host" or "hostaddr": builder.Host = value; return true;
            case "user": builder.Username = value; return true;
            case "password": builder.Password = value; return true;
            case "dbname": builder.Database = value; return true;
            case "sslpassword": builder.SslPassword = value; return true;
            case "application_name": builder.ApplicationName = value; return true;
            case "search_path": builder.SearchPath = value; return true;
            case "options": builder.Options = value; return true;
            default: return false;
        }
    }

    private static bool Choices(NpgsqlConnectionStringBuilder builder, string name, string value)
    {
        switch (name)
        {
            case "port": Port(builder, value); return true;
            case "sslmode": builder.SslMode = Mode(value); return true;
            case "channel_binding": builder.ChannelBinding = Binding(value); return true;
            case "connect_timeout": builder.Timeout = Seconds(name, value); return true;
            case "keepalives_idle": builder.TcpKeepAliveTime = Seconds(name, value); return true;
            case "gssencmode": builder.GssEncryptionMode = GssMode(value); return true;
            case "target_session_attrs" or "keepalives": return true; // Npgsql chooses these itself.
            default: return false;
        }
    }

    private static int Seconds(string name, string value) => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= 1024
        ? seconds
        : throw PostgreSqlTarget.Invalid($"'{name}' is not a number of seconds.");

    private static SslMode Mode(string value) => value switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "prefer" => SslMode.Prefer,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => throw PostgreSqlTarget.Invalid("'sslmode' is none of disable, allow, prefer, require, verify-ca, verify-full."),
    };

    private static GssEncryptionMode GssMode(string value) => value switch
    {
        "disable" => GssEncryptionMode.Disable,
        "prefer" => GssEncryptionMode.Prefer,
        "require" => GssEncryptionMode.Require,
        _ => throw PostgreSqlTarget.Invalid("'gssencmode' is none of disable, prefer, require."),
    };

    private static ChannelBinding Binding(string value) => value switch
    {
        "disable" => ChannelBinding.Disable,
        "prefer" => ChannelBinding.Prefer,
        "require" => ChannelBinding.Require,
        _ => throw PostgreSqlTarget.Invalid("'channel_binding' is none of disable, prefer, require."),
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
