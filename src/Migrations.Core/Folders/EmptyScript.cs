namespace Migrations.Folders;

/// <summary>
/// An up script without a statement: one that was made from a template and not written yet, or one that does nothing on purpose.
/// </summary>
internal static class EmptyScript
{
    /// <summary>Whether it was never written: it tells when it was made or what it is to do, and then does nothing.</summary>
    public static bool IsUnwritten(MigrationScript script) => script is { IsEmpty: true, Header: not { Created: null, Description: null } };

    /// <summary>What to tell of it.</summary>
    public static FileProblem Problem(MigrationScript script) =>
        IsUnwritten(script)
            ? new FileProblem(
                ErrorId.ScriptEmpty,
                new ScriptLocation(script.File, script.FirstLine),
                "The up script holds no statement yet.",
                "Write it, or delete the file."
            )
            : new FileProblem(
                ErrorId.ScriptEmpty,
                new ScriptLocation(script.File, script.FirstLine),
                "The up script holds no statement: applying it only records it.",
                "Leave it so if that is meant."
            );
}
