using System.Collections.Concurrent;
using Migrations.Folders;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// Keeps what Npgsql needs to connect from call to call: making it takes as long as several queries. Connections themselves are not kept.
/// </summary>
internal sealed class PostgreSqlSources
{
    private const string FailedCommand = "Include Failed Batched Command";

    // What Npgsql takes: https://www.npgsql.org/doc/connection-string-parameters.html
    private const int MostSeconds = 1024;

    private static readonly string Nothing = OperatingSystem.IsWindows() ? "NUL" : "/dev/null";

    private readonly ConcurrentDictionary<string, NpgsqlDataSource> _sources = new(StringComparer.Ordinal);

    /// <summary>The source of connections to a database, with the settings that a migration needs over those of the user.</summary>
    public NpgsqlDataSource Of(DatabaseTarget target) => _sources.GetOrAdd(target.ConnectionString, Create);

    /// <summary>The same, where connecting may take this long.</summary>
    public NpgsqlDataSource Of(DatabaseTarget target, TimeSpan timeout)
    {
        var seconds = (int)Math.Clamp(Math.Ceiling(timeout.TotalSeconds), 1, MostSeconds);
        var text = new NpgsqlConnectionStringBuilder(target.ConnectionString) { Timeout = seconds }.ConnectionString;
        return _sources.GetOrAdd(text, Create);
    }

    /// <summary>
    /// The same, where a text is bytes, each taken for a character: what is sent may be of any encoding, and says so itself.
    /// </summary>
    public NpgsqlDataSource OfBytes(DatabaseTarget target) =>
        _sources.GetOrAdd("bytes;" + target.ConnectionString, _ => Create(target.ConnectionString, encoding: "iso-8859-1"));

    private static NpgsqlDataSource Create(string connectionString) => Create(connectionString, encoding: "UTF8");

    private static NpgsqlDataSource Create(string connectionString, string encoding)
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
        if (PasswordFile(builder) is { } file && !IsFile(file))
            builder.Passfile = Nothing;
        var wanted = HostChoice.Wanted(builder);
        builder.TargetSessionAttributes = null; // Of a source it is asked for beside the text.
        builder.HostRecheckSeconds = 0; // What a server was a moment ago, it need not be any more.
        var source = new NpgsqlSlimDataSourceBuilder(builder.ConnectionString);
        source.ConfigureTypeLoading(types => types.EnableTypeLoading(enable: false)); // One round trip less; only built-in types are read.
        source.EnableTransportSecurity();
        source.EnableIntegratedSecurity();
        return wanted is { } which ? source.BuildMultiHost().WithTargetSession(which) : source.Build();
    }

    private static bool IsFile(string path) => File.Exists(path) && RegularFile.OtherKind(path) is null;

    // A password file that is named and missing is passed over, as libpq does
    // (https://www.postgresql.org/docs/current/libpq-pgpass.html); Npgsql would fail.
    private static string? PasswordFile(NpgsqlConnectionStringBuilder builder) =>
        string.IsNullOrEmpty(builder.Passfile) ? LibpqVariables.Of("PGPASSFILE") : builder.Passfile;
}
