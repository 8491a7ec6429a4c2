using Migrations.Folders;

namespace Migrations.Configuration;

/// <summary>Reads the databases of a fleet: from a list, or as the files that a pattern matches.</summary>
public static class DatabaseList
{
    // What SQLite, and a run, puts beside a database.
    private static readonly string[] Companions = ["-journal", "-wal", "-shm", ".migrate-lock"];

    /// <summary>The databases of a file: one a line, as an option takes one. Empty lines and those that begin with <c>#</c> do not count.
    /// </summary>
    /// <param name="path">The file's full path.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: it cannot be read, or names none.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        try
        {
            RegularFile.Require(path);
            using var reader = new StreamReader(path);
            return Read(reader, $"'{path}'");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid($"The list of databases cannot be read: {e.Message.TrimEnd('.')}.", e);
        }
    }

    /// <summary>The databases of a text.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: it names none.</exception>
    public static IReadOnlyList<string> Read(TextReader reader, string name)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var found = new List<string>();
        while (reader.ReadLine() is { } line)
        {
            if (line.Trim() is { Length: > 0 } text && text[0] != '#')
                found.Add(text);
        }

        return found.Count > 0 ? [.. found.Distinct(StringComparer.Ordinal)] : throw Invalid($"The list of databases is empty: {name}.");
    }

    /// <summary>The files that a pattern matches, in the order of their names.</summary>
    /// <param name="pattern">A path; its last part may have the wildcards <c>*</c> and <c>?</c>.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: no file matches, or the pattern cannot be one.</exception>
    public static IReadOnlyList<string> Find(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        var folder = Path.GetDirectoryName(Path.GetFullPath(pattern));
        var name = Path.GetFileName(pattern);
        if (folder is null || name.Length == 0 || folder.AsSpan().IndexOfAny('*', '?') >= 0)
            throw Invalid($"'{pattern}' is no pattern for files: wildcards may stand in the name of a file only.");
        try
        {
            var found = Directory
                .EnumerateFiles(folder, name)
                .Where(file => !Companions.Any(c => file.EndsWith(c, StringComparison.Ordinal)))
                .Order(StringComparer.Ordinal)
                .ToList();
            return found.Count > 0 ? found : throw Invalid($"No file matches '{pattern}'.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid($"No file matches '{pattern}': {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static MigrationException Invalid(string message, Exception? inner = null) =>
        new(
            ErrorId.UsageInvalid,
            message,
            "Name the databases in a file, one a line, or SQLite files by a pattern in quotes, for example 'tenants/*.db'.",
            inner
        );
}
