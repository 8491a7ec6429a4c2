using System.Buffers.Binary;
using System.IO.Compression;
using Migrations.Folders;

namespace Migrations.Backup;

/// <summary>Compresses and expands files with gzip, block by block.</summary>
internal static class BackupCompression
{
    private const int BufferSize = 1 << 17;

    /// <summary>Whether a file is compressed, according to its first bytes.</summary>
    public static bool IsCompressed(string path)
    {
        if (!File.Exists(path))
            return false;
        RegularFile.Require(path);
        using var file = File.OpenRead(path);
        return file.ReadByte() == 0x1f && file.ReadByte() == 0x8b;
    }

    /// <summary>Compresses a file into another that does not exist yet, flushed to disk.</summary>
    public static async Task CompressAsync(string source, string destination, CancellationToken cancellationToken)
    {
        var input = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, useAsync: true);
        var output = OwnerOnly.CreateFile(destination);
        await using (input.ConfigureAwait(false))
        await using (output.ConfigureAwait(false))
        {
            var gzip = new GZipStream(output, CompressionLevel.Fastest, leaveOpen: true);
            await using (gzip.ConfigureAwait(false))
                await input.CopyToAsync(gzip, BufferSize, cancellationToken).ConfigureAwait(false);
            output.Flush(flushToDisk: true);
        }
    }

    /// <summary>Expands a file into another that does not exist yet.</summary>
    /// <param name="source">The compressed file.</param>
    /// <param name="destination">The file to write.</param>
    /// <param name="limit">The maximum number of bytes, for reading only the beginning; null for all.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.BackupInvalid"/>: it is cut off or damaged.</exception>
    public static async Task ExpandAsync(string source, string destination, long? limit, CancellationToken cancellationToken)
    {
        var input = new FileStream(source, FileMode.Open, FileAccess.Read, FileShare.Read, BufferSize, useAsync: true);
        var output = OwnerOnly.CreateFile(destination);
        await using (input.ConfigureAwait(false))
        await using (output.ConfigureAwait(false))
        {
            var gzip = new GZipStream(input, CompressionMode.Decompress);
            await using (gzip.ConfigureAwait(false))
                await CopyAsync(gzip, output, source, limit, cancellationToken).ConfigureAwait(false);
            if (limit is null && output.Length % (1L << 32) != LengthSaid(source))
                throw CutOff(source, "its length does not match its trailer", inner: null);
        }
    }

    // A file that is cut off between two blocks reads as one that ends; its last four bytes should be the length
    // (https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1).
    private static long LengthSaid(string path)
    {
        using var file = File.OpenRead(path);
        var last = new byte[sizeof(uint)];
        if (file.Length < last.Length)
            return -1;
        file.Seek(-last.Length, SeekOrigin.End);
        file.ReadExactly(last);
        return BinaryPrimitives.ReadUInt32LittleEndian(last);
    }

    private static MigrationException CutOff(string path, string why, Exception? inner) =>
        new(
            ErrorId.BackupInvalid,
            $"'{path}' is truncated or damaged: {why.TrimEnd('.')}.",
            $"Use another backup: '{Call.Backups.On("<folder>")}' shows which are proven.",
            inner
        );

    private static async Task CopyAsync(GZipStream gzip, FileStream output, string source, long? limit, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        while (limit is null || output.Position < limit)
        {
            int length;
            try
            {
                length = await gzip.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
            }
            catch (InvalidDataException e)
            {
                throw CutOff(source, e.Message, e);
            }

            if (length == 0)
                return;
            await output.WriteAsync(buffer.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
        }
    }
}
