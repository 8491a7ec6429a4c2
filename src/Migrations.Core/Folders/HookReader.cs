namespace Migrations.Folders;

/// <summary>Reads the hooks of a migration folder: the files of its folder <c>hooks</c>, or of the folder that is named for them.</summary>
internal static class HookReader
{
    private const string Sql = ".sql";

    /// <summary>Reads them.</summary>
    /// <param name="folder">The migration folder.</param>
    /// <param name="options">Where they are, if not in the migration folder.</param>
    /// <param name="warn">Takes what is allowed but worth a warning.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="FolderException">Files are bad; all of them are named.</exception>
    /// <exception cref="MigrationException">The folder that is named is not there, or cannot be read.</exception>
    public static IReadOnlyList<Hook> Read(
        MigrationFolder folder,
        FolderOptions options,
        Action<FileProblem> warn,
        CancellationToken cancellationToken
    )
    {
        var files = FilesOf(folder, options);
        if (files.Count == 0)
            return [];
        var hooks = new List<Hook>();
        var problems = new List<FileProblem>();
        using var reader = new ScriptReader();
        foreach (var file in files.Where(f => !IsRemark(f)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (PointOf(file) is not { } point)
                problems.Add(Unknown(file));
            else if (hooks.Find(h => h.Point == point) is { } other)
                problems.Add(Twice(file, point, other));
            else if (Read(reader, file, point, problems, warn, cancellationToken) is { } script)
                hooks.Add(new Hook(point, script));
        }

        return problems.Count == 0 ? [.. hooks.OrderBy(h => h.Point)] : throw new FolderException(options.Hooks ?? folder.Path, problems);
    }

    /// <summary>The names of the files that a run in a direction would take. Opens none.</summary>
    public static IReadOnlyList<string> NamesOf(MigrationFolder folder, FolderOptions options, MigrationDirection direction) =>
        [.. FilesOf(folder, options).Where(f => PointOf(f)?.IsReached(direction) == true).OrderBy(PointOf).Select(f => f.Name)];

    /// <summary>Whether there are hooks in PowerShell. Opens none.</summary>
    public static bool HasCode(MigrationFolder folder, FolderOptions options) =>
        !options.NoHooks
        && (options.Hooks is null || Directory.Exists(options.Hooks))
        && FilesOf(folder, options).Any(f => PowerShellFile.Is(f.Name));

    private static IReadOnlyList<FolderEntry> FilesOf(MigrationFolder folder, FolderOptions options)
    {
        if (options.Hooks is not { } named)
            return folder.HookFiles;
        if (!Directory.Exists(named))
            throw new MigrationException(
                ErrorId.FolderMissing,
                File.Exists(named)
                    ? $"'{named}' is a file. Expected a folder with hooks."
                    : $"The folder of hooks does not exist: '{named}'.",
                "Correct \"hooks\" in the configuration file, or create the folder."
            );
        try
        {
            return FolderEntry.In(named);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.FileUnreadable,
                $"The folder of hooks '{named}' cannot be read: {e.Message}",
                "Make the folder readable for the user who runs migrations.",
                e
            );
        }
    }

    private static bool IsRemark(FolderEntry file) => !file.IsFolder && file.Name.EndsWith(".md", StringComparison.OrdinalIgnoreCase);

    private static HookPoint? PointOf(FolderEntry file)
    {
        var ending = Path.GetExtension(file.Name);
        if (file.IsFolder || !(ending.Equals(Sql, StringComparison.OrdinalIgnoreCase) || PowerShellFile.Is(file.Name)))
            return null;
        var name = Path.GetFileNameWithoutExtension(file.Name);
        foreach (var point in HookPointExtensions.All)
        {
            if (name.Equals(point.Word(), StringComparison.OrdinalIgnoreCase))
                return point;
        }

        return null;
    }

    private static MigrationScript? Read(
        ScriptReader reader,
        FolderEntry file,
        HookPoint point,
        List<FileProblem> problems,
        Action<FileProblem> warn,
        CancellationToken cancellationToken
    )
    {
        var found = problems.Count;
        var whole = StandaloneScript.FileOf(file.Path) with { Open = file.Open };
        var read = PowerShellFile.Is(file.Name) ? PowerShellFile.ReadWhole(whole) : reader.Read(whole, SectionRule.Read, cancellationToken);
        problems.AddRange(read.Problems);
        if (read.DownSection is { } down)
            problems.Add(
                Problem(
                    file,
                    "The hook has a section that rolls back. A hook is one script: what undoes something belongs in "
                        + $"'{HookPoint.BeforeUndo.Word()}' "
                        + $"or '{HookPoint.AfterUndo.Word()}'.",
                    "Take the section out.",
                    down.FirstLine
                )
            );
        if (read.Script is { IsEmpty: true })
            problems.Add(
                new FileProblem(
                    ErrorId.ScriptEmpty,
                    new ScriptLocation(file.Path, 1),
                    "The hook contains no statement.",
                    "Write one, or delete the file."
                )
            );
        if (point.IsOfStep() && read.Script is { Header.Transaction: false })
            problems.Add(
                Problem(
                    file,
                    $"A hook '{point.Word()}' runs in the transaction of its step, so it cannot run without one.",
                    $"Take '-- Transaction: none' out, or use '{HookPoint.BeforeRun.Word()}' or '{HookPoint.AfterRun.Word()}'."
                )
            );
        if (problems.Count > found)
            return null;
        foreach (var warning in read.Warnings)
            warn(warning);
        return read.Script;
    }

    private static FileProblem Unknown(FolderEntry file)
    {
        var points = HookPointExtensions.All.Select(p => p.Word()).ToList();
        var name = file.IsFolder ? file.Name : Path.GetFileNameWithoutExtension(file.Name);
        var near = NearName.Find(name.Replace('_', '-'), points);
        var isScript = PointOf(file with { IsFolder = false, Name = points[0] + Path.GetExtension(file.Name) }) is not null;
        return Problem(
            file,
            file.IsFolder
                ? $"'{file.Name}' is a folder. A folder of hooks contains only files."
                : $"'{file.Name}' is not the name of a hook.",
            near is null
                ? $"Name it after when it runs: {string.Join(", ", points.Select(p => p + Sql))}. Or move it out of the folder."
                : $"Did you mean '{near}{(isScript ? Path.GetExtension(file.Name) : Sql)}'?"
        );
    }

    private static FileProblem Twice(FolderEntry file, HookPoint point, Hook other) =>
        Problem(
            file,
            $"There is another hook '{point.Word()}': {Path.GetFileName(other.Script.File)}.",
            "Put both into one file, so that their order is certain."
        );

    private static FileProblem Problem(FolderEntry file, string message, Advice remedy, int line = 1) =>
        new(ErrorId.HookInvalid, new ScriptLocation(file.Path, line), message, remedy);
}
