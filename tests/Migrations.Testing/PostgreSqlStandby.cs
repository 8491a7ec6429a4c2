using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Migrations.Testing;

/// <summary>
/// A standby of a server that the tests started (<see href="https://www.postgresql.org/docs/current/warm-standby.html"/>), which follows it
/// by streaming; stopped when the test process ends, however it ends.
/// </summary>
public sealed class PostgreSqlStandby : IDisposable
{
    // $1 = folder of the binaries, $2 = this server's folder, $3 = the primary's connection text, $4 = port. Standard input is the pipe.
    private const string Script = """
        bin=$1 folder=$2
        trap '' INT HUP
        "$bin/pg_basebackup" -d "$3" -D "$folder/data" -R -X stream -c fast --no-sync >"$folder/log" 2>&1 || exit 1
        "$bin/postgres" -D "$folder/data" -c "port=$4" -c listen_addresses=127.0.0.1 -c "unix_socket_directories=$folder" \
            -c fsync=off -c shared_buffers=32MB -c max_connections=120 -c timezone=UTC >>"$folder/log" 2>&1 &
        server=$!
        cat >/dev/null
        while kill -QUIT $server 2>/dev/null; do sleep 0.1; done
        rm -rf "$folder"
        """;

    private readonly PostgreSqlServer _primary;
    private readonly ServerShell _shell;

    private PostgreSqlStandby(PostgreSqlServer primary, ServerShell shell, int port) => (_primary, _shell, Port) = (primary, shell, port);

    /// <summary>Its TCP port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Copies the primary and starts to follow it. Skips the test where PostgreSQL is absent.</summary>
    public static PostgreSqlStandby Start(PostgreSqlServer primary)
    {
        ArgumentNullException.ThrowIfNull(primary);
        if (OperatingSystem.IsWindows())
            throw Xunit.Sdk.SkipException.ForSkip("The tests start no PostgreSQL server on Windows.");
        var port = ServerShell.FindFreePort();
        var folder = ServerShell.MakeFolder("migrations-standby-", []);
        var shell = ServerShell.Start(
            Script,
            folder,
            Prerequisite.PostgreSqlBinaries(),
            folder,
            primary.UrlOf("postgres"),
            port.ToString(CultureInfo.InvariantCulture)
        );
        var standby = new PostgreSqlStandby(primary, shell, port);
        standby.WaitUntilReady(Path.Combine(folder, "log"));
        return standby;
    }

    /// <summary>An Npgsql connection string, without pooling.</summary>
    public string ConnectionStringOf(string database) =>
        new NpgsqlConnectionStringBuilder(_primary.ConnectionStringOf(database)) { Port = Port }.ConnectionString;

    /// <summary>Waits until it has everything that the primary has now.</summary>
    public async Task CatchUpAsync()
    {
        var position = await AskAsync(_primary.ConnectionStringOf("postgres"), "SELECT pg_current_wal_flush_lsn()::text");
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(20))
        {
            if (await AskAsync(ConnectionStringOf("postgres"), $"SELECT (pg_last_wal_replay_lsn() >= '{position}')::text") is "true")
                return;
            if (clock.Elapsed > TimeSpan.FromSeconds(30))
                throw new TimeoutException("The standby of the tests does not follow its primary.");
        }
    }

    public void Dispose() => _shell.Dispose();

    private static async Task<string?> AskAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (string?)await command.ExecuteScalarAsync();
    }

    private void WaitUntilReady(string log)
    {
        for (var clock = Stopwatch.StartNew(); ; Thread.Sleep(50))
        {
            try
            {
                using var connection = new NpgsqlConnection(ConnectionStringOf("postgres"));
                connection.Open();
                return;
            }
            catch (NpgsqlException e) when (clock.Elapsed > TimeSpan.FromSeconds(30) || _shell.HasEnded)
            {
                throw new InvalidOperationException(
                    "The standby of the tests did not start: " + (File.Exists(log) ? File.ReadAllText(log) : "(no log)"),
                    e
                );
            }
            catch (NpgsqlException)
            {
                // Not up yet.
            }
        }
    }
}
