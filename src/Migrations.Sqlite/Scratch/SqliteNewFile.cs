using System.Security.Cryptography;
using Migrations.Backup;

namespace Migrations.Sqlite;

/// <summary>
/// A file that does not exist yet is filled beside its place, under a name by which what a killed copy has left is known, and gets its name
/// when all is in it and on the disk.
/// </summary>
internal sealed class SqliteNewFile : IDisposable
{
    private const string Mark = ".copying-";
    private static readonly string[] Companions = ["", "-journal"];

    private readonly string _path;
    private readonly string _made;

    private SqliteNewFile(string path, string made) => (_path, _made) = (path, made);

    /// <summary>The target as a connection is opened to it.</summary>
    public DatabaseTarget Target => SqliteTarget.OfFile(_made);

    /// <summary>Makes an empty one, and removes what killed copies have left. The migration lock is held, so no other copy lives.</summary>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static SqliteNewFile Create(string path)
    {
        foreach (var left in FindLeftovers(path))
            File.Delete(left);
        var made = path + Mark + Convert.ToHexString(RandomNumberGenerator.GetBytes(8)).ToLowerInvariant();
        SqliteFileCopy.CreateFile(made);
        return new SqliteNewFile(path, made);
    }

    /// <summary>What killed copies have left beside a file.</summary>
    public static IReadOnlyList<string> FindLeftovers(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        return Directory.Exists(folder) ? [.. Directory.EnumerateFiles(folder).Where(IsOwn)] : [];

        // Sixteen digits, and what SQLite keeps beside a file. Not as a search pattern: a name may hold an asterisk.
        bool IsOwn(string file) =>
            file.StartsWith(path + Mark, StringComparison.Ordinal)
            && file[(path.Length + Mark.Length)..] is var rest
            && Array.Exists(Companions, c => rest.EndsWith(c, StringComparison.Ordinal) && rest.Length == 16 + c.Length)
            && rest.AsSpan(0, 16).IndexOfAnyExcept("0123456789abcdef") < 0;
    }

    /// <summary>Gives it its name. Its connection is closed.</summary>
    /// <exception cref="IOException">Someone has made a file of that name meanwhile, or the disk fails.</exception>
    public void Publish()
    {
        DiskFlush.FlushFile(_made);
        File.Move(_made, _path, overwrite: false);
        DiskFlush.FlushFolder(Path.GetDirectoryName(_path)!);
    }

    /// <summary>Removes it, unless it has its name.</summary>
    public void Dispose()
    {
        foreach (var companion in Companions)
            File.Delete(_made + companion);
    }
}
