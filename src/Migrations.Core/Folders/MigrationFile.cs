namespace Migrations.Folders;

/// <summary>A file that its name and place make one half of a migration, or both. Its content has not been looked at.</summary>
internal sealed record MigrationFile
{
    /// <summary>The full path.</summary>
    public required string Path { get; init; }

    /// <summary>Opens a script that is no file on disk; null for files.</summary>
    public Func<Stream>? Open { get; init; }

    /// <summary>Null for repeatable migrations.</summary>
    public required MigrationVersion? Version { get; init; }

    /// <summary>The version as the name writes it, without the version folder's.</summary>
    public required string Number { get; init; }

    /// <summary>The name without version and suffixes; may be empty.</summary>
    public required string Name { get; init; }

    /// <summary>Version and name as the file writes them.</summary>
    public required string FullName { get; init; }

    /// <summary>Whether it only rolls back.</summary>
    public required bool IsDown { get; init; }

    /// <summary>What its name and place look like.</summary>
    public required FileForm Form { get; init; }

    /// <summary>The version folder it is in, for example <c>0.9</c>; null elsewhere.</summary>
    public string? VersionFolder { get; init; }

    /// <summary>What a file beside it says about running it; null without one.</summary>
    public ScriptSettings? Settings { get; init; }

    /// <summary>Whether it is written in PowerShell.</summary>
    public bool IsPowerShell => Open is null && PowerShellFile.Is(Path);

    /// <summary>The file's name without its folder.</summary>
    public string FileName => System.IO.Path.GetFileName(Path);

    /// <summary>The name that messages use: the folder too, where the file's name alone says little.</summary>
    public string ShownName =>
        Form is FileForm.FolderEach or FileForm.FolderEachWhole or FileForm.RollbackFolder || VersionFolder is not null
            ? System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(Path)) + "/" + FileName
            : FileName;

    /// <summary>A problem with the file itself.</summary>
    public FileProblem Problem(ErrorId id, string message, Advice remedy, int line = 1) =>
        new(id, new ScriptLocation(Path, line), message, remedy);
}
