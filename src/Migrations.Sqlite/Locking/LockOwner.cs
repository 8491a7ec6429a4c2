using System.Globalization;
using System.Text;
using Migrations.Folders;
using Migrations.History;

namespace Migrations.Sqlite;

/// <summary>
/// The file beside the lock that says who holds it, in lines of a word and a value. It is a courtesy: only the lock itself counts.
/// </summary>
internal sealed class LockOwner : IDisposable
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
        RegularFile.Require(path);
        _file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        Write();
    }

    /// <summary>Says that this process holds the lock.</summary>
    public static LockOwner Announce(string path) =>
        new(
            path,
            new LockHolder
            {
                ProcessId = Environment.ProcessId,
                Host = Environment.MachineName,
                User = OwnUser.Name,
                Since = DateTimeOffset.UtcNow,
            }
        );

    /// <summary>Says which migration is being worked on.</summary>
    public void WorkOn(string migration)
    {
        _holder = _holder with { Migration = migration };
        Write();
    }

    /// <summary>Who the file names; null when there is no file, or it cannot be understood.</summary>
    public static LockHolder? Read(string path)
    {
        try
        {
            RegularFile.Require(path);
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            using var reader = new StreamReader(file, Encoding.UTF8);
            return Parse(reader.ReadToEnd());
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
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
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"process {_holder.ProcessId}\nhost {_holder.Host}\nuser {_holder.User}\nsince {_holder.Since:O}\nmigration "
                + $"{_holder.Migration}\n"
        );
        try
        {
            RandomAccess.Write(_file.SafeFileHandle, Encoding.UTF8.GetBytes(text.PadRight(Length)), fileOffset: 0);
        }
        catch (IOException)
        {
            // On a full disk the name stays unwritten; the lock holds all the same.
        }
    }

    private static LockHolder Parse(string text)
    {
        var holder = new LockHolder();
        foreach (var line in text.Split('\n'))
        {
            var end = line.IndexOf(' ', StringComparison.Ordinal);
            if (end <= 0 || end == line.Length - 1)
                continue;
            var value = line[(end + 1)..];
            holder = line[..end] switch
            {
                "process" => holder with { ProcessId = int.TryParse(value, CultureInfo.InvariantCulture, out var id) ? id : null },
                "host" => holder with { Host = value },
                "user" => holder with { User = value },
                "since" => holder with
                {
                    Since = DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, out var since) ? since : null,
                },
                "migration" => holder with { Migration = value },
                _ => holder,
            };
        }

        return holder;
    }
}
