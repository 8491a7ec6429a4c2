namespace Migrations.Folders;

/// <summary>What a scanner found in a file.</summary>
/// <param name="Main">The whole file, or its up section.</param>
/// <param name="Down">Its down section; null without one.</param>
/// <param name="Dialect">Whose section markers it has; null without any.</param>
/// <param name="Problems">What is wrong with it.</param>
/// <param name="Warnings">What is allowed but worth a warning.</param>
internal sealed record ScannedFile(
    ScriptPart Main,
    ScriptPart? Down,
    SectionDialect? Dialect,
    IReadOnlyList<FileProblem> Problems,
    IReadOnlyList<FileProblem> Warnings
);
