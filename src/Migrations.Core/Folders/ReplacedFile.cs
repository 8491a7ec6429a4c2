namespace Migrations.Folders;

/// <summary>
/// Keeps a report or the like from being written over something else, for which its path was taken by mistake: a database, a backup.
/// </summary>
internal static class ReplacedFile
{
    private const int Looked = 4096;

    /// <summary>Refuses a path that leads to a file which is not of the kind that is to be written there.</summary>
    /// <param name="path">The file; it need not exist.</param>
    /// <param name="what">What is to be written, as the subject of a sentence: <c>The report</c>.</param>
    /// <param name="begin">What a file of that kind begins with; empty for any text.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: it is another file, a folder or a device.</exception>
    public static void Demand(string path, string what, string begin)
    {
        try
        {
            if (Directory.Exists(path))
                throw Refused(path, what, "a folder");
            if (RegularFile.OtherKind(path) is { } kind)
                throw Refused(path, what, kind);
            if (File.Exists(path) && !IsOf(path, begin))
                throw Refused(path, what, "another file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.UsageInvalid,
                $"{what} cannot be written to '{path}': {e.Message.TrimEnd('.')}.",
                "Name a file that can be written.",
                e
            );
        }
    }

    private static bool IsOf(string path, string begin)
    {
        using var file = File.OpenRead(path);
        var bytes = new byte[Looked];
        var read = bytes.AsSpan(0, file.ReadAtLeast(bytes, Looked, throwOnEndOfStream: false));
        // A byte order mark may precede it.
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        var text = read.StartsWith(mark) ? read[mark.Length..] : read;
        return read.Length == 0 || (!read.Contains((byte)0) && text.StartsWith(System.Text.Encoding.UTF8.GetBytes(begin)));
    }

    private static MigrationException Refused(string path, string what, string kind) =>
        new(
            ErrorId.UsageInvalid,
            $"{what} cannot be written to '{path}': that is {kind}, which would be lost.",
            "Name a file that does not exist yet, or one that an earlier call wrote there."
        );
}
