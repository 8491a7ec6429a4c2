using System.Security.Cryptography;
using System.Text;
using Migrations.Folders;

namespace Migrations.Backup;

/// <summary>Size and SHA-256 of a backup.</summary>
internal static class BackupHash
{
    private const int BufferSize = 1 << 20;

    /// <summary>Reads a file, or a folder with everything in it.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="read">Receives the number of bytes read so far.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task<(long Size, string Sha256)> ComputeAsync(string path, Action<long>? read, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(path))
            return await OfFileAsync(path, read, cancellationToken).ConfigureAwait(false);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long size = 0;
        foreach (var (name, file) in Files(path))
        {
            var (length, digest) = await OfFileAsync(file, read is null ? null : done => read(size + done), cancellationToken)
                .ConfigureAwait(false);
            size += length;
            hash.AppendData(Encoding.UTF8.GetBytes($"{name}\0{digest}\n"));
        }

        return (size, Hex(hash.GetHashAndReset()));
    }

    /// <summary>The size alone, of a file or of all files of a folder; null when there is nothing.</summary>
    public static long? SizeOf(string path)
    {
        if (File.Exists(path))
            return new FileInfo(path).Length;
        return Directory.Exists(path) ? Files(path).Sum(f => new FileInfo(f.Path).Length) : null;
    }

    private static IEnumerable<(string Name, string Path)> Files(string folder) =>
        Directory
            .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(file => (Name: Path.GetRelativePath(folder, file).Replace('\\', '/'), Path: file))
            .OrderBy(file => file.Name, StringComparer.Ordinal);

    /// <summary>Reads the next block while the last one is hashed: each alone takes about as long as the other.</summary>
    private static async Task<(long Size, string Sha256)> OfFileAsync(string path, Action<long>? read, CancellationToken cancellationToken)
    {
        RegularFile.Require(path);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var file = new FileStream(
            path,
            new FileStreamOptions
            {
                Share = FileShare.Read,
                BufferSize = 0,
                Options = FileOptions.Asynchronous | FileOptions.SequentialScan,
            }
        );
        await using (file.ConfigureAwait(false))
        {
            var (filled, free) = (new byte[BufferSize], new byte[BufferSize]);
            long size = 0;
            var length = await file.ReadAsync(filled, cancellationToken).ConfigureAwait(false);
            while (length > 0)
            {
                var next = file.ReadAsync(free, cancellationToken);
                hash.AppendData(filled, 0, length);
                size += length;
                read?.Invoke(size);
                length = await next.ConfigureAwait(false);
                (filled, free) = (free, filled);
            }

            return (size, Hex(hash.GetHashAndReset()));
        }
    }

    private static string Hex(byte[] hash) => Convert.ToHexString(hash).ToLowerInvariant();
}
