using System.Text;

namespace Migrations.Cli.Options;

/// <summary>
/// Reads environment variables from a file of <c>NAME=value</c> lines, as Docker Compose and many frameworks do
/// (<see href="https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/#env-file-syntax"/>). Only a file
/// that is named is read: a <c>.env</c> that happens to lie in the folder is not.
/// </summary>
internal static class EnvironmentFile
{
    private const long MostBytes = 1024 * 1024;

    /// <summary>Sets the file's variables for this process and the programs that it starts; those that are set already stay.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: the file cannot be read, or has a line of another form.
    /// Its text is not repeated.</exception>
    public static void Load(string path)
    {
        var number = 0;
        foreach (var line in Lines(path))
        {
            number++;
            var text = line.Trim();
            if (text.Length == 0 || text.StartsWith('#'))
                continue;
            var (name, value) = Read(text) ?? throw Invalid($"Line {number} of '{path}' is not of the form NAME=value.");
            if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)))
                Environment.SetEnvironmentVariable(name, value);
        }
    }

    private static string[] Lines(string path)
    {
        try
        {
            var file = new FileInfo(Path.GetFullPath(path));
            // A pipe or a device has no length, and reading it may never end.
            if (file.Exists && file.Length is 0 or > MostBytes)
                throw Invalid($"'{path}' is empty, too large or not a regular file.");
            return File.ReadAllLines(file.FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Invalid($"The file of --env-file cannot be read: {e.Message}");
        }
    }

    private static (string Name, string Value)? Read(string line)
    {
        const string export = "export ";
        if (line.StartsWith(export, StringComparison.Ordinal))
            line = line[export.Length..].TrimStart();
        var equals = line.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1)
            return null;
        var name = line[..equals].TrimEnd();
        var isName = name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-') && !char.IsAsciiDigit(name[0]);
        return isName && Value(line[(equals + 1)..].TrimStart()) is { } value ? (name, value) : null;
    }

    // In quotes anything may stand; without, a '#' behind a blank begins a comment.
    private static string? Value(string text)
    {
        if (text is not ['"' or '\'', ..])
        {
            var comment = text.StartsWith('#') ? 0 : text.IndexOf(" #", StringComparison.Ordinal);
            return (comment < 0 ? text : text[..comment]).TrimEnd();
        }

        var value = new StringBuilder();
        for (var i = 1; i < text.Length; i++)
        {
            if (text[i] == text[0])
                return text[(i + 1)..].TrimStart() is "" or ['#', ..] ? value.ToString() : null;
            var escapes = text[0] == '"' && text[i] == '\\' && i + 1 < text.Length;
            value.Append(escapes ? Escaped(text[++i]) : text[i]);
        }

        return null;
    }

    private static string Escaped(char letter) =>
        letter switch
        {
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            '"' or '\\' or '$' => letter.ToString(),
            _ => "\\" + letter,
        };

    private static MigrationException Invalid(string message) =>
        new(ErrorId.UsageInvalid, message, "Correct the file, or name another with --env-file. Each line is NAME=value or a # comment.");
}
