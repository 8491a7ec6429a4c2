namespace Migrations.Folders;

/// <summary>
/// Puts the file of a squash into a folder, and what it replaces into <c>archive</c>. The new file appears by one rename, after the copies
/// and before the originals go: killed at any instant, the folder is read as before or as after.
/// </summary>
/// <param name="root">The migration folder.</param>
/// <param name="file">The new file.</param>
/// <param name="replaced">The migrations that it replaces.</param>
internal sealed class SquashSwitch(string root, SquashFile file, IReadOnlyList<Migration> replaced)
{
    private const string Staged = ".squash";
    private readonly string _archive = Path.Combine(root, FolderNames.Archive);
    private readonly List<string> _files = [.. replaced.SelectMany(FilesOf).Distinct(StringComparer.Ordinal)];

    /// <summary>The new file's full path.</summary>
    public string NewFile => Path.Combine(root, file.Path);

    /// <summary>The full paths of the originals in the archive.</summary>
    public IReadOnlyList<string> Archived => [.. _files.Select(InArchive)];

    /// <summary>Refuses what would overwrite something.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.GenerationRefused"/>.</exception>
    public void Demand()
    {
        var taken =
            File.Exists(NewFile) || (Path.GetDirectoryName(file.Path) is { Length: > 0 } && Directory.Exists(NewFile))
                ? NewFile
                : _files
                    .Select(f => (From: f, To: InArchive(f)))
                    .FirstOrDefault(f => File.Exists(f.To) && !SquashArchive.IsSame(f.From, f.To))
                    .To;
        if (taken is not null)
            throw new MigrationException(
                ErrorId.GenerationRefused,
                $"Nothing was folded: '{taken}' is there already, and holds something else.",
                "Move that file away; or, if it is the new one, give it another name."
            );
    }

    /// <summary>Does it.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.PermissionDenied"/>, <see cref="ErrorId.DiskFailed"/>: a file cannot be
    /// written or moved; the same call goes on from there.</exception>
    public void Run() =>
        Try(
            root,
            () =>
            {
                foreach (var original in _files)
                    Copy(original, InArchive(original));
                var staged = Path.Combine(_archive, Staged, file.Path);
                Write(staged, System.Text.Encoding.UTF8.GetBytes(file.Text));
                var folder = Path.GetDirectoryName(NewFile)!;
                if (Directory.Exists(folder))
                    File.Move(staged, NewFile);
                else
                    Directory.Move(Path.GetDirectoryName(staged)!, folder);
                Directory.Delete(Path.Combine(_archive, Staged), recursive: true);
                Remove(root, _files);
            }
        );

    /// <summary>Moves to the archive what a squash that was killed left in the folder.</summary>
    /// <param name="root">The migration folder.</param>
    /// <param name="leftovers">The files.</param>
    public static void Finish(string root, IReadOnlyList<string> leftovers) =>
        Try(
            root,
            () =>
            {
                List<string> files = [.. leftovers.SelectMany(Beside).Distinct(StringComparer.Ordinal)];
                foreach (var left in files)
                    Copy(left, Path.Combine(root, FolderNames.Archive, Path.GetRelativePath(root, left)));
                Remove(root, files);
                if (Path.Combine(root, FolderNames.Archive, Staged) is var staged && Directory.Exists(staged))
                    Directory.Delete(staged, recursive: true);
            }
        );

    private static IEnumerable<string> FilesOf(Migration migration) =>
        new[] { migration.Down?.File, migration.Up.File }.OfType<string>().SelectMany(Beside);

    /// <summary>A script with the files that belong to it, which go first: without it they would be wrong.</summary>
    private static IEnumerable<string> Beside(string script) =>
        FolderNames.Contains(FolderNames.OwnScripts, Path.GetFileNameWithoutExtension(script))
            ?
            [
                .. Directory
                    .EnumerateFiles(Path.GetDirectoryName(script)!)
                    .Where(f => !string.Equals(f, script, StringComparison.Ordinal))
                    .Order(StringComparer.Ordinal),
                script,
            ]
            : [.. new[] { script + ".sha256", script + ".conf" }.Where(File.Exists), script];

    private string InArchive(string path) => Path.Combine(_archive, Path.GetRelativePath(root, path));

    private static void Copy(string from, string to)
    {
        if (!SquashArchive.IsSame(from, to))
            Write(to, File.ReadAllBytes(from));
    }

    private static void Write(string path, byte[] bytes)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        WholeFile.Write(path, bytes);
    }

    private static void Remove(string root, IReadOnlyList<string> files)
    {
        foreach (var path in files)
            File.Delete(path);
        foreach (var folder in files.Select(Path.GetDirectoryName).Distinct(StringComparer.Ordinal))
        {
            if (!string.Equals(folder, root, StringComparison.Ordinal) && !Directory.EnumerateFileSystemEntries(folder!).Any())
                Directory.Delete(folder!);
        }
    }

    private static void Try(string root, Action action)
    {
        try
        {
            action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                e is UnauthorizedAccessException ? ErrorId.PermissionDenied : ErrorId.DiskFailed,
                $"The migrations in '{root}' cannot all be moved to the folder 'archive': {e.Message}",
                "Make the folder writable, check that the disk has free space, and run the command again: it goes on from there.",
                e
            );
        }
    }
}
