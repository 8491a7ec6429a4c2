using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace Migrations.Testing;

/// <summary>
/// A PgBouncer before a server of the tests (<see href="https://www.pgbouncer.org/config.html"/>), stopped when the test process ends,
/// however it ends.
/// </summary>
public sealed class PgBouncer : IDisposable
{
    // $1 = program, $2 = folder, $3 = its port. Standard input is the pipe.
    private const string Script = """
        trap '' INT HUP
        "$1" "$2/pgbouncer.ini" >>"$2/log" 2>&1 &
        pooler=$!
        cat >/dev/null
        kill -KILL $pooler
        rm -rf "$2"
        """;

    private readonly PostgreSqlServer _server;
    private readonly ServerShell _shell;
    private readonly int _port;

    private PgBouncer(PostgreSqlServer server, ServerShell shell, int port) => (_server, _shell, _port) = (server, shell, port);

    /// <summary>Starts one. Skips the test where PgBouncer is absent.</summary>
    /// <param name="server">The server behind it.</param>
    /// <param name="mode">How long a client keeps a backend: for a <c>session</c>, a <c>transaction</c> or a <c>statement</c>.</param>
    public static PgBouncer Start(PostgreSqlServer server, string mode = "transaction")
    {
        ArgumentNullException.ThrowIfNull(server);
        if (OperatingSystem.IsWindows())
            throw Xunit.Sdk.SkipException.ForSkip("The tests start no PgBouncer on Windows.");
        var program = Prerequisite.PgBouncer();
        var port = ServerShell.FindFreePort();
        var folder = ServerShell.MakeFolder(
            "migrations-pooler-",
            [new KeyValuePair<string, string>("pgbouncer.ini", Settings(server, port, mode))]
        );
        var pooler = new PgBouncer(server, ServerShell.Start(Script, folder, program, folder), port);
        pooler.WaitUntilReady(folder);
        return pooler;
    }

    /// <summary>The URL of a database through the pooler.</summary>
    public string UrlOf(string database) =>
        $"postgres://{Uri.EscapeDataString(_server.User)}:{Uri.EscapeDataString(_server.Password)}"
        + $"@127.0.0.1:{_port.ToString(CultureInfo.InvariantCulture)}/{database}";

    public void Dispose() => _shell.Dispose();

    private static string Settings(PostgreSqlServer server, int port, string mode) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"""
            [databases]
            * = host={server.Host} port={server.Port} user={server.User} password='{server.Password.Replace(
                "'",
                "''",
                StringComparison.Ordinal
            )}'
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = {mode}
            default_pool_size = 30
            server_lifetime = 60

            """
        );

    private void WaitUntilReady(string folder)
    {
        for (var clock = Stopwatch.StartNew(); ; Thread.Sleep(50))
        {
            try
            {
                using var client = new TcpClient("127.0.0.1", _port);
                return;
            }
            catch (SocketException e) when (clock.Elapsed > TimeSpan.FromSeconds(10) || _shell.HasEnded)
            {
                var log = Path.Combine(folder, "log");
                throw new InvalidOperationException(
                    "PgBouncer did not start: " + (File.Exists(log) ? File.ReadAllText(log) : "(no log)"),
                    e
                );
            }
            catch (SocketException)
            {
                // Not up yet.
            }
        }
    }
}
