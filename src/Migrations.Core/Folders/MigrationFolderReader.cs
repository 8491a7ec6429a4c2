namespace Migrations.Folders;

/// <summary>Reads migration folders: finds the files, reads and checks every one of them, pairs and orders them. Runs nothing.</summary>
public static class MigrationFolderReader
{
    /// <summary>With fewer files than this, one thread finishes before others have started.</summary>
    private const int FewFiles = 200;

    /// <summary>Reads a folder. Every file is read once, in blocks; memory does not grow with the size of a file.</summary>
    /// <param name="path">The folder. A relative path starts from the current directory.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <returns>The migrations as they are applied: versioned ones by version, then repeatable ones by name.</returns>
    /// <exception cref="MigrationException"><see cref="ErrorId.FolderMissing"/>: there is no such folder, or migrations are only in its
    /// subfolders. <see cref="ErrorId.FileUnreadable"/>: the folder itself cannot be read.</exception>
    /// <exception cref="FolderException">Files are invalid; all of them are listed, each with its fix.</exception>
    public static MigrationFolder Read(string path, FolderOptions options, CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(path);
        if (!Directory.Exists(folder))
            throw MissingFolder.Error(folder);
        if (UndoFolder.Is(folder))
            throw MissingFolder.OnlyUndo(folder);
        var scan = Scan(folder, options.Layout, cancellationToken);
        if (scan.Files.Count == 0 && scan.Misfits.Count == 0 && scan.OtherFolders.Count > 0)
            throw MissingFolder.OnlyInSubfolders(folder, scan.OtherFolders);
        var read = Read(folder, scan, options, cancellationToken);
        return read with { IsOnDisk = true, Warnings = InOrder([.. read.Warnings, .. RunElsewhere(folder, read.Migrations)]) };
    }

    /// <summary>Reads the scripts that were found, pairs and orders them.</summary>
    /// <param name="name">The folder, as messages name it.</param>
    /// <param name="scan">What is in it.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="cancellationToken">Stops the reading.</param>
    /// <exception cref="FolderException">Files are invalid; all of them are listed, each with its fix.</exception>
    internal static MigrationFolder Read(string name, FolderContent scan, FolderOptions options, CancellationToken cancellationToken)
    {
        var scripts = ReadScripts(scan.Files, options.Layout, cancellationToken);
        var archive = SquashArchive.Of(name, scan, scripts, options, cancellationToken);
        var style = NumberingStyle.Of(scan.Files, scripts, options.Layout);
        var pairing = new MigrationPairing(scripts, style, options);
        pairing.Pair(scan.Files);

        var names = new MisfitNames(style, options.Layout);
        List<FileProblem> problems =
        [
            .. scan.Problems,
            .. scan.Misfits.Where(m => !names.IsHarmless(m)).Select(names.Explain),
            .. scan.Files.SelectMany(f => scripts[f].Problems),
            .. pairing.Problems,
            .. NumberingWarnings.MisplacedDates(pairing.Migrations),
            .. scan.ChecksumFiles.SelectMany(ChecksumFile.Check),
        ];
        if (problems.Count > 0)
            throw new FolderException(name, InOrder(problems));
        return new MigrationFolder
        {
            Path = name,
            Migrations = pairing.Migrations,
            HasChecks = scan.HasChecks,
            HookFiles = scan.Hooks,
            Squashes = archive?.Squashes(pairing.Migrations) ?? [],
            Leftovers = archive?.Leftovers ?? [],
            Warnings = InOrder([
                .. scan.Warnings,
                .. scan.Files.SelectMany(f => scripts[f].Warnings),
                .. archive?.Warnings ?? [],
                .. scan.Misfits.Select(names.Explain),
                .. pairing.Warnings,
                .. NumberingWarnings.Find(pairing.Migrations),
            ]),
        };
    }

    /// <summary>Finds the folder's files; a folder that cannot be listed is an error of its own.</summary>
    internal static FolderContent Scan(string folder, MigrationLayout? layout, CancellationToken cancellationToken)
    {
        try
        {
            return FolderScan.Run(folder, layout, cancellationToken);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.FileUnreadable,
                $"The migration folder '{folder}' cannot be read: {error.Message}",
                "Make the folder and everything in it readable for the user who runs migrations.",
                error
            );
        }
    }

    /// <summary>Reads the files, on all processors when there are many.</summary>
    internal static Dictionary<MigrationFile, ScriptFile> ReadScripts(
        List<MigrationFile> files,
        MigrationLayout? layout,
        CancellationToken cancellationToken
    )
    {
        var read = new ScriptFile[files.Count];
        var parallelism = new ParallelOptions
        {
            CancellationToken = cancellationToken,
            MaxDegreeOfParallelism = files.Count < FewFiles ? 1 : Environment.ProcessorCount,
        };
        Parallel.For(
            0,
            files.Count,
            parallelism,
            () => new ScriptReader(),
            (i, _, reader) =>
            {
                read[i] = files[i].IsPowerShell
                    ? PowerShellFile.Read(files[i])
                    : reader.Read(files[i], RuleOf(files[i], layout), cancellationToken);
                return reader;
            },
            reader => reader.Dispose()
        );

        var scripts = new Dictionary<MigrationFile, ScriptFile>(files.Count, ReferenceEqualityComparer.Instance);
        for (var i = 0; i < read.Length; i++)
            scripts.Add(files[i], read[i]);
        return scripts;
    }

    /// <summary>Undo scripts that another program would run.</summary>
    private static IEnumerable<FileProblem> RunElsewhere(string folder, IReadOnlyList<Migration> migrations)
    {
        var beside = migrations
            .Where(m =>
                m is { HasUndo: true, IsCode: false }
                && m.Layout
                    is MigrationLayout.DownSuffix
                        or MigrationLayout.RollbackSuffix
                        or MigrationLayout.UpDownSuffix
                        or MigrationLayout.Sections
            )
            .ToList();
        if (beside.Count == 0 || OtherReader.Find(folder) is not { } reader || reader.Equals("refinery", StringComparison.Ordinal))
            yield break;
        yield return new FileProblem(
            ErrorId.FileNameInvalid,
            new ScriptLocation(beside[0].Down!.File, beside[0].Down!.FirstLine),
            $"{char.ToUpperInvariant(reader[0])}{reader[1..]} reads this folder too, and would run the down scripts of {beside.Count} "
                + $"migration{(beside.Count == 1 ? "" : "s")} as part of its migrations.",
            $"Move each down script into the subfolder 'rollback', for example as 'rollback/{beside[0].Version}_rollback.sql'."
        );
    }

    private static SectionRule RuleOf(MigrationFile file, MigrationLayout? layout) =>
        file switch
        {
            _ when layout is not (null or MigrationLayout.Sections or MigrationLayout.VersionFolders or MigrationLayout.FolderEach) =>
                SectionRule.Ignored,
            { IsDown: true } => SectionRule.DownOnly,
            { Form: FileForm.Plain or FileForm.FolderEachWhole } => layout == MigrationLayout.Sections
                ? SectionRule.Required
                : SectionRule.Read,
            _ => SectionRule.UpOnly,
        };

    private static List<FileProblem> InOrder(List<FileProblem> problems) =>
        [.. problems.OrderBy(p => p.Location.File, StringComparer.Ordinal).ThenBy(p => p.Location.Line)];
}
