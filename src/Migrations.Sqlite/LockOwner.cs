using System.Text.Json;
using System.Text.Json.Serialization;
using Migrations.Databases;

namespace Migrations.Sqlite;

/// <summary>The file beside the lock that says who holds it. It is a courtesy: only the lock itself counts.</summary>
internal sealed partial class LockOwner : IDisposable
{
    // Padded to one length, so that it is overwritten in place and a reader never sees half of an old text.
    private const int Length = 1024;

    private readonly FileStream _file;
    private readonly string _path;
    private LockHolder _holder;

    private LockOwner(string path, LockHolder holder)
    {
        _path = path;
        _holder = holder;
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        Write();
    }

    /// <summary>Says that this process holds the lock.</summary>
    public static LockOwner Announce(string path) => new(path, new LockHolder
    {
        ProcessId = Environment.ProcessId,
        Host = Environment.MachineName,
        User = Environment.UserName,
        Since = DateTimeOffset.UtcNow,
    });

    /// <summary>Says which migration is being worked on.</summary>
    public void WorkOn(string migration)
    {
        _holder = _holder with { Migration = migration };
        Write();
    }

    /// <summary>Who the file names; null when there is none, or it cannot be understood.</summary>
    public static LockHolder? Read(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return JsonSerializer.Deserialize(file, OwnerJson.Default.LockHolder);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        try
        {
            File.Delete(_path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A stale name does no harm: it is read only while the lock is held.
        }
    }

    private void Write()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(_holder, OwnerJson.Default.LockHolder);
        var bytes = new byte[Math.Max(Length, json.Length)];
        bytes.AsSpan().Fill((byte)' ');
        json.CopyTo(bytes, 0);
        try
        {
            RandomAccess.Write(_file.SafeFileHandle, bytes, fileOffset: 0);
        }
        catch (IOException)
        {
            // On a full disk the name stays unwritten; the lock holds all the same.
        }
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
    [JsonSerializable(typeof(LockHolder))]
    private sealed partial class OwnerJson : JsonSerializerContext;
}
