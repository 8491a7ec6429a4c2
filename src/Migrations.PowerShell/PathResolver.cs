using System.Data.Common;
using System.Management.Automation;
using Microsoft.PowerShell.Commands;
using Migrations.Databases;

namespace Migrations.PowerShell;

/// <summary>Turns paths as PowerShell knows them into paths of the file system. Only on the pipeline's thread.</summary>
/// <param name="cmdlet">The cmdlet whose location counts.</param>
internal sealed class PathResolver(PSCmdlet cmdlet)
{
    private static readonly string[] OwnForms = ["sqlite:", "sqlite3:", "file:", "data source", "datasource", "filename"];

    /// <summary>PowerShell's location in the file system, from which relative paths start; not the process's.</summary>
    public string CurrentFolder => cmdlet.SessionState.Path.CurrentFileSystemLocation.ProviderPath;

    /// <summary>
    /// A database's text with a path in it turned into a full one, as every other path: <c>.\shop.db</c>, <c>Data:/shop.db</c>,
    /// <c>~/shop.db</c>; anything else unchanged.
    /// </summary>
    /// <exception cref="CommandException">The drive is no file system, or the path has wildcards.</exception>
    public string Database(string text) => IsPath(text) ? "sqlite:" + Single(text) : WithPath(text);

    /// <summary>The same for what may be a database, a file or a folder.</summary>
    /// <exception cref="CommandException">The drive is no file system, or the path has wildcards.</exception>
    public string Expand(string text) => IsPath(text) ? Single(text) : WithPath(text);

    private bool IsPath(string text)
    {
        var trimmed = text.Trim();
        return trimmed.StartsWith("~/", StringComparison.Ordinal)
            || trimmed.StartsWith("~\\", StringComparison.Ordinal)
            || IsDrive(trimmed)
            || IsProvider(trimmed)
            || (trimmed.Length > 0 && !IsOwnForm(trimmed) && ConnectionText.Find(trimmed, CurrentFolder) is null);
    }

    /// <summary>
    /// An address or a connection string of SQLite, with the path in it as the file system knows it, where only PowerShell does: a drive of
    /// its own, a home, a backslash. Every other path the driver reads itself, from PowerShell's location.
    /// </summary>
    private string WithPath(string text)
    {
        const string Scheme = "sqlite:";
        var trimmed = text.Trim();
        if (trimmed.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
            return IsPowerShellPath(trimmed[Scheme.Length..]) ? Scheme + Single(trimmed[Scheme.Length..]) : text;
        if (!IsOwnForm(trimmed.Length > 0 ? trimmed : ":"))
            return text;
        try
        {
            var builder = new DbConnectionStringBuilder { ConnectionString = trimmed };
            foreach (var key in (string[])["Data Source", "DataSource", "Filename"])
            {
                if (!builder.TryGetValue(key, out var value) || value is not string path || !IsPowerShellPath(path))
                    continue;
                builder[key] = Single(path);
                return builder.ConnectionString;
            }
        }
        catch (ArgumentException)
        {
            // The driver refuses it, and does not repeat it.
        }

        return text;
    }

    private bool IsPowerShellPath(string path) =>
        path.StartsWith("~/", StringComparison.Ordinal)
        || IsDrive(path)
        || IsProvider(path)
        || (
            path.Contains('\\', StringComparison.Ordinal)
            && !path.StartsWith(@"\\", StringComparison.Ordinal)
            && ConnectionText.Find(path) is null
        );

    // What the SQLite driver reads besides paths, and paths of another system, which mean nothing here and are shown as given.
    private static bool IsOwnForm(string text) =>
        text[0] == ':'
        || text.StartsWith("\\\\", StringComparison.Ordinal)
        || (text.Length > 2 && char.IsAsciiLetter(text[0]) && text[1] == ':')
        || OwnForms.Any(f => text.StartsWith(f, StringComparison.OrdinalIgnoreCase));

    /// <summary>The path of one file: a wildcard in it is a slip, unless there is a file of that name.</summary>
    private string Single(string text)
    {
        var path = Literal(text.Trim());
        if (!path.Contains('*', StringComparison.Ordinal) || File.Exists(path))
            return path;
        var matches = MatchesOf(path);
        throw new CommandException(
            ErrorRecords.Of(
                "PathAmbiguous",
                ErrorCategory.InvalidArgument,
                text,
                $"'{text}' has wildcards{(matches.Count == 0 ? "" : $" and matches {string.Join(", ", matches)}")}. "
                    + "Specify a database without wildcards.",
                $"Specify one database, or pipe the files: Get-ChildItem '{text}' | {cmdlet.MyInvocation.InvocationName} ..."
            )
        );
    }

    private static List<string> MatchesOf(string path)
    {
        const int Most = 10;
        var folder = System.IO.Path.GetDirectoryName(path);
        return Directory.Exists(folder)
            ?
            [
                .. Directory
                    .GetFiles(folder, System.IO.Path.GetFileName(path))
                    .Select(f => System.IO.Path.GetFileName(f))
                    .Order(StringComparer.Ordinal)
                    .Take(Most),
            ]
            : [];
    }

    /// <summary>
    /// A path without wildcards, which need not exist. Where nothing has the name as written, a backtick takes the meaning from the
    /// character behind it, as completion writes it.
    /// </summary>
    /// <exception cref="CommandException">There is no such drive, or it is no file system.</exception>
    public string Literal(string path)
    {
        var resolved = Exact(path);
        return path.Contains('`', StringComparison.Ordinal) && !System.IO.Path.Exists(resolved)
            ? Exact(WildcardPattern.Unescape(path))
            : resolved;
    }

    /// <summary>A path just as it is written.</summary>
    /// <exception cref="CommandException">There is no such drive, or it is no file system.</exception>
    public string Exact(string path)
    {
        ProviderInfo provider;
        string resolved;
        try
        {
            resolved = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out provider, out _);
        }
        catch (SessionStateException e)
        {
            throw NotFound(path, e);
        }

        return IsFileSystem(provider) ? resolved : throw NotFileSystem(path, provider);
    }

    /// <summary>The one folder that a path with wildcards means.</summary>
    /// <exception cref="CommandException">It means none or several, or is not in a file system.</exception>
    public string Wildcard(string path)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(path))
            return Literal(path);
        ProviderInfo provider;
        List<string> folders;
        try
        {
            folders = [.. cmdlet.SessionState.Path.GetResolvedProviderPathFromPSPath(path, out provider).Where(Directory.Exists)];
        }
        catch (SessionStateException e)
        {
            throw NotFound(path, e);
        }

        if (!IsFileSystem(provider))
            throw NotFileSystem(path, provider);
        return folders.Count switch
        {
            1 => folders[0],
            0 => throw new MigrationException(
                ErrorId.FolderMissing,
                $"'{path}' matches no folder.",
                "Specify a path that matches one folder; -LiteralPath treats it literally."
            ),
            _ => throw new CommandException(
                ErrorRecords.Of(
                    "PathAmbiguous",
                    ErrorCategory.InvalidArgument,
                    path,
                    $"'{path}' means {folders.Count} folders.",
                    "Specify a path that matches one folder; -LiteralPath treats it literally."
                )
            ),
        };
    }

    private bool IsDrive(string text)
    {
        // What has two slashes behind the colon is a URL.
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0
            && !text.AsSpan(colon + 1).StartsWith("//")
            && cmdlet.SessionState.Drive.GetAll().Any(d => string.Equals(d.Name, text[..colon], StringComparison.OrdinalIgnoreCase));
    }

    private bool IsProvider(string text)
    {
        var colons = text.IndexOf("::", StringComparison.Ordinal);
        if (colons < 0)
            return false;
        var name = text[..colons];
        return cmdlet
            .SessionState.Provider.GetAll()
            .Any(p =>
                string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase)
                || string.Equals($"{p.ModuleName}\\{p.Name}", name, StringComparison.OrdinalIgnoreCase)
            );
    }

    private static bool IsFileSystem(ProviderInfo provider) => provider.ImplementingType == typeof(FileSystemProvider);

    private static CommandException NotFound(string path, SessionStateException error) =>
        new(
            ErrorRecords.Of(
                "PathInvalid",
                ErrorCategory.ObjectNotFound,
                path,
                error.Message,
                "Correct the path; Get-PSDrive lists the drives."
            )
        );

    private static CommandException NotFileSystem(string path, ProviderInfo provider) =>
        new(
            ErrorRecords.Of(
                "PathNotFileSystem",
                ErrorCategory.InvalidArgument,
                path,
                $"'{path}' is a path of the provider {provider.Name}, not of the file system.",
                "Specify a path on a file system drive."
            )
        );
}
