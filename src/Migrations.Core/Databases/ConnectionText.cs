namespace Migrations.Databases;

/// <summary>
/// Distinguishes the path of a file from a connection string, in whatever form a program writes one. What is taken for a path by mistake
/// becomes a new, empty file whose name may hold a password, so a text is a path only when it can be nothing else.
/// </summary>
public static class ConnectionText
{
    /// <summary>
    /// What a text is, where it may be something else than the path of a file; null where it can be nothing else. The answer never repeats
    /// the text.
    /// </summary>
    /// <param name="text">What was given as a database.</param>
    /// <param name="folder">Where relative paths start: what is the name of a file there is its path. Null: not looked at.</param>
    /// <returns>The end of a sentence that begins with 'It'.</returns>
    public static string? Find(string text, string? folder = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.Trim();
        if (text.Length == 0)
            return null;
        if (text[0] is '"' or '\'' or '`' || text[^1] is '"' or '\'' or '`')
            return "is in quotes, which belong to the shell and not to the value (Docker keeps the quotes of an env file)";
        if (
            text.Contains("://", StringComparison.Ordinal)
            || text.Contains("%3A%2F%2F", StringComparison.OrdinalIgnoreCase)
            || HasScheme(text)
        )
            return "is a URL of an unsupported form";
        if (HasPairs(text, IsRooted(text)))
            return "consists of keys and values, like a connection string, in an unsupported form";
        if (
            text[0] is '{' or '<' or '('
            || text.StartsWith("$(", StringComparison.Ordinal)
            || text.StartsWith("${", StringComparison.Ordinal)
            || IsVariable(text)
        )
            return "is an unexpanded variable, or a fragment of a configuration";
        if (text[0] == '-' || text.StartsWith("psql ", StringComparison.OrdinalIgnoreCase))
            return "is an option or a command";
        return IsUserOrHost(text) || (IsLogin(text) && !IsFile(text, folder))
            ? "contains a user, a host or a port, like the address of a server"
            : null;
    }

    /// <summary>Whether a value continues with the known key of another pair, as those of libpq do, which blanks separate.</summary>
    public static bool GoesOn(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value.Any(char.IsWhiteSpace) && HasPairs(value, isRooted: true);
    }

    /// <summary>Whether parameters stand behind a path: <c>app.db?mode=rwc</c>, <c>app.db;Password=...</c>.</summary>
    public static bool HasParameters(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var first = path.AsSpan().IndexOfAny('?', ';', '&');
        return first >= 0 && HasPairs(path[first..], isRooted: path[first] != '?');
    }

    private static bool HasScheme(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && ConnectionWords.Schemes.Contains(text[..colon], StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>A path from a root, a home or the current folder: nothing in it is a user or a host.</summary>
    private static bool IsRooted(string text) =>
        (text[0] is '/' or '\\' && !text.StartsWith("//", StringComparison.Ordinal))
        || text.StartsWith("./", StringComparison.Ordinal)
        || text.StartsWith(".\\", StringComparison.Ordinal)
        || text.StartsWith("../", StringComparison.Ordinal)
        || text.StartsWith("..\\", StringComparison.Ordinal)
        || text.StartsWith("~/", StringComparison.Ordinal)
        || text.StartsWith("~\\", StringComparison.Ordinal)
        || (text.Length > 2 && char.IsAsciiLetter(text[0]) && text[1] == ':' && text[2] is '/' or '\\');

    /// <summary>
    /// Whether a known key has a value, or keys of any name do where more than one has, or where something that is not a path separates
    /// them.
    /// </summary>
    private static bool HasPairs(string text, bool isRooted)
    {
        var pairs = 0;
        for (var i = text.IndexOf('=', StringComparison.Ordinal); i >= 0; i = text.IndexOf('=', i + 1))
        {
            var end = text.AsSpan(0, i).TrimEnd().Length;
            var start = end;
            while (start > 0 && (char.IsLetterOrDigit(text[start - 1]) || text[start - 1] is '_' or '-' or '.'))
                start--;
            var before = start == 0 ? ' ' : text[start - 1];
            // Behind a slash it is the name of a folder or a file.
            if (start == end || !(char.IsWhiteSpace(before) || before is ';' or ',' or '?' or '&' or '(' or ':' or '"' or '\''))
                continue;
            if (ConnectionWords.Keys.Contains(text[start..end], StringComparer.OrdinalIgnoreCase) || (before is '?' && !isRooted))
                return true;
            pairs++;
        }

        return !isRooted && (pairs > 1 || (pairs == 1 && text.Contains(';', StringComparison.Ordinal)));
    }

    /// <summary>The form of a shell, of PowerShell or of Windows.</summary>
    private static bool IsVariable(string text)
    {
        var name =
            text.StartsWith("$env:", StringComparison.OrdinalIgnoreCase) ? text.AsSpan(5)
            : text[0] == '$' ? text.AsSpan(1)
            : text.Length > 2 && text[0] == '%' && text[^1] == '%' ? text.AsSpan(1, text.Length - 2)
            : [];
        foreach (var c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '_')
                return false;
        }

        return name.Length > 0;
    }

    /// <summary>Whether it has the form user/password@name of Oracle's programs. A folder and a file with an @ look the same.</summary>
    private static bool IsLogin(string text)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var at = text.LastIndexOf('@');
        return slash > 0 && at > slash + 1 && at < text.Length - 1 && text.IndexOf('/', at) < 0 && !IsRooted(text);
    }

    private static bool IsFile(string text, string? folder)
    {
        try
        {
            return folder is not null && File.Exists(Path.GetFullPath(text, Path.GetFullPath(folder)));
        }
        catch (ArgumentException)
        {
            return false; // A NUL: no file has such a name.
        }
    }

    /// <summary><c>user:password@host</c>, <c>user@host/database</c>, <c>host:5432/database</c>.</summary>
    private static bool IsUserOrHost(string text)
    {
        if (IsRooted(text))
            return false;
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var at = text.LastIndexOf('@');
        if (at > 0 && colon >= 0)
            return true;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (at > 0 && slash > at && at < slash - 1)
            return true;
        for (; colon >= 0; colon = text.IndexOf(':', colon + 1))
        {
            var digits = colon + 1;
            while (digits < text.Length && char.IsAsciiDigit(text[digits]))
                digits++;
            if (
                colon > 0
                && digits > colon + 2
                && (slash < 0 || slash > colon)
                && (digits == text.Length || text[digits] is '/' or ',' or '?')
            )
                return true;
        }

        return false;
    }
}
