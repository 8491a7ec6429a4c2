using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Migrations.PostgreSql.Tests;

/// <summary>
/// Stands between client and server and sees each message (<see
/// href="https://www.postgresql.org/docs/current/protocol-message-formats.html"/>): it counts round trips, cuts a connection at a chosen
/// message, or shows another process id, as a pooler does.
/// </summary>
internal sealed class PostgreSqlProxy : IAsyncDisposable
{
    private const int StartupCode = 196608;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _host;
    private readonly int _port;
    private readonly Task _accepting;
    private int _roundTrips;

    public PostgreSqlProxy(string host, int port)
    {
        _host = host;
        _port = port;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The port to connect to.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>How many times the client has asked for an answer.</summary>
    public int RoundTrips => _roundTrips;

    /// <summary>Whether clients are told another process id than their backend's.</summary>
    public bool HidesBackends { get; init; }

    /// <summary>The server's version that clients are told; null for its own.</summary>
    public string? Version { get; init; }

    /// <summary>What new connections wait for before they go through.</summary>
    public Task Opens { get; set; } = Task.CompletedTask;

    /// <summary>
    /// Told the tag of each statement that the server has completed; true cuts the connection before the client hears of it.
    /// </summary>
    public Func<string, bool> CutsAt { get; set; } = _ => false;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var server = new TcpClient();
        using (client)
        {
            try
            {
                await Opens;
                await server.ConnectAsync(_host, _port, _stop.Token);
                await StartAsync(client.GetStream(), server.GetStream());
                await Task.WhenAny(UpAsync(client.GetStream(), server.GetStream()), DownAsync(server.GetStream(), client.GetStream()));
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
            {
                // Either side has gone; so does the other.
            }
        }
    }

    private async Task StartAsync(NetworkStream client, NetworkStream server)
    {
        while (true)
        {
            var (_, message) = await ReadAsync(client, isTyped: false);
            if (BinaryPrimitives.ReadInt32BigEndian(message.AsSpan(4)) is StartupCode or 80877102)
            {
                await server.WriteAsync(message, _stop.Token);
                return;
            }

            await client.WriteAsync("N"u8.ToArray(), _stop.Token); // No TLS here.
        }
    }

    private async Task UpAsync(NetworkStream client, NetworkStream server)
    {
        while (true)
        {
            var (type, message) = await ReadAsync(client, isTyped: true);
            if (type is 'S' or 'Q')
                Interlocked.Increment(ref _roundTrips);
            await server.WriteAsync(message, _stop.Token);
        }
    }

    private async Task DownAsync(NetworkStream server, NetworkStream client)
    {
        while (true)
        {
            var (type, message) = await ReadAsync(server, isTyped: true);
            if (type == 'K' && HidesBackends)
                BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(5), 1);
            if (
                type == 'S'
                && Version is not null
                && System.Text.Encoding.ASCII.GetString(message.AsSpan(5)).StartsWith("server_version\0", StringComparison.Ordinal)
            )
                message = Parameter($"server_version\0{Version}\0");
            if (type == 'C' && CutsAt(System.Text.Encoding.ASCII.GetString(message.AsSpan(5, message.Length - 6))))
                return;
            await client.WriteAsync(message, _stop.Token);
        }
    }

    private static byte[] Parameter(string text)
    {
        var message = new byte[5 + text.Length];
        message[0] = (byte)'S';
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), 4 + text.Length);
        System.Text.Encoding.ASCII.GetBytes(text, message.AsSpan(5));
        return message;
    }

    private async Task<(char Type, byte[] Message)> ReadAsync(NetworkStream stream, bool isTyped)
    {
        var head = new byte[isTyped ? 5 : 4];
        await stream.ReadExactlyAsync(head, _stop.Token);
        var length = BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(head.Length - 4));
        var message = new byte[head.Length + length - 4];
        head.CopyTo(message, 0);
        await stream.ReadExactlyAsync(message.AsMemory(head.Length), _stop.Token);
        return (isTyped ? (char)head[0] : '\0', message);
    }
}
