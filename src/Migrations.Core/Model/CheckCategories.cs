namespace Migrations;

/// <summary>The categories as words.</summary>
public static class CheckCategories
{
    /// <summary>The word for a category, as it is typed and shown.</summary>
    public static string Word(this CheckCategory category) =>
        category switch
        {
            CheckCategory.Engine => "engine",
            CheckCategory.Folder => "folder",
            CheckCategory.History => "history",
            CheckCategory.Schema => "schema",
            CheckCategory.Drift => "drift",
            CheckCategory.Backup => "backup",
            CheckCategory.Declared => "declared",
            CheckCategory.Checklist => "checklist",
            _ => throw new ArgumentOutOfRangeException(nameof(category), category, message: null),
        };
}
