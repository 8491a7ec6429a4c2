using Migrations.Foreign;
using Migrations.Planning;

namespace Migrations.Adoption;

/// <summary>
/// The migrations that an entry of another tool's history may be, by each of the things that tools record. Looked up rather than searched
/// for, since both may be thousands. Pure.
/// </summary>
/// <param name="tool">The tool.</param>
/// <param name="migrations">The folder's migrations.</param>
internal sealed class EntryCandidates(ForeignTool tool, IReadOnlyList<Migration> migrations)
{
    private static readonly string[] Extensions =
    [
        ".sql",
        ".js",
        ".ts",
        ".mjs",
        ".cjs",
        ".mts",
        ".cts",
        ".go",
        ".py",
        ".rb",
        ".cs",
        ".ps1",
        ".up",
    ];

    private readonly ILookup<string, Migration> _files = By(migrations, m => [FileOf(m)]);
    private readonly ILookup<string, Migration> _names = By(
        migrations,
        m => ((string[])[Plain(m.FullName), Plain(FileOf(m))]).Distinct(StringComparer.OrdinalIgnoreCase)
    );
    private readonly ILookup<string, Migration> _semantic = By(migrations, m => m.Header.SemanticVersion is { } v ? [v] : []);
    private readonly ILookup<string, Migration> _versions = By(migrations, m => m.Version is { } v ? [v.Key] : []);

    // Reads all files, which only a tool that records neither name nor version asks for.
    private readonly Lazy<ILookup<string, Migration>> _contents = new(() =>
        By(migrations, m => ContentComparison.ChecksumsOf(tool, m).Distinct(StringComparer.OrdinalIgnoreCase))
    );

    /// <summary>Those whose file it names; a resource's name begins with those of its assembly and folders.</summary>
    public IEnumerable<Migration> OfFile(ForeignEntry entry)
    {
        if (entry.File?.Replace('\\', '/') is not { } recorded)
            yield break;
        var file = recorded[(recorded.LastIndexOf('/') + 1)..];
        foreach (var migration in _files[file])
            yield return migration;
        for (var dot = file.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = file.IndexOf('.', dot + 1))
        {
            foreach (var migration in _files[file[(dot + 1)..]])
                yield return migration;
        }
    }

    /// <summary>Those that have its name.</summary>
    public IEnumerable<Migration> OfName(ForeignEntry entry) => entry.Name is { } name ? _names[Plain(name)] : [];

    /// <summary>Those with its semantic version.</summary>
    public IEnumerable<Migration> OfSemanticVersion(ForeignEntry entry) => entry.SemanticVersion is { } version ? _semantic[version] : [];

    /// <summary>Those with its version; where a name is recorded too and is another one, only the same content makes it the same
    /// migration.</summary>
    public IEnumerable<Migration> OfVersion(ForeignEntry entry) =>
        MigrationVersion.TryParse(entry.Version, out var version)
            ? _versions[version.Key]
                .Where(m =>
                    (entry.File ?? entry.Name) is not { } name
                    || HistoryMatch.NameAgrees(Plain(Path.GetFileName(name)), m.FullName)
                    || ContentComparison.Compare(tool, entry, m) is ContentMatch.Same or ContentMatch.Cosmetic
                )
            : [];

    /// <summary>Those with its content, where the content is all that is recorded.</summary>
    public IEnumerable<Migration> OfContent(ForeignEntry entry) =>
        (entry.File ?? entry.Name ?? entry.Version ?? entry.SemanticVersion) is null && entry.Checksum is { Length: > 0 } recorded
            ? _contents.Value[recorded]
            : [];

    private static ILookup<string, Migration> By(IReadOnlyList<Migration> migrations, Func<Migration, IEnumerable<string>> keys) =>
        migrations
            .SelectMany(m => keys(m).Select(k => (Key: k, Migration: m)))
            .ToLookup(m => m.Key, m => m.Migration, StringComparer.OrdinalIgnoreCase);

    private static string FileOf(Migration migration) => Path.GetFileName(migration.Up.File.Replace('\\', '/'));

    private static string Plain(string name)
    {
        while (Array.Find(Extensions, e => name.EndsWith(e, StringComparison.OrdinalIgnoreCase)) is { } extension)
            name = name[..^extension.Length];
        return name;
    }
}
