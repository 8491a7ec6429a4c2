namespace Migrations.Configuration;

/// <summary>Reads the database from a file that an option or a variable names.</summary>
public static class DatabaseFile
{
    /// <summary>The one line of the file. Blanks and ends of lines around it do not count.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">The option or variable that names the file, for messages.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: it cannot be read, or is not one line. Its text is not
    /// repeated.</exception>
    public static string Read(string path, string name)
    {
        ArgumentNullException.ThrowIfNull(path);
        return SecretFile.Read(path, (reason, inner) => Invalid(name, reason, inner));
    }

    private static MigrationException Invalid(string name, string reason, Exception? inner) =>
        new(
            ErrorId.UsageInvalid,
            $"The database cannot be read from the file of {name}: {reason}.",
            "Put one line into the file: a path, a postgres:// URL or an Npgsql connection string.",
            inner
        );
}
