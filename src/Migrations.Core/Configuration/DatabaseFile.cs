using Migrations.Folders;

namespace Migrations.Configuration;

/// <summary>
/// Reads the database from a file, so that its password stands in no command line and no variable: a secret that Docker
/// (<see href="https://docs.docker.com/compose/how-tos/use-secrets/"/>) or Kubernetes mounts.
/// </summary>
public static class DatabaseFile
{
    private const long MostBytes = 64 * 1024;

    /// <summary>The one line of the file. Blanks and ends of lines around it do not count.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The option or variable that names the file, for messages.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: it cannot be read, or is not one line. Its text is not
    /// repeated.</exception>
    public static string Read(string path, string name)
    {
        ArgumentNullException.ThrowIfNull(path);
        string text;
        try
        {
            RegularFile.Require(path);
            if (new FileInfo(path) is { Exists: true, Length: > MostBytes })
                throw Invalid(name, $"'{path}' is larger than {MostBytes / 1024} KB");
            text = File.ReadAllText(path).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid(name, e.Message.TrimEnd('.'), e);
        }

        if (text.Length == 0)
            throw Invalid(name, $"'{path}' is empty");
        return text.AsSpan().IndexOfAny('\r', '\n') < 0 ? text : throw Invalid(name, $"'{path}' has more than one line");
    }

    private static MigrationException Invalid(string name, string reason, Exception? inner = null) =>
        new(
            ErrorId.UsageInvalid,
            $"The database cannot be read from the file of {name}: {reason}.",
            "Put one line into the file: a path, a postgres:// URL or an Npgsql connection string.",
            inner
        );
}
