namespace Migrations.Folders;

/// <summary>Where the files of a new migration go.</summary>
/// <param name="Layout">The folder's layout.</param>
/// <param name="VersionFolder">The newest version folder; null in folders without.</param>
internal sealed record TemplatePlace(MigrationLayout Layout, string? VersionFolder)
{
    /// <summary>Whether the script of a migration's own folder is called <c>migration.sql</c>.</summary>
    public bool IsWhole { get; init; }

    /// <summary>
    /// Whether the undo goes into <c>rollback/</c> whatever the layout is, because another program would run it elsewhere.
    /// </summary>
    public bool UndoApart { get; init; }
}
