namespace Migrations.Folders;

/// <summary>What the names and places in a migration folder say, before a script is opened.</summary>
internal sealed class FolderContent
{
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

    /// <summary>Flyway's settings of scripts, each beside its script.</summary>
    public List<FolderEntry> ScriptSettings { get; } = [];

    /// <summary>Subfolders that hold migrations but are not part of this folder.</summary>
    public List<string> OtherFolders { get; } = [];

    /// <summary>Whether checks are declared in it.</summary>
    public bool HasChecks { get; set; }

    /// <summary>The files of its folder of hooks.</summary>
    public List<FolderEntry> Hooks { get; } = [];

    /// <summary>A script that may be a numbered migration.</summary>
    public void AddNumbered(FolderEntry entry, LayoutFilter filter)
    {
        if (!MigrationFileName.TryParse(entry.Name, filter.Reads(MigrationLayout.RollbackSuffix), out var name) || !filter.Fits(name.Form))
        {
            Misfits.Add(entry.Path);
            return;
        }

        Add(entry, name, name.Form, name.IsDown, versionFolder: null);
    }

    /// <summary>A script of the rollback folder.</summary>
    public void AddRollback(FolderEntry entry)
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
                "The file in the rollback folder does not start with the number of the migration it rolls back.",
                "Rename it to '<number>_rollback.sql', for example '0001_rollback.sql'."
            );
    }

    public void Add(FolderEntry entry, MigrationFileName name, FileForm form, bool isDown, string? versionFolder) =>
        Files.Add(
            new MigrationFile
            {
                Path = entry.Path,
                Open = entry.Open,
                Version = versionFolder is null ? name.Version : MigrationFileName.VersionIn(versionFolder, name.Number),
                Number = name.Number,
                Name = name.Name,
                FullName = versionFolder is null ? name.FullName : versionFolder + "/" + name.FullName,
                IsDown = isDown,
                Form = form,
                VersionFolder = versionFolder,
            }
        );

    /// <summary>Gives the scripts the settings that stand beside them.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public void AddSettings()
    {
        foreach (var entry in ScriptSettings)
        {
            var script = FlywayScriptFile.ScriptOf(entry.Path);
            var at = Files.FindIndex(f => string.Equals(f.Path, script, StringComparison.Ordinal));
            if (at >= 0)
                Files[at] = Files[at] with { Settings = FlywayScriptFile.Read(entry.Path, Problems) };
            else
                Warn(
                    entry,
                    $"The file has settings for '{Path.GetFileName(script)}', which is no migration of this folder.",
                    "Name it as its script, with '.conf' added, or delete it."
                );
        }
    }

    /// <summary>Leaves out all that is in a subfolder.</summary>
    public void LeaveOut(string folder)
    {
        bool IsIn(string path) =>
            string.Equals(path, folder, StringComparison.Ordinal)
            || path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        Files.RemoveAll(f => IsIn(f.Path));
        Misfits.RemoveAll(IsIn);
        Problems.RemoveAll(p => IsIn(p.Location.File));
        Warnings.RemoveAll(p => IsIn(p.Location.File));
        ChecksumFiles.RemoveAll(IsIn);
        OtherFolders.RemoveAll(o => IsIn(Path.Combine(Path.GetDirectoryName(folder)!, o)));
    }

    public void LeaveOut(FolderEntry entry, LeftOutFile file)
    {
        if (file.Name is null)
            Warn(entry, file.Message, "Delete it, or move it out of the folder.");
        else
            Report(entry, file.Message, MisfitNames.Rename(entry.Path, file.Name));
    }

    public void Report(FolderEntry entry, string message, Advice remedy) =>
        Problems.Add(new FileProblem(ErrorId.FileNameInvalid, new ScriptLocation(entry.Path, 1), message, remedy));

    public void Warn(FolderEntry entry, string message, Advice remedy) =>
        Warnings.Add(new FileProblem(ErrorId.FileNameInvalid, new ScriptLocation(entry.Path, 1), message, remedy));
}
