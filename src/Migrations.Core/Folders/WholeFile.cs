namespace Migrations.Folders;

/// <summary>
/// Writes files that are there as a whole or not at all: under a name of their own beside it, flushed to the disk, and renamed. A migration
/// folder is read without what a killed call leaves, because that begins with a dot.
/// </summary>
internal static class WholeFile
{
    /// <summary>Writes a file; one that is there is replaced.</summary>
    public static void Write(string path, byte[] bytes) => Write(path, file => file.Write(bytes));

    /// <summary>Writes a file; one that is there is replaced.</summary>
    public static void Write(string path, Action<Stream> write)
    {
        var partial = Path.Combine(Path.GetDirectoryName(path)!, $".{Guid.NewGuid():N}.partial");
        try
        {
            using (var file = File.Create(partial))
            {
                write(file);
                file.Flush(flushToDisk: true);
            }

            File.Move(partial, path, overwrite: true);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }
}
