namespace Migrations.Folders;

/// <summary>
/// An up script without a statement: one that was made from a template and not written yet, or one that does nothing on purpose.
/// </summary>
internal static class EmptyScript
{
    /// <summary>
    /// Whether it was never written: its comments say when it was created or what it should do, and no statement follows.
    /// </summary>
    public static bool IsUnwritten(MigrationScript script) => script is { IsEmpty: true, Header: not { Created: null, Description: null } };

    /// <summary>The warning about it.</summary>
    public static FileProblem Problem(MigrationScript script) =>
        IsUnwritten(script)
            ? new FileProblem(
                ErrorId.ScriptEmpty,
                new ScriptLocation(script.File, script.FirstLine),
                "The up script does not contain a statement yet.",
                "Write it, or delete the file."
            )
            : new FileProblem(
                ErrorId.ScriptEmpty,
                new ScriptLocation(script.File, script.FirstLine),
                "The up script contains no statement: applying it only records it.",
                "If that is intended, nothing needs to be done."
            );
}
