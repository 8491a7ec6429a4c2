using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;
using Npgsql;

namespace Migrations.Testing;

/// <summary>
/// A running server and its folder. When the test process ends, even killed, its shell stops the server and deletes the folder: nothing is
/// ever left over.
/// </summary>
[UnsupportedOSPlatform("windows")]
internal sealed class PostgreSqlProcess : IDisposable
{
    // $1 = folder of the binaries, $2 = this server's folder, $3 = user, then the server's arguments. Standard input is the pipe.
    private const string Script = """
        bin=$1 folder=$2 user=$3; shift 3
        trap '' INT HUP
        "$bin/initdb" -D "$folder/data" -U "$user" --pwfile="$folder/password" -A scram-sha-256 -E UTF8 --locale=C --no-sync \
            >"$folder/log" 2>&1 || exit 1
        rm "$folder/password"
        if [ -f "$folder/pg_hba.conf" ]; then cp "$folder/pg_hba.conf" "$folder/data/pg_hba.conf"; fi
        # The messages of another language need its locale.
        for option; do
            case $option in lc_messages=*)
                name=${option#lc_messages=}
                mkdir "$folder/locale"
                localedef -i "${name%%.*}" -f UTF-8 "$folder/locale/$name" >>"$folder/log" 2>&1
                export LOCPATH="$folder/locale" LANGUAGE="${name%%_*}";;
            esac
        done
        start() {
            "$bin/postgres" -D "$folder/data" "$@" >>"$folder/log" 2>&1 &
            server=$!
            echo started
        }
        # At once, as after a power cut. A server that has only just been started does not hear the first signal.
        stop() {
            while kill -QUIT $server 2>/dev/null; do sleep 0.1; done
        }
        start "$@"
        while read -r order; do
            case $order in
                stop) stop; echo stopped;;
                start) start "$@";;
            esac
        done
        stop
        rm -rf "$folder"
        """;

    private readonly ServerShell _shell;

    private PostgreSqlProcess(ServerShell shell, string folder, int port)
    {
        _shell = shell;
        Folder = folder;
        Port = port;
    }

    public string Folder { get; }

    public int Port { get; }

    public static PostgreSqlProcess Start(string binaries, string user, string password, PostgreSqlSetup setup)
    {
        for (var attempt = 1; ; attempt++)
        {
            var port = ServerShell.FindFreePort();
            var folder = ServerShell.MakeFolder(
                "migrations-pg-",
                setup.Files.Append(new KeyValuePair<string, string>("password", password + "\n"))
            );
            var process = new PostgreSqlProcess(StartShell(binaries, folder, user, port, setup.Settings), folder, port);
            if (process.WaitUntilReady(user, password))
                return process;
            var log = File.Exists(Path.Combine(folder, "log")) ? File.ReadAllText(Path.Combine(folder, "log")) : "(no log)";
            process.Dispose();
            if (Directory.Exists(folder))
                Directory.Delete(folder, recursive: true);
            // Between finding a port and using it another process may have taken it.
            if (attempt == 3)
                throw new InvalidOperationException($"The PostgreSQL server of the tests did not start:\n{log}");
        }
    }

    /// <summary>Stops the server at once, as <c>pg_ctl stop -m immediate</c> does; its folder stays.</summary>
    public void Stop() => Order("stop", "stopped");

    /// <summary>Starts the stopped server again, on the same port, and waits until it has recovered.</summary>
    public void StartAgain(string user, string password)
    {
        _shell.Write("start");
        if (!WaitUntilReady(user, password))
            throw new InvalidOperationException("The PostgreSQL server of the tests did not start again.");
    }

    public void Dispose() => _shell.Dispose();

    private void Order(string order, string answer)
    {
        _shell.Write(order);
        if (_shell.Read() is var line && line != answer)
            throw new InvalidOperationException($"The shell of the test server was told to {order}, and answered '{line}'.");
    }

    private static ServerShell StartShell(
        string binaries,
        string folder,
        string user,
        int port,
        IReadOnlyDictionary<string, string> settings
    )
    {
        List<string> options =
        [
            "port=" + port.ToString(CultureInfo.InvariantCulture),
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=" + folder,
            // The data is thrown away: durability would only cost time.
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "shared_buffers=32MB",
            "max_connections=120",
            "timezone=UTC",
        ];
        options.AddRange(
            settings.Select(setting => setting.Key + "=" + setting.Value.Replace("{folder}", folder, StringComparison.Ordinal))
        );
        return ServerShell.Start(Script, folder, [binaries, folder, user, .. options.SelectMany(o => new[] { "-c", o })]);
    }

    /// <summary>Waits for the server, over its socket: TLS and host rules do not matter there.</summary>
    private bool WaitUntilReady(string user, string password)
    {
        if (_shell.Read() != "started")
            return false;
        var connectionString = new NpgsqlConnectionStringBuilder
        {
            Host = Folder,
            Port = Port,
            Username = user,
            Password = password,
            Database = "postgres",
            Pooling = false,
        }.ConnectionString;
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(30) && !_shell.HasEnded; Thread.Sleep(50))
        {
            try
            {
                using var connection = new NpgsqlConnection(connectionString);
                connection.Open();
                return true;
            }
            catch (NpgsqlException)
            {
                // Not up yet.
            }
        }

        return false;
    }
}
