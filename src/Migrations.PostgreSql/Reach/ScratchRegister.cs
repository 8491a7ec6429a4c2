using System.Collections.Concurrent;
using Npgsql;

namespace Migrations.PostgreSql;

/// <summary>
/// What is known in this process of the scratch databases that it has made: a session finds by its target what it may do there.
/// </summary>
internal static class ScratchRegister
{
    // By the folder of their sockets.
    private static readonly ConcurrentDictionary<string, IOwnServer> Servers = new(StringComparer.Ordinal);
    private static readonly ConcurrentDictionary<string, IReadOnlyList<string>> Missing = new(StringComparer.Ordinal);

    private static readonly ConcurrentDictionary<string, bool> Open = new(StringComparer.Ordinal);

    /// <summary>A server of our own has started.</summary>
    public static void Add(string folder, IOwnServer server) => Servers[folder] = server;

    /// <summary>A server of our own is stopped.</summary>
    public static void Remove(string folder) => Servers.TryRemove(folder, out _);

    /// <summary>The server of our own that a database is on; null when it is on another.</summary>
    public static IOwnServer? ServerOf(DatabaseTarget target) =>
        Servers.GetValueOrDefault(new NpgsqlConnectionStringBuilder(target.ConnectionString).Host ?? "");

    /// <summary>A scratch database lacks what its origin has.</summary>
    public static void Lacks(DatabaseTarget scratch, IReadOnlyList<string> extensions) => Missing[scratch.ConnectionString] = extensions;

    /// <summary>The extensions that a scratch database lacks.</summary>
    public static IReadOnlyList<string> MissingOn(DatabaseTarget scratch) => Missing.GetValueOrDefault(scratch.ConnectionString) ?? [];

    /// <summary>In a scratch database functions can be called that reach beyond it.</summary>
    public static void LeaveOpen(DatabaseTarget scratch) => Open[scratch.ConnectionString] = true;

    /// <summary>Whether functions that reach beyond a scratch database can be called in it.</summary>
    public static bool IsOpen(DatabaseTarget scratch) => Open.ContainsKey(scratch.ConnectionString);

    /// <summary>A scratch database is dropped.</summary>
    public static void Forget(DatabaseTarget scratch)
    {
        Missing.TryRemove(scratch.ConnectionString, out _);
        Open.TryRemove(scratch.ConnectionString, out _);
    }
}
