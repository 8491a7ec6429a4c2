using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace Migrations.PowerShell;

/// <summary>Turns paths as PowerShell knows them into paths of the file system. Only on the pipeline's thread.</summary>
/// <param name="cmdlet">The cmdlet whose location counts.</param>
internal sealed class PathResolver(PSCmdlet cmdlet)
{
    /// <summary>PowerShell's location in the file system, from which relative paths start; not the process's.</summary>
    public string CurrentFolder => cmdlet.SessionState.Path.CurrentFileSystemLocation.ProviderPath;

    /// <summary>A database's text with a PowerShell drive or provider in front (<c>Data:\shop.db</c>, <c>~/shop.db</c>) turned into a path; anything else unchanged.</summary>
    /// <exception cref="CommandException">The drive is no file system.</exception>
    public string ExpandDrive(string text)
    {
        var isHome = text.StartsWith("~/", StringComparison.Ordinal) || text.StartsWith("~\\", StringComparison.Ordinal);
        return isHome || IsDrive(text) || IsProvider(text) ? Literal(text) : text;
    }

    /// <summary>A path without wildcards, which need not exist.</summary>
    /// <exception cref="CommandException">There is no such drive, or it is no file system.</exception>
    public string Literal(string path)
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
            0 => throw new MigrationException(ErrorId.FolderMissing, $"'{path}' means no folder.", "Give a path that means one folder; -LiteralPath takes it without wildcards."),
            _ => throw new CommandException(ErrorRecords.Of(
                "PathAmbiguous", ErrorCategory.InvalidArgument, path, $"'{path}' means {folders.Count} folders.", "Give a path that means one folder; -LiteralPath takes it without wildcards.")),
        };
    }

    private bool IsDrive(string text)
    {
        // One letter is a drive of Windows itself, and what has two slashes behind the colon is a URL.
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 1 && !text.AsSpan(colon + 1).StartsWith("//")
            && cmdlet.SessionState.Drive.GetAll().Any(d => string.Equals(d.Name, text[..colon], StringComparison.OrdinalIgnoreCase));
    }

    private bool IsProvider(string text)
    {
        var colons = text.IndexOf("::", StringComparison.Ordinal);
        if (colons < 0)
            return false;
        var name = text[..colons];
        return cmdlet.SessionState.Provider.GetAll().Any(p =>
            string.Equals(p.Name, name, StringComparison.OrdinalIgnoreCase) || string.Equals($"{p.ModuleName}\\{p.Name}", name, StringComparison.OrdinalIgnoreCase));
    }

    private static bool IsFileSystem(ProviderInfo provider) => provider.ImplementingType == typeof(FileSystemProvider);

    private static CommandException NotFound(string path, SessionStateException error) => new(ErrorRecords.Of(
        "PathInvalid", ErrorCategory.ObjectNotFound, path, error.Message, "Correct the path; Get-PSDrive lists the drives."));

    private static CommandException NotFileSystem(string path, ProviderInfo provider) => new(ErrorRecords.Of(
        "PathNotFileSystem", ErrorCategory.InvalidArgument, path, $"'{path}' is a path of the provider {provider.Name}, not of the file system.", "Give a path of a drive that is a file system."));
}
