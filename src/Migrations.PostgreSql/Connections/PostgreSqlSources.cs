using System.Collections.Concurrent;
using System.Data.Common;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Keeps what Npgsql needs to connect from call to call: making it takes as long as several queries. Connections themselves are not kept.
/// </summary>
/// <param name="application">Makes a connection as an application does; null: the text of a target is all that is needed.</param>
internal sealed class PostgreSqlSources(Func<DbConnection>? application = null)
{
    private const string FailedCommand = "Include Failed Batched Command";

    // What Npgsql takes: https://www.npgsql.org/doc/connection-string-parameters.html
    private const int MostSeconds = 1024;

    private readonly ConcurrentDictionary<string, PostgreSqlSource> _sources = new(StringComparer.Ordinal);

    /// <summary>The source of connections to a database, with the settings that a migration needs over those of the user.</summary>
    public PostgreSqlSource Of(DatabaseTarget target) => _sources.GetOrAdd(target.ConnectionString, Create);

    /// <summary>The same, where connecting may take this long.</summary>
    public PostgreSqlSource Of(DatabaseTarget target, TimeSpan timeout)
    {
        var seconds = (int)Math.Clamp(Math.Ceiling(timeout.TotalSeconds), 1, MostSeconds);
        var text = new NpgsqlConnectionStringBuilder(target.ConnectionString) { Timeout = seconds }.ConnectionString;
        return _sources.GetOrAdd(text, Create);
    }

    /// <summary>
    /// The same, where a text is bytes, each taken for a character: what is sent may be of any encoding, and says so itself.
    /// </summary>
    public PostgreSqlSource OfBytes(DatabaseTarget target) =>
        _sources.GetOrAdd("bytes;" + target.ConnectionString, _ => Create(target.ConnectionString, encoding: "iso-8859-1"));

    private PostgreSqlSource Create(string connectionString) => Create(connectionString, encoding: "UTF8");

    private PostgreSqlSource Create(string connectionString, string encoding)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString)
        {
            IncludeErrorDetail = true,
            Pooling = false,
            Multiplexing = false,
            Enlist = false,
            CommandTimeout = 0, // Time limits are the server's: it can roll back.
            MaxAutoPrepare = 0,
            TcpKeepAlive = true,
            // Scripts are UTF-8, whatever PGCLIENTENCODING says: with another encoding the server would take their bytes for other letters.
            ClientEncoding = "UTF8",
            Encoding = encoding,
        };
        if (string.IsNullOrEmpty(builder.ApplicationName))
            builder.ApplicationName = ApplicationName.Of(migration: null);
        // No server offers TLS on a socket of its own machine: asking for it would be a round trip for nothing, and libpq does not ask
        // either.
        if (builder.Host is ['/' or '@', ..] && builder.SslMode == SslMode.Prefer)
            builder.SslMode = SslMode.Disable;
        // Which statement of a batch failed is said only when asked for; before Npgsql 10, which has this key, always.
        if (builder.ContainsKey(FailedCommand))
            builder[FailedCommand] = true;
        GssEncryption.ForgoWithoutTickets(builder);
        // Its password may be another one by now: it is asked for with each connection.
        if (application is not null)
        {
            builder.Password = null;
            return new PostgreSqlSource(application, builder.ConnectionString);
        }

        var file = builder.Passfile;
        builder.Passfile = null; // Npgsql has rules of its own for it.
        var wanted = HostChoice.Wanted(builder);
        builder.TargetSessionAttributes = null; // Of a source it is asked for beside the text.
        builder.HostRecheckSeconds = 0; // What a server was a moment ago, it need not be any more.
        var source = new NpgsqlSlimDataSourceBuilder(builder.ConnectionString);
        source.ConfigureTypeLoading(types => types.EnableTypeLoading(enable: false)); // One round trip less; only built-in types are read.
        source.EnableTransportSecurity();
        source.EnableIntegratedSecurity();
        if (string.IsNullOrEmpty(builder.Password))
            source.UsePasswordProvider(Password, (host, _) => new(Password(host)));
        return new PostgreSqlSource(wanted is { } which ? source.BuildMultiHost().WithTargetSession(which) : source.Build());

        // Asked for each connection: both may change while the process lives.
        string Password(NpgsqlConnectionStringBuilder host) =>
            LibpqVariables.Of("PGPASSWORD") ?? PasswordFile.Find(file, host.Host, host.Port, host.Database, host.Username) ?? "";
    }
}
