namespace Migrations.Folders;

/// <summary>
/// The migrations that squashes of a folder replace: those in its subfolder <c>archive</c>, and those that still stand in the folder itself
/// because a squash was killed while it moved them. None of them is a migration of the folder.
/// </summary>
internal sealed class SquashArchive
{
    private readonly FolderOptions _options;
    private readonly Dictionary<MigrationFile, ScriptFile> _scripts;
    private readonly List<MigrationFile> _files;
    private readonly NumberingStyle _style;

    private SquashArchive(
        FolderOptions options,
        Dictionary<MigrationFile, ScriptFile> scripts,
        List<MigrationFile> files,
        List<MigrationFile> left
    )
    {
        (_options, _scripts, _files) = (options, scripts, files);
        _style = NumberingStyle.Of(files, scripts, options.Layout);
        Leftovers = [.. left.Select(f => f.Path)];
    }

    /// <summary>The files that still stand in the folder.</summary>
    public IReadOnlyList<string> Leftovers { get; }

    /// <summary>
    /// Finds them, and takes them out of what was found in the folder; null when no migration of the folder replaces others.
    /// </summary>
    /// <param name="folder">The folder, or the name of what is no folder on disk.</param>
    /// <param name="scan">What is in it.</param>
    /// <param name="scripts">Its scripts.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static SquashArchive? Of(
        string folder,
        FolderContent scan,
        Dictionary<MigrationFile, ScriptFile> scripts,
        FolderOptions options,
        CancellationToken cancellationToken
    )
    {
        var place = Path.Combine(folder, FolderNames.Archive);
        var replaced = scan
            .Files.Where(f => !f.IsDown && !IsIn(place, f.Path))
            .SelectMany(f => scripts[f].Script?.Header.Replaces ?? [])
            .ToLookup(r => r.Name, r => r.Checksum, StringComparer.Ordinal);
        if (replaced.Count == 0)
        {
            // What a squash copied before it was killed: it has replaced nothing yet.
            scan.Files.RemoveAll(f => IsIn(place, f.Path) && IsSame(f.Path, Path.Combine(folder, Path.GetRelativePath(place, f.Path))));
            return null;
        }

        scan.LeaveOut(place);
        var ups = scan
            .Files.Where(f => !f.IsDown && replaced[f.FullName].Contains(scripts[f].Script?.Checksum, StringComparer.Ordinal))
            .Select(f => f.FullName)
            .ToHashSet(StringComparer.Ordinal);
        var left = scan.Files.FindAll(f => ups.Contains(f.FullName) || IsCopied(folder, place, f));
        scan.Files.RemoveAll(left.Contains);
        var archived = Scan(place, options, cancellationToken);
        var all = new Dictionary<MigrationFile, ScriptFile>(scripts, ReferenceEqualityComparer.Instance);
        foreach (var (file, script) in MigrationFolderReader.ReadScripts(archived, options.Layout, cancellationToken))
            all.Add(file, script);
        return new SquashArchive(options, all, [.. archived, .. left], left);
    }

    /// <summary>The squashes among migrations, each with what it replaces.</summary>
    public IReadOnlyList<Squash> Squashes(IEnumerable<Migration> migrations) =>
        [
            .. migrations
                .Where(m => m.Header.Replaces.Count > 0)
                .Select(m => new Squash(m, Parts(m.Header.Replaces.ToLookup(r => r.By ?? "", StringComparer.Ordinal), by: "", []))),
        ];

    /// <summary>A warning about what still stands in the folder.</summary>
    public IEnumerable<FileProblem> Warnings =>
        Leftovers.Select(file => new FileProblem(
            ErrorId.FileNameInvalid,
            new ScriptLocation(file, 1),
            "The file is ignored: a squash replaced its migration, and was interrupted before it had moved the file to 'archive'.",
            $"Run '{Call.Squash}' again, which moves it."
        ));

    private IReadOnlyList<SquashPart> Parts(ILookup<string, ReplacedMigration> replaced, string by, HashSet<string> above)
    {
        var here = replaced[by].ToList();
        var names = here.Select(r => r.Name).ToHashSet(StringComparer.Ordinal);
        // What is wrong with the pairs, the squash had to see; downs of other migrations find no pair here.
        var pairing = new MigrationPairing(_scripts, _style, _options);
        pairing.Pair([
            .. _files.Where(f => !f.IsDown && names.Contains(f.FullName)).DistinctBy(f => f.FullName, StringComparer.Ordinal),
            .. _files.Where(f => f.IsDown).DistinctBy(f => (f.FullName, f.Form)),
        ]);
        var found = pairing.Migrations.ToDictionary(m => m.FullName, StringComparer.Ordinal);
        return
        [
            .. here.Where(r => !above.Contains(r.Name))
                .Select(r => new SquashPart(r)
                {
                    Archived = found.GetValueOrDefault(r.Name) is { } archived && IsThat(archived, r) ? archived : null,
                    Parts = replaced.Contains(r.Name) ? Parts(replaced, r.Name, [.. above, r.Name]) : [],
                }),
        ];
    }

    private static bool IsThat(Migration archived, ReplacedMigration replaced) =>
        string.Equals(replaced.Checksum, archived.Up.Checksum, StringComparison.Ordinal);

    private static List<MigrationFile> Scan(string place, FolderOptions options, CancellationToken cancellationToken)
    {
        try
        {
            return Directory.Exists(place) ? FolderScan.Run(place, options.Layout, cancellationToken).Files : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Where something of it is needed, it is missing.
            return [];
        }
    }

    private static bool IsIn(string place, string path) => path.StartsWith(place + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static bool IsCopied(string folder, string place, MigrationFile file) =>
        file.Open is null && IsSame(file.Path, Path.Combine(place, Path.GetRelativePath(folder, file.Path)));

    /// <summary>Whether two files are there and hold the same.</summary>
    internal static bool IsSame(string one, string other) =>
        File.Exists(one)
        && File.Exists(other)
        && new FileInfo(one).Length == new FileInfo(other).Length
        && File.ReadAllBytes(one).AsSpan().SequenceEqual(File.ReadAllBytes(other));
}
