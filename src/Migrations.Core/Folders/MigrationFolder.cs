namespace Migrations.Folders;

/// <summary>A migration folder that was read and found good.</summary>
public sealed record MigrationFolder
{
    /// <summary>The folder's full path.</summary>
    public required string Path { get; init; }

    /// <summary>Its migrations as they are applied: versioned ones by version, then repeatable ones by name.</summary>
    public required IReadOnlyList<Migration> Migrations { get; init; }

    /// <summary>What is allowed but worth telling: gaps in a sequence, missing and empty down scripts.</summary>
    public IReadOnlyList<FileProblem> Warnings { get; init; } = [];
}
