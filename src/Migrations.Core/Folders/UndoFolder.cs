namespace Migrations.Folders;

/// <summary>Recognizes a folder that holds the undo scripts of another.</summary>
internal static class UndoFolder
{
    /// <summary>Whether a folder is named as one for undo scripts, and what they undo is beside it.</summary>
    public static bool Is(string root)
    {
        if (
            !FolderNames.Contains(FolderNames.Undo, Path.GetFileName(Path.TrimEndingDirectorySeparator(root)))
            || Path.GetDirectoryName(root) is not { } parent
        )
            return false;
        try
        {
            return FolderEntry
                .In(parent)
                .Exists(e =>
                    e.IsFolder
                        ? FolderNames.Contains(FolderNames.Up, e.Name)
                        : e.LooksLikeMigration(versioned: false) || e.LooksLikeMigration(versioned: true)
                );
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // What is beside it is unknown: then it is read as it was asked for.
            return false;
        }
    }
}
