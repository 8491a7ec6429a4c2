using System.Management.Automation;
using Microsoft.PowerShell.Commands;

namespace Migrations.PowerShell;

/// <summary>Turns paths as PowerShell knows them into paths of the file system. Only on the pipeline's thread.</summary>
/// <param name="cmdlet">The cmdlet whose location counts.</param>
internal sealed class PathResolver(PSCmdlet cmdlet)
{
    private static readonly Type FileSystem = typeof(FileSystemProvider);

    /// <summary>PowerShell's location in the file system, from which relative paths start; not the process's.</summary>
    public string CurrentFolder => cmdlet.SessionState.Path.CurrentFileSystemLocation.ProviderPath;

    /// <summary>A database's text with a PowerShell drive in front (<c>Data:\shop.db</c>, <c>~/shop.db</c>) turned into a path; anything else unchanged.</summary>
    public string ExpandDrive(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var isDrive = colon > 1 && colon + 1 < text.Length && text[colon + 1] is '/' or '\\' && !text.AsSpan(colon + 1).StartsWith("//")
            && cmdlet.SessionState.Drive.GetAll().Any(d => string.Equals(d.Name, text[..colon], StringComparison.OrdinalIgnoreCase));
        return isDrive || text.StartsWith("~/", StringComparison.Ordinal) || text.StartsWith("~\\", StringComparison.Ordinal) ? Literal(text) : text;
    }

    /// <summary>A path without wildcards, which need not exist.</summary>
    public string Literal(string path)
    {
        var resolved = cmdlet.SessionState.Path.GetUnresolvedProviderPathFromPSPath(path, out var provider, out _);
        return provider.ImplementingType == FileSystem ? resolved : throw NotFileSystem(path, provider);
    }

    /// <summary>The one folder that a path with wildcards means.</summary>
    public string Wildcard(string path)
    {
        if (!WildcardPattern.ContainsWildcardCharacters(path))
            return Literal(path);
        var found = cmdlet.SessionState.Path.GetResolvedProviderPathFromPSPath(path, out var provider);
        if (provider.ImplementingType != FileSystem)
            throw NotFileSystem(path, provider);
        return found.Count == 1 ? found[0] : throw Fail(ErrorRecords.Of(
            "PathAmbiguous", ErrorCategory.InvalidArgument, path, $"'{path}' means {found.Count} folders.", "Give a path that means one folder; -LiteralPath takes it without wildcards."));
    }

    private PipelineStoppedException NotFileSystem(string path, ProviderInfo provider) => Fail(ErrorRecords.Of(
        "PathNotFileSystem", ErrorCategory.InvalidArgument, path, $"'{path}' is a path of the provider {provider.Name}, not of the file system.", "Give a path of a drive that is a file system."));

    private PipelineStoppedException Fail(ErrorRecord record)
    {
        cmdlet.ThrowTerminatingError(record);
        return new PipelineStoppedException();
    }
}
