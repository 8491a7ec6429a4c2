namespace Migrations.Folders;

/// <summary>A migration folder that was read and found good.</summary>
public sealed record MigrationFolder
{
    /// <summary>The folder's full path, or the name of the source that is no folder.</summary>
    public required string Path { get; init; }

    /// <summary>Whether it is a folder on disk, which may have other files and neighbours.</summary>
    public bool IsOnDisk { get; init; }

    /// <summary>Its migrations as they are applied: versioned ones by version, then repeatable ones by name.</summary>
    public required IReadOnlyList<Migration> Migrations { get; init; }

    /// <summary>Whether it declares checks.</summary>
    public bool HasChecks { get; init; }

    /// <summary>The files of its folder of hooks, not yet read.</summary>
    internal IReadOnlyList<FolderEntry> HookFiles { get; init; } = [];

    /// <summary>Whether nothing in it is for this tool: mostly it is the wrong folder.</summary>
    public bool IsEmpty => Migrations.Count == 0 && !HasChecks;

    /// <summary>Whether a migration in it is code.</summary>
    internal bool HasCode => Migrations.Any(m => m.IsCode);

    /// <summary>The migrations in it that replace others, with those others as far as they are in the archive.</summary>
    internal IReadOnlyList<Squash> Squashes { get; init; } = [];

    /// <summary>Files of replaced migrations that still stand in it beside their copies in the archive.</summary>
    internal IReadOnlyList<string> Leftovers { get; init; } = [];

    /// <summary>What is allowed but worth telling: gaps in a sequence, missing and empty down scripts.</summary>
    public IReadOnlyList<FileProblem> Warnings { get; init; } = [];
}
