using System.Reflection;

namespace Migrations.Folders;

/// <summary>
/// The migrations that an assembly carries as embedded resources. MSBuild joins a resource's name from its project's namespace, its folders
/// and its file with dots, see <see href="https://learn.microsoft.com/dotnet/core/resources/manifest-file-names"/>; a logical name may have
/// slashes instead.
/// </summary>
internal sealed class EmbeddedSource(Assembly assembly, string prefix) : MigrationSource($"{assembly.GetName().Name}.dll:{prefix}")
{
    private static readonly char[] Separators = ['.', '/', '\\'];

    internal override MigrationFolder Read(FolderOptions options, CancellationToken cancellationToken)
    {
        var content = new FolderContent();
        var filter = new LayoutFilter(options.Layout);
        foreach (var resource in Resources())
        {
            cancellationToken.ThrowIfCancellationRequested();
            Add(content, filter, resource);
        }

        return MigrationFolderReader.Read(Name, content, options, cancellationToken);
    }

    private List<string> Resources()
    {
        var all = assembly.GetManifestResourceNames();
        List<string> found = [.. all.Where(IsScript).Order(StringComparer.Ordinal)];
        if (found.Count > 0)
            return found;
        var others = all.Where(n => n.EndsWith(".sql", StringComparison.OrdinalIgnoreCase)).Order(StringComparer.Ordinal).Take(3).ToList();
        throw new MigrationException(
            ErrorId.FolderMissing,
            $"The assembly '{assembly.GetName().Name}' has no embedded SQL script whose name begins with '{prefix}'.",
            others.Count == 0
                ? "Embed the scripts: <EmbeddedResource Include=\"Migrations/*.sql\" />"
                : $"Correct the prefix. The assembly has: {string.Join(", ", others)}."
        );
    }

    private bool IsScript(string resource) =>
        resource.StartsWith(prefix, StringComparison.Ordinal)
        && FileNameOf(resource) is { Length: > 0 } name
        && MigrationFileName.IsSql(name)
        && !FolderNames.Contains(FolderNames.NoMigrations, name);

    /// <summary>What follows the prefix; null where the prefix ends within a word.</summary>
    private string? FileNameOf(string resource) =>
        prefix.Length == 0 || Separators.Contains(prefix[^1]) ? resource[prefix.Length..]
        : resource.Length > prefix.Length && Separators.Contains(resource[prefix.Length]) ? resource[(prefix.Length + 1)..]
        : null;

    private void Add(FolderContent content, LayoutFilter filter, string resource)
    {
        var name = FileNameOf(resource)!;
        if (FolderOf(name, [Hook.FolderName]) is { } hooks)
        {
            var file = name[(hooks.Length + 1)..];
            content.Hooks.Add(new FolderEntry($"{Name}/{hooks}/{file}", file, IsFolder: false) { Open = Opener(resource) });
            return;
        }

        var rollback = FolderOf(name, FolderNames.Rollback);
        var script = new FolderEntry(
            rollback is null ? $"{Name}/{name}" : $"{Name}/{rollback}/{name[(rollback.Length + 1)..]}",
            rollback is null ? name : name[(rollback.Length + 1)..],
            IsFolder: false
        )
        {
            Open = Opener(resource),
        };
        if (rollback is null)
            content.AddNumbered(script, filter);
        else if (filter.Reads(MigrationLayout.RollbackFolder))
            content.AddRollback(script);
    }

    private Func<Stream> Opener(string resource) => () => assembly.GetManifestResourceStream(resource)!;

    /// <summary>The folder, of some, that a name begins with; null where it begins with none.</summary>
    private static string? FolderOf(string name, string[] folders) =>
        Array.Find(
            folders,
            f => name.StartsWith(f, StringComparison.OrdinalIgnoreCase) && name.Length > f.Length && Separators.Contains(name[f.Length])
        );
}
