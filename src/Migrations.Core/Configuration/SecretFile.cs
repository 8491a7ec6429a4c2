using Migrations.Folders;

namespace Migrations.Configuration;

/// <summary>
/// Reads a text from a file, so that a password stands in no command line and no variable: a secret that Docker
/// (<see href="https://docs.docker.com/compose/how-tos/use-secrets/"/>) or Kubernetes mounts.
/// </summary>
internal static class SecretFile
{
    private const long MostBytes = 64 * 1024;

    /// <summary>The one line of the file. Blanks and ends of lines around it do not count.</summary>
    /// <param name="path">The file.</param>
    /// <param name="invalid">Makes the error, of the reason and the cause: it cannot be read, or is not one line. Its text is not
    /// repeated.</param>
    public static string Read(string path, Func<string, Exception?, MigrationException> invalid)
    {
        string text;
        try
        {
            if (Directory.Exists(path))
                throw invalid($"'{path}' is a folder", null);
            RegularFile.Require(path);
            if (new FileInfo(path) is { Exists: true, Length: > MostBytes })
                throw invalid($"'{path}' is larger than {MostBytes / 1024} KB", null);
            text = File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw invalid(e.Message.TrimEnd('.'), e);
        }

        if (text.Length == 0)
            throw invalid($"'{path}' is empty", null);
        return text.AsSpan().IndexOfAny('\r', '\n') < 0 ? text : throw invalid($"'{path}' has more than one line", null);
    }
}
