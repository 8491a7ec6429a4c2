using System.Diagnostics;
using System.Globalization;
using Migrations.Databases;
using Migrations.Events;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>Opens connections to one database, with the settings that a migration needs over those of the user.</summary>
internal sealed class PostgreSqlConnector
{
    /// <summary>The oldest major version of a server that the tests run against.</summary>
    public const int OldestServer = 13;

    private readonly DatabaseTarget _target;
    private readonly PostgreSqlSources _sources;
    private NpgsqlDataSource _source;

    /// <param name="target">The database.</param>
    /// <param name="sources">Where the source of its connections is kept from call to call.</param>
    public PostgreSqlConnector(DatabaseTarget target, PostgreSqlSources sources)
    {
        _target = target;
        _sources = sources;
        _source = sources.Of(target);
        Username = new NpgsqlConnectionStringBuilder(target.ConnectionString).Username;
    }

    /// <summary>The database user.</summary>
    public string? Username { get; }

    /// <summary>Connects, trying again while the server cannot be reached or is not ready.</summary>
    /// <exception cref="MigrationException">Not connected.</exception>
    public async Task<NpgsqlConnection> OpenAsync(SessionOptions options, CancellationToken cancellationToken)
    {
        if (options.ConnectTimeout is { } timeout)
            _source = _sources.Of(_target, timeout);
        int? attempts = options.ConnectWait > TimeSpan.Zero ? null : Math.Max(1, options.ConnectAttempts);
        var clock = Stopwatch.StartNew();
        for (var attempt = 1; ; attempt++)
        {
            options.Events.Publish(new ConnectionAttempted(_target.Display, attempt, attempts));
            TimeSpan pause;
            try
            {
                return await CheckedAsync(await _source.OpenConnectionAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                if (!PostgreSqlErrors.MayPass(e) || options.DelayBeforeRetry(attempt, clock.Elapsed) is not { } delay)
                    throw PostgreSqlErrors.Connecting(_target, Username, e, attempt);
                pause = delay;
                options.Events.Publish(new ConnectionRetried(_target.Display, attempt, attempts, PostgreSqlErrors.Words(e), pause));
            }

            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<NpgsqlConnection> CheckedAsync(NpgsqlConnection connection)
    {
        var version = connection.PostgreSqlVersion;
        if (version.Major >= OldestServer)
            return connection;
        await connection.DisposeAsync().ConfigureAwait(false);
        throw new MigrationException(
            ErrorId.ServerOutdated,
            $"The server of {_target.Display} is PostgreSQL {version}; the oldest version that is supported is {OldestServer}.",
            $"Upgrade the server to PostgreSQL {OldestServer} or newer (pg_upgrade, or a dump and a restore)."
        );
    }

    /// <summary>Connects once more beside the session's own connection.</summary>
    public ValueTask<NpgsqlConnection> OpenSecondAsync(CancellationToken cancellationToken) =>
        _source.OpenConnectionAsync(cancellationToken);
}

/// <summary>The name that other sessions see in <c>pg_stat_activity</c>: who is migrating what.</summary>
internal static class ApplicationName
{
    // The server keeps 63 bytes (NAMEDATALEN - 1) and turns what is not ASCII into '?'.
    private const int MostCharacters = 63;
    private const string Prefix = "migrations ";

    public static string Of(string? migration)
    {
        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{Prefix}{Environment.MachineName}/{Environment.ProcessId}{(migration is null ? "" : " " + migration)}"
        );
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
