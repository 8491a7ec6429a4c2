namespace Migrations;

/// <summary>One thing that is wrong with a file of a migration folder.</summary>
/// <param name="Id">The cause.</param>
/// <param name="Location">File and line.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Remedy">How to fix it.</param>
public sealed record FileProblem(ErrorId Id, ScriptLocation Location, string Message, Advice Remedy)
{
    /// <inheritdoc/>
    public override string ToString() => Describe().ToString();

    /// <summary>Place, message and remedy.</summary>
    public Advice Describe() => $"{Location}: {Message} {Remedy}";
}

/// <summary>Files of the migration folder are bad. All of them are named at once; nothing has run.</summary>
/// <param name="folder">The folder.</param>
/// <param name="problems">What is wrong, file by file.</param>
public sealed class FolderException(string folder, IReadOnlyList<FileProblem> problems)
    : MigrationException(
        ErrorId.FolderInvalid,
        Describe(folder, problems, Spelling.CommandLine),
        "Fix each file as described and run the command again. No migration was run."
    )
{
    /// <summary>What is wrong, file by file.</summary>
    public IReadOnlyList<FileProblem> Problems { get; } = problems;

    /// <inheritdoc/>
    public override string MessageIn(Spelling spelling) => Describe(folder, Problems, spelling);

    private static string Describe(string folder, IReadOnlyList<FileProblem> problems, Spelling spelling) =>
        $"{problems.Count} problem{(problems.Count == 1 ? "" : "s")} in the migration folder '{folder}':"
        + string.Concat(problems.Select(p => "\n  " + p.Describe().Spell(spelling)));
}
