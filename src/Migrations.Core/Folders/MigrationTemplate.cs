namespace Migrations.Folders;

/// <summary>Writes the files of a new migration: the folder's next number, its layout, a header and both halves.</summary>
public static class MigrationTemplate
{
    private const int LongestName = 150;
    private const int MostTries = 200;

    /// <summary>
    /// Creates a migration. Never overwrites; two that create at once get different numbers. Makes the folder when it is missing.
    /// </summary>
    /// <param name="folder">The migration folder.</param>
    /// <param name="name">What the migration does, in words or as a name: <c>Add user prefs</c> becomes <c>add_user_prefs</c>.</param>
    /// <param name="options">Layout and description.</param>
    /// <param name="now">The time, for timestamps and for the header; UTC counts.</param>
    /// <returns>The full paths of the files, the up script first.</returns>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: the name cannot be used.
    /// <see cref="ErrorId.FolderMissing"/>: a file stands where the folder should be. <see cref="ErrorId.PermissionDenied"/>, <see
    /// cref="ErrorId.DiskFailed"/>: it cannot be written.</exception>
    public static IReadOnlyList<string> Create(string folder, string name, CreateOptions options, DateTimeOffset now)
    {
        var root = Path.GetFullPath(folder);
        if (File.Exists(root))
            throw MissingFolder.Error(root);
        var slug = Slug(name);
        try
        {
            Directory.CreateDirectory(root);
            for (var tries = 0; tries < MostTries; tries++)
            {
                var (files, number) = Next(root, slug, options, now);
                RefuseMisreading(files[0].Path, name);
                if (TryWrite(root, files, number))
                    return [.. files.Select(f => FullPath(root, f.Path))];
                // Somebody else took the number. Both may step back, so that they must not come back at the same time.
                Thread.Sleep(Random.Shared.Next(1, 20));
            }
        }
        catch (UnauthorizedAccessException error)
        {
            throw new MigrationException(
                ErrorId.PermissionDenied,
                $"The migration cannot be written to '{root}': {error.Message}",
                $"Make the folder writable, or specify another one with {CallOption.Path}.",
                error
            );
        }
        catch (IOException error)
        {
            throw new MigrationException(
                ErrorId.DiskFailed,
                $"The migration cannot be written to '{root}': {error.Message}",
                "Check that the disk is mounted and has free space, and run the command again.",
                error
            );
        }

        throw new MigrationException(
            ErrorId.DiskFailed,
            $"No free number was found in '{root}': other processes kept taking it.",
            "Run the command again."
        );
    }

    /// <summary>The full paths of the files that <see cref="Create"/> would write now. Writes nothing.</summary>
    /// <param name="folder">The migration folder, which need not exist.</param>
    /// <param name="name">What the migration does, in words or as a name.</param>
    /// <param name="options">Layout and description.</param>
    /// <param name="now">The time, for timestamps; UTC counts.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: the name cannot be used.</exception>
    public static IReadOnlyList<string> Preview(string folder, string name, CreateOptions options, DateTimeOffset now)
    {
        var root = Path.GetFullPath(folder);
        var (files, _) = Next(root, Slug(name), options, now);
        RefuseMisreading(files[0].Path, name);
        return [.. files.Select(f => FullPath(root, f.Path))];
    }

    private static (IReadOnlyList<(string Path, string Text)> Files, string Number) Next(
        string root,
        string slug,
        CreateOptions options,
        DateTimeOffset now
    )
    {
        var scan = Directory.Exists(root) ? FolderScan.Run(root, layout: null, CancellationToken.None) : null;
        if (options.Layout is null)
            RefuseWrongFolder(root, scan);
        var files = scan?.Files ?? [];
        var scripts = MigrationFolderReader.ReadScripts(files, layout: null, CancellationToken.None);
        var dialect =
            files.OrderByDescending(f => f.Version).Select(f => scripts[f].Dialect).FirstOrDefault(d => d is not null)
            ?? SectionDialect.Plain;
        var apart = options.Layout is null && dialect == SectionDialect.Plain && OtherReader.Find(root) is not null;
        var style = NumberingStyle.Of(
            files,
            scripts,
            options.Layout ?? (apart && files.Count == 0 ? MigrationLayout.RollbackFolder : null)
        );
        var text = new MigrationTemplateText(style.Next(now.UtcDateTime), slug, options.Description ?? Humanize(slug), now, dialect)
        {
            Irreversible = options.Irreversible,
            Scripts = options.Scripts,
        };
        var place = new TemplatePlace(style.Layout, style.VersionFolder)
        {
            // prisma reads only 'migration.sql', and passes over what is beside it.
            IsWhole =
                files.Exists(f => f.Form == FileForm.FolderEachWhole)
                && !files.Exists(f => f is { Form: FileForm.FolderEach, IsDown: false }),
            UndoApart = apart,
        };
        return (options.Language == MigrationKind.PowerShell ? [text.PowerShell()] : text.Files(place), text.Number);
    }

    /// <summary>A migration beside a folder of services, or among undo scripts, would hardly be where it is meant to be.</summary>
    private static void RefuseWrongFolder(string root, FolderContent? scan)
    {
        if (scan is { Files.Count: 0, Misfits.Count: 0, OtherFolders.Count: > 0 })
            throw MissingFolder.OnlyInSubfolders(root, scan.OtherFolders);
        if (scan is not null && UndoFolder.Is(root))
            throw MissingFolder.OnlyUndo(root);
    }

    internal static string Slug(string name)
    {
        if (name.StartsWith('-'))
            throw Invalid(name, "it starts with a dash, like an option");
        var slug = MigrationFileName.Slug(name);
        if (slug.Length == 0)
            throw Invalid(name, "it contains neither a letter nor a digit");
        if (slug.Length > LongestName)
            throw Invalid(name, $"it is longer than {LongestName} characters");
        return slug;
    }

    /// <summary>A name such as <c>drop_rollback</c> would make the up script look like an undo script.</summary>
    private static void RefuseMisreading(string path, string name)
    {
        var file = Path.GetFileName(path);
        if (MigrationFileName.TryParse(file, rollbackSuffix: true, out var parsed) && parsed.IsDown)
            throw Invalid(name, "it ends like the name of a down script");
    }

    private static MigrationException Invalid(string name, string reason) =>
        new(
            ErrorId.UsageInvalid,
            $"Invalid migration name '{name}': {reason}.",
            $"Describe in a few words what the migration does: {Call.Create.On("add user preferences")}"
        );

    private static string Humanize(string slug)
    {
        var words = slug.Replace('_', ' ');
        return char.ToUpperInvariant(words[0]) + words[1..];
    }

    /// <summary>Writes the files, and takes them back when they cannot all be written or the number turns out to be taken.</summary>
    private static bool TryWrite(string root, IReadOnlyList<(string Path, string Text)> files, string number)
    {
        var written = new List<string>();
        var kept = false;
        try
        {
            kept = files.All(f => TryWriteNew(FullPath(root, f.Path), f.Text, written)) && IsOnlyOne(root, files, number);
        }
        finally
        {
            if (!kept)
                TakeBack(root, written);
        }

        return kept;
    }

    private static void TakeBack(string root, List<string> written)
    {
        written.ForEach(File.Delete);
        foreach (var folder in written.Select(Path.GetDirectoryName).Distinct(StringComparer.Ordinal))
        {
            if (
                folder is not null
                && !string.Equals(folder, root, StringComparison.Ordinal)
                && !Directory.EnumerateFileSystemEntries(folder).Any()
            )
                Directory.Delete(folder);
        }
    }

    /// <summary>Whether no other file has the number by now. Of two that write at once, at least the later one sees the other.</summary>
    private static bool IsOnlyOne(string root, IReadOnlyList<(string Path, string Text)> files, string number)
    {
        var own = files.Select(f => FullPath(root, f.Path)).ToHashSet(StringComparer.Ordinal);
        var all = FolderScan.Run(root, layout: null, CancellationToken.None).Files;
        var version = all.Find(f => own.Contains(f.Path))?.Version ?? MigrationFileName.VersionOf(number);
        return !all.Exists(f => f.Version == version && !own.Contains(f.Path));
    }

    /// <returns>False when there is such a file already.</returns>
    private static bool TryWriteNew(string path, string text, List<string> written)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
        }
        catch (IOException) when (File.Exists(path))
        {
            return false;
        }

        written.Add(path);
        using var writer = new StreamWriter(file);
        writer.Write(text);
        return true;
    }

    private static string FullPath(string root, string path) => Path.Combine(root, path.Replace('/', Path.DirectorySeparatorChar));
}
