using System.Globalization;
using Migrations.Databases;
using Migrations.Events;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Opens connections to one database, with the settings that a migration needs over those of the user.</summary>
internal sealed class PostgreSqlConnector : IAsyncDisposable
{
    private readonly DatabaseTarget _target;
    private readonly NpgsqlDataSource _source;

    public PostgreSqlConnector(DatabaseTarget target)
    {
        _target = target;
        var builder = new NpgsqlConnectionStringBuilder(target.ConnectionString)
        {
            IncludeFailedBatchedCommand = true, // Without it nobody knows which statement of a batch failed.
            IncludeErrorDetail = true,
            Pooling = false,
            Multiplexing = false,
            Enlist = false,
            CommandTimeout = 0, // Time limits are the server's: it can roll back.
            MaxAutoPrepare = 0,
            TcpKeepAlive = true,
        };
        if (string.IsNullOrEmpty(builder.ApplicationName))
            builder.ApplicationName = ApplicationName.Of(migration: null);
        Username = builder.Username;
        var source = new NpgsqlSlimDataSourceBuilder(builder.ConnectionString);
        source.ConfigureTypeLoading(types => types.EnableTypeLoading(enable: false)); // One round trip less; only built-in types are read.
        source.EnableTransportSecurity();
        source.EnableIntegratedSecurity();
        _source = source.Build();
    }

    /// <summary>The database user.</summary>
    public string? Username { get; }

    /// <summary>Connects, trying again while the server cannot be reached or is not ready.</summary>
    /// <exception cref="MigrationException">Not connected.</exception>
    public async Task<NpgsqlConnection> OpenAsync(SessionOptions options, CancellationToken cancellationToken)
    {
        var attempts = Math.Max(1, options.ConnectAttempts);
        for (var attempt = 1; ; attempt++)
        {
            options.Events.Publish(new ConnectionAttempted(_target.Display, attempt, attempts));
            try
            {
                return await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (attempt < attempts && PostgreSqlErrors.MayPass(e))
            {
                options.Events.Publish(new ConnectionRetried(_target.Display, attempt, attempts, PostgreSqlErrors.Words(e), options.ConnectDelay));
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw PostgreSqlErrors.Connecting(_target, Username, e, attempt);
            }

            await Task.Delay(options.ConnectDelay, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Connects once more beside the session's own connection.</summary>
    public ValueTask<NpgsqlConnection> OpenSecondAsync(CancellationToken cancellationToken) => _source.OpenConnectionAsync(cancellationToken);

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}

/// <summary>The name that other sessions see in <c>pg_stat_activity</c>: who is migrating what.</summary>
internal static class ApplicationName
{
    // The server keeps 63 bytes (NAMEDATALEN - 1) and turns what is not ASCII into '?'.
    private const int MostCharacters = 63;
    private const string Prefix = "migrations ";

    public static string Of(string? migration)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.MachineName}/{Environment.ProcessId}{(migration is null ? "" : " " + migration)}");
        return name.Length <= MostCharacters ? name : name[..MostCharacters];
    }

    /// <summary>Reads a name back into machine, process and migration; all null when it is not ours.</summary>
    public static (string? Host, int? Process, string? Migration) Read(string? name)
    {
        if (name is null || !name.StartsWith(Prefix, StringComparison.Ordinal))
            return default;
        var parts = name[Prefix.Length..].Split(' ', 2);
        var slash = parts[0].LastIndexOf('/');
        return slash > 0 && int.TryParse(parts[0].AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
            ? (parts[0][..slash], process, parts.Length > 1 ? parts[1] : null)
            : default;
    }
}
