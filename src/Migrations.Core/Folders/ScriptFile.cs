namespace Migrations.Folders;

/// <summary>A file after reading: the scripts in it, and what is wrong with it.</summary>
internal sealed record ScriptFile
{
    /// <summary>The whole file, or its up section; null when the file could not be read.</summary>
    public MigrationScript? Script { get; init; }

    /// <summary>The down section; null without one.</summary>
    public MigrationScript? DownSection { get; init; }

    /// <summary>Whose section markers it has; null without any.</summary>
    public SectionDialect? Dialect { get; init; }

    /// <summary>What is wrong with it.</summary>
    public IReadOnlyList<FileProblem> Problems { get; init; } = [];

    /// <summary>What is allowed but worth a warning.</summary>
    public IReadOnlyList<FileProblem> Warnings { get; init; } = [];
}
