using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Migrations.Testing;

/// <summary>
/// A PgBouncer in transaction mode before a server of the tests (<see href="https://www.pgbouncer.org/config.html"/>). A shell stands between, as with the server:
/// it stops the pooler when the test process ends, however it ends.
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
    private readonly Process _shell;
    private readonly int _port;

    private PgBouncer(PostgreSqlServer server, Process shell, int port)
    {
        (_server, _shell, _port) = (server, shell, port);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    /// <summary>Starts one. Skips the test where PgBouncer is absent.</summary>
    /// <param name="server">The server behind it.</param>
    public static PgBouncer Start(PostgreSqlServer server)
    {
        ArgumentNullException.ThrowIfNull(server);
        var program = Prerequisite.PgBouncer();
        var port = FindFreePort();
        var folder = Prepare(server, port);
        var start = new ProcessStartInfo("/bin/sh") { UseShellExecute = false, RedirectStandardInput = true, WorkingDirectory = "/" };
        List<string> arguments = ["-c", Script, "sh", program, folder];
        if (Environment.UserName == "root")
        {
            // It refuses to run as root.
            start.FileName = "runuser";
            arguments.InsertRange(0, ["-u", "postgres", "--", "/bin/sh"]);
        }

        arguments.ForEach(start.ArgumentList.Add);
        var pooler = new PgBouncer(server, Process.Start(start)!, port);
        pooler.WaitUntilReady(folder);
        return pooler;
    }

    /// <summary>The URL of a database through the pooler.</summary>
    public string UrlOf(string database) => $"postgres://{Uri.EscapeDataString(_server.User)}:{Uri.EscapeDataString(_server.Password)}@127.0.0.1:{_port.ToString(CultureInfo.InvariantCulture)}/{database}";

    public void Dispose()
    {
        try
        {
            _shell.StandardInput.Close();
            _shell.WaitForExit(10_000);
        }
        catch (InvalidOperationException)
        {
            // Disposed before; its pipe is closed.
        }

        _shell.Dispose();
    }

    private static string Prepare(PostgreSqlServer server, int port)
    {
        var folder = Directory.CreateDirectory(Path.Combine("/tmp", "migrations-pooler-" + Guid.NewGuid().ToString("N")[..12])).FullName;
        File.WriteAllText(Path.Combine(folder, "pgbouncer.ini"), string.Create(CultureInfo.InvariantCulture, $"""
            [databases]
            * = host={server.Host} port={server.Port} user={server.User} password='{server.Password.Replace("'", "''", StringComparison.Ordinal)}'
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_type = any
            pool_mode = transaction
            default_pool_size = 30
            server_lifetime = 60

            """));
        if (Environment.UserName == "root")
        {
            using var chown = Process.Start("chown", ["-R", "postgres", folder]);
            chown.WaitForExit();
        }

        return folder;
    }

    private static int FindFreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private void WaitUntilReady(string folder)
    {
        for (var clock = Stopwatch.StartNew(); ; Thread.Sleep(50))
        {
            try
            {
                using var client = new TcpClient("127.0.0.1", _port);
                return;
            }
            catch (SocketException e) when (clock.Elapsed > TimeSpan.FromSeconds(10) || _shell.HasExited)
            {
                var log = Path.Combine(folder, "log");
                throw new InvalidOperationException("PgBouncer did not start: " + (File.Exists(log) ? File.ReadAllText(log) : "(no log)"), e);
            }
            catch (SocketException)
            {
                // Not up yet.
            }
        }
    }
}
