using System.Diagnostics;
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
    private PostgreSqlSource _source;

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
        RunningCode.Refuse(_target, KeyOf);
        TlsFiles.Require(_target);
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
                options.Events.Publish(new ConnectionRetried(_target.Display, attempt, attempts, PostgreSqlErrors.Message(e), pause));
            }

            await Task.Delay(pause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What identifies a database, whoever connects.</summary>
    private static string KeyOf(DatabaseTarget target)
    {
        var parts = new NpgsqlConnectionStringBuilder(target.ConnectionString);
        return $"{parts.Host}:{parts.Port}/{parts.Database ?? parts.Username}";
    }

    /// <summary>Code of a run may name its database in another way: by another name of the host, or a socket.</summary>
    private async Task RefuseOwnAsync(NpgsqlConnection connection)
    {
        try
        {
            var identity = "";
            await SqlBatch
                .QueryAsync(
                    connection,
                    OwnSettings.Catalogue,
                    $"SELECT {ServerFacts.DatabaseIdentity}",
                    [],
                    row => identity = row.GetString(0),
                    CancellationToken.None
                )
                .ConfigureAwait(false);
            RunningCode.Refuse(_target, identity);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private async Task<NpgsqlConnection> CheckedAsync(NpgsqlConnection connection)
    {
        var version = connection.PostgreSqlVersion;
        if (version.Major >= OldestServer)
        {
            if (RunningCode.IsCaller)
                await RefuseOwnAsync(connection).ConfigureAwait(false);
            return connection;
        }

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
