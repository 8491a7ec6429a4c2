using System.IO.Enumeration;

namespace Migrations.Folders;

/// <summary>
/// Finds the files of a migration folder by their names and places, without opening scripts. What looks like a migration and fits no rule
/// is a problem; nothing of the kind is passed over in silence.
/// </summary>
internal sealed class FolderScan
{
    private static readonly string[] NoMigrations = ["schema.sql", "seed.sql"];
    private static readonly string[] OtherPurposes = ["checks", "hooks"];
    private static readonly string[] RollbackFolders = ["rollback", "rollbacks"];

    /// <summary>Names of folders whose scripts undo others: never proposed as migration folders.</summary>
    private static readonly string[] UndoFolders = [.. RollbackFolders, "down", "downs", "undo", "undos", "revert", "reverts", "downgrade"];

    private static readonly string[] UpFolders = ["up", "ups", "deploy", "upgrade"];
    private static readonly string[] SqitchFolders = ["deploy", "revert", "verify"];
    private static readonly string[] FolderScripts = ["up", "down", "migration"];

    /// <summary>
    /// Migrations in other languages: other tools run them in order with the SQL ones, so leaving them out would break that order.
    /// </summary>
    private static readonly string[] Languages =
    [
        ".ps1",
        ".go",
        ".js",
        ".mjs",
        ".cjs",
        ".ts",
        ".py",
        ".rb",
        ".php",
        ".java",
        ".kt",
        ".cs",
        ".ex",
        ".exs",
        ".sh",
    ];

    private readonly string _root;
    private readonly MigrationLayout? _layout;
    private readonly CancellationToken _cancellation;
    private readonly HashSet<string> _followed = new(StringComparer.Ordinal);

    private FolderScan(string root, MigrationLayout? layout, CancellationToken cancellationToken)
    {
        _root = root;
        _layout = layout;
        _cancellation = cancellationToken;
    }

    /// <summary>The files that are migrations, in the order of their paths.</summary>
    public List<MigrationFile> Files { get; } = [];

    /// <summary>Files that look like migrations and fit no rule.</summary>
    public List<string> Misfits { get; } = [];

    /// <summary>What is wrong with names and places.</summary>
    public List<FileProblem> Problems { get; } = [];

    /// <summary>What is left out and worth telling.</summary>
    public List<FileProblem> Warnings { get; } = [];

    /// <summary>Side files with checksums.</summary>
    public List<string> ChecksumFiles { get; } = [];

    /// <summary>Subfolders that hold migrations but are no part of this folder.</summary>
    public List<string> OtherFolders { get; } = [];

    /// <summary>Whether checks are declared in it.</summary>
    public bool HasChecks { get; private set; }

    /// <summary>Goes through a folder.</summary>
    /// <param name="root">Its full path.</param>
    /// <param name="layout">The only layout to look for; null: all.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="IOException">A folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder must not be read.</exception>
    public static FolderScan Run(string root, MigrationLayout? layout, CancellationToken cancellationToken)
    {
        var scan = new FolderScan(root, layout, cancellationToken);
        foreach (var entry in Entry.In(root))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.IsFolder)
                scan.TakeFolder(entry);
            else
                scan.TakeFile(entry, scan.AddNumbered);
        }

        scan.LookForSqitch();
        return scan;
    }

    /// <summary>Whether a folder is named as one for undo scripts, and what they undo is beside it.</summary>
    public static bool IsUndoFolder(string root)
    {
        if (
            !Contains(UndoFolders, Path.GetFileName(Path.TrimEndingDirectorySeparator(root)))
            || Path.GetDirectoryName(root) is not { } parent
        )
            return false;
        try
        {
            return Entry
                .In(parent)
                .Exists(e => e.IsFolder ? Contains(UpFolders, e.Name) : LooksLike(e, versioned: false) || LooksLike(e, versioned: true));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What is beside it is unknown: then it is read as it was asked for.
            return false;
        }
    }

    /// <summary>
    /// Sqitch keeps the order in its plan and each half in a folder of its own, without numbers, see <see
    /// href="https://sqitch.org/docs/manual/sqitchtutorial/"/>.
    /// </summary>
    private void LookForSqitch()
    {
        var project = Contains(SqitchFolders, Path.GetFileName(_root)) ? Path.GetDirectoryName(_root) ?? _root : _root;
        var plan = Path.Combine(project, "sqitch.plan");
        if (!File.Exists(plan))
        {
            if (Files.Count > 0 || !Array.TrueForAll(SqitchFolders[..2], f => Directory.Exists(Path.Combine(_root, f))))
                return;
            plan = Path.Combine(_root, SqitchFolders[0]);
        }

        var isMigrationFolder = Files.Count > 0 && string.Equals(project, _root, StringComparison.Ordinal);
        (isMigrationFolder ? Warnings : Problems).Add(
            new FileProblem(
                ErrorId.FileNameInvalid,
                new ScriptLocation(plan, 1),
                "The folder is a Sqitch project, whose plan and whose deploy and revert scripts are not read here.",
                "Write each change as a migration, in the order of the plan: deploy/users.sql as '001_users.sql', "
                    + "revert/users.sql as '001_users.down.sql'."
            )
        );
    }

    /// <summary>Whether a file's name would be a migration's: in the versioned layout, or in one of the others.</summary>
    private static bool LooksLike(Entry entry, bool versioned) =>
        !entry.IsFolder
        && MigrationFileName.IsSql(entry.Name)
        && MigrationFileName.TryParse(entry.Name, rollbackSuffix: true, out var name)
        && name.Form == FileForm.Versioned == versioned;

    /// <summary>Sorts a file out; what may be a migration goes on to <paramref name="addScript"/>.</summary>
    private void TakeFile(Entry entry, Action<Entry> addScript)
    {
        if (entry.Name.EndsWith(".sha256", StringComparison.OrdinalIgnoreCase))
            ChecksumFiles.Add(entry.Path);
        else if (MigrationFileName.IsSql(entry.Name) && !Contains(NoMigrations, entry.Name))
            addScript(entry);
        else if (LeftOutFile.Of(entry.Name, MigrationFileName.BeginsLikeOne(entry.Name)) is { } leftOut)
            LeaveOut(entry, leftOut);
        else if (
            MigrationFileName.NumberLength(entry.Name) is > 0 and var digits
            && entry.Name[digits..].StartsWith('_')
            && Contains(Languages, Path.GetExtension(entry.Name))
        )
            Report(
                entry,
                "The file looks like a migration that is not written in SQL, and only SQL migrations can be run.",
                $"Write it in SQL as '{Path.ChangeExtension(entry.Name, ".sql")}', or move it out of the folder."
            );
    }

    private void LeaveOut(Entry entry, LeftOutFile file)
    {
        if (file.Name is null)
            Warn(entry, file.Message, "Delete it, or move it out of the folder.");
        else
            Report(entry, file.Message, MisfitNames.Rename(entry.Path, file.Name));
    }

    private void AddNumbered(Entry entry)
    {
        if (!MigrationFileName.TryParse(entry.Name, _layout is null or MigrationLayout.RollbackSuffix, out var name) || !Fits(name.Form))
        {
            Misfits.Add(entry.Path);
            return;
        }

        Add(entry, name, name.Form, name.IsDown, versionFolder: null);
    }

    private void Add(Entry entry, MigrationFileName name, FileForm form, bool isDown, string? versionFolder) =>
        Files.Add(
            new MigrationFile
            {
                Path = entry.Path,
                Version = versionFolder is null ? name.Version : FolderVersion(versionFolder, name.Number),
                Number = name.Number,
                Name = name.Name,
                FullName = versionFolder is null ? name.FullName : versionFolder + "/" + name.FullName,
                IsDown = isDown,
                Form = form,
                VersionFolder = versionFolder,
            }
        );

    /// <summary>
    /// The version of a file in a version folder. The folder counts with three numbers, so that all of <c>0.9</c> comes before all of
    /// <c>0.9.1</c>.
    /// </summary>
    private static MigrationVersion? FolderVersion(string folder, string number)
    {
        var missing = 2 - folder.Count(c => c == '.');
        return MigrationFileName.VersionOf(folder.TrimStart('v') + string.Concat(Enumerable.Repeat(".0", missing)) + "." + number);
    }

    private bool Fits(FileForm form) =>
        _layout switch
        {
            null => true,
            MigrationLayout.RollbackSuffix => form is FileForm.Plain or FileForm.RollbackSuffix,
            MigrationLayout.DownSuffix => form is FileForm.Plain or FileForm.DownSuffix,
            MigrationLayout.UpDownSuffix => form is FileForm.UpSuffix or FileForm.DownSuffix,
            MigrationLayout.RollbackFolder or MigrationLayout.Sections => form is FileForm.Plain,
            MigrationLayout.Versioned => form is FileForm.Versioned,
            _ => false,
        };

    private bool Reads(MigrationLayout layout) => _layout is null || _layout == layout;

    private void TakeFolder(Entry folder)
    {
        if (Contains(OtherPurposes, folder.Name))
        {
            HasChecks |=
                folder.Name.Equals("checks", StringComparison.OrdinalIgnoreCase)
                && Directory.EnumerateFiles(folder.Path, "*.sql", SearchOption.AllDirectories).Any();
            return;
        }

        if (Contains(RollbackFolders, folder.Name))
        {
            if (Reads(MigrationLayout.RollbackFolder))
                Each(folder, AddRollback);
            return;
        }

        var entries = Entry.In(folder.Path);
        var number = MigrationFileName.NumberLength(folder.Name);
        var isVersion = IsVersionFolder(folder, entries);
        // A year's folder with versioned files or folders of them in it is only a place.
        var isPlace =
            entries.Any(e => e.IsFolder || LooksLike(e, versioned: true)) && !entries.Any(e => FolderEachForm(e.Name) is not null);
        if (isVersion && Reads(MigrationLayout.VersionFolders))
            Each(folder, entry => AddInVersionFolder(entry, folder.Name));
        else if (!isVersion && number > 0 && !isPlace && Reads(MigrationLayout.FolderEach))
            AddFolderEach(folder, entries, number);
        else
            SearchOther(folder, entries);
    }

    private void Each(Entry folder, Action<Entry> addScript)
    {
        foreach (var entry in Entry.In(folder.Path).Where(e => !e.IsFolder))
            TakeFile(entry, addScript);
    }

    private void AddRollback(Entry entry)
    {
        if (
            MigrationFileName.TryParse(entry.Name, rollbackSuffix: true, out var name)
            && name.Number.Length > 0
            && name.Form != FileForm.UpSuffix
        )
            Add(entry, name, FileForm.RollbackFolder, isDown: true, versionFolder: null);
        else
            Report(
                entry,
                "The file in the rollback folder does not begin with the number of the migration that it undoes.",
                "Rename it to the migration's number and '_rollback.sql', for example '0001_rollback.sql'."
            );
    }

    /// <summary><c>0.9/</c> or <c>v1.0.0/</c> with numbered scripts in it.</summary>
    private static bool IsVersionFolder(Entry folder, IReadOnlyList<Entry> entries)
    {
        var version = folder.Name.StartsWith('v') ? folder.Name[1..] : folder.Name;
        return MigrationVersion.TryParse(version, out var parsed)
            && parsed.PartCount <= 3
            && !version.Contains('_', StringComparison.Ordinal)
            && entries.Any(e => LooksLike(e, versioned: false));
    }

    private void AddInVersionFolder(Entry entry, string folder)
    {
        if (MigrationFileName.TryParse(entry.Name, rollbackSuffix: true, out var name) && name.Form != FileForm.Versioned)
            Add(entry, name, name.Form, name.IsDown, folder);
        else
            Misfits.Add(entry.Path);
    }

    private void AddFolderEach(Entry folder, IReadOnlyList<Entry> entries, int numberLength)
    {
        var number = folder.Name[..numberLength];
        var rest = folder.Name[numberLength..];
        var scripts = entries.Where(e => !e.IsFolder && MigrationFileName.IsSql(e.Name) && !Contains(NoMigrations, e.Name)).ToList();
        foreach (var entry in entries.Where(e => !e.IsFolder && !MigrationFileName.IsSql(e.Name)))
        {
            if (LeftOutFile.Of(entry.Name, Contains(FolderScripts, entry.Name.Split('.')[0])) is { } leftOut)
                LeaveOut(entry, leftOut);
        }

        ChecksumFiles.AddRange(entries.Where(e => e.Name.EndsWith(".sha256", StringComparison.OrdinalIgnoreCase)).Select(e => e.Path));
        if (scripts.Count == 0)
        {
            Warn(
                folder,
                "The folder is named like a migration but holds no script, and is left out.",
                "Write 'up.sql' in it, or delete the folder."
            );
            return;
        }

        var outside = DieselMetadata.RunsOutsideTransaction(
            entries.FirstOrDefault(e => string.Equals(e.Name, "metadata.toml", StringComparison.Ordinal)).Path
        );
        foreach (var script in scripts)
        {
            if (FolderEachForm(script.Name) is not { } form)
            {
                Report(
                    script,
                    "The file is none of the scripts that a migration's own folder holds.",
                    "Rename it to 'up.sql' or 'down.sql', or move it out of the folder."
                );
                continue;
            }

            var isDown = script.Name.StartsWith("down", StringComparison.OrdinalIgnoreCase);
            Add(
                script,
                new MigrationFileName(number, rest.Trim('_', ' ', '-'), folder.Name, isDown, form),
                form,
                isDown,
                versionFolder: null
            );
            Files[^1] = Files[^1] with { OutsideTransaction = outside };
        }
    }

    private static FileForm? FolderEachForm(string fileName) =>
        fileName.ToUpperInvariant() switch
        {
            "UP.SQL" or "DOWN.SQL" => FileForm.FolderEach,
            "MIGRATION.SQL" => FileForm.FolderEachWhole,
            _ => null,
        };

    /// <summary>
    /// A folder that belongs to no layout: versioned files are found in it at any depth (as Flyway does), other migrations only told of.
    /// </summary>
    private void SearchOther(Entry folder, IReadOnlyList<Entry> entries)
    {
        if (IsLoop(folder))
            return;
        var others = 0;
        foreach (var entry in entries)
        {
            if (entry.IsFolder)
            {
                if (!Contains(OtherPurposes, entry.Name))
                    SearchOther(entry, Entry.In(entry.Path));
            }
            else if (LooksLike(entry, versioned: true) && Reads(MigrationLayout.Versioned))
            {
                AddNumbered(entry);
            }
            else if (LooksLike(entry, versioned: false))
            {
                others++;
            }
            else if (MigrationFileName.IsSql(entry.Name) && MigrationFileName.NumberLength(folder.Name.TrimStart('v')) > 0)
            {
                Warn(
                    entry,
                    "The file is left out: its folder is named like a version, but its own name begins with no number.",
                    "Give it a number ('01__name.sql') if it is a migration."
                );
            }
        }

        if (others == 0 || _layout is not null || Contains(UndoFolders, folder.Name))
            return;
        OtherFolders.Add(Path.GetRelativePath(_root, folder.Path));
        Warn(
            folder,
            $"The subfolder holds {others} script{(others == 1 ? "" : "s")} named like migrations, which are no part of this folder.",
            $"If they are to run, move them up, or give the subfolder as a migration folder of its own: --path '{folder.Path}'."
        );
    }

    /// <summary>
    /// Whether a link leads back to where the search is, or to where another link has led it: links in a circle (a package manager makes
    /// them) have no end.
    /// </summary>
    private bool IsLoop(Entry folder)
    {
        _cancellation.ThrowIfCancellationRequested();
        if (new DirectoryInfo(folder.Path).ResolveLinkTarget(returnFinalTarget: true) is not { } target)
            return false;
        var place = Path.TrimEndingDirectorySeparator(target.FullName);
        return folder.Path.StartsWith(place + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !_followed.Add(place);
    }

    private void Report(Entry entry, string message, string remedy) =>
        Problems.Add(new FileProblem(ErrorId.FileNameInvalid, new ScriptLocation(entry.Path, 1), message, remedy));

    private void Warn(Entry entry, string message, string remedy) =>
        Warnings.Add(new FileProblem(ErrorId.FileNameInvalid, new ScriptLocation(entry.Path, 1), message, remedy));

    private static bool Contains(string[] names, string name) =>
        Array.Exists(names, n => n.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>A file or folder. Names that begin with a dot are hidden from everything.</summary>
    private readonly record struct Entry(string Path, string Name, bool IsFolder)
    {
        private static readonly EnumerationOptions All = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

        public static List<Entry> In(string folder)
        {
            // It may be gone since it was seen: somebody else steps back from creating a migration.
            if (!Directory.Exists(folder))
                return [];
            var entries = new FileSystemEnumerable<Entry>(
                folder,
                (ref FileSystemEntry e) => new Entry(e.ToFullPath(), e.FileName.ToString(), e.IsDirectory),
                All
            )
            {
                ShouldIncludePredicate = (ref FileSystemEntry e) => !e.FileName.StartsWith("."),
            }.ToList();
            entries.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
            return entries;
        }
    }
}
