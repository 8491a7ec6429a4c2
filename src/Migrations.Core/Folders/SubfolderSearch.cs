namespace Migrations.Folders;

/// <summary>Searches the subfolders of a migration folder that belong to none of its layouts.</summary>
/// <param name="root">The migration folder.</param>
/// <param name="filter">Which layouts are looked for.</param>
/// <param name="content">Takes what is found.</param>
/// <param name="cancellationToken">Stops it.</param>
internal sealed class SubfolderSearch(string root, LayoutFilter filter, FolderContent content, CancellationToken cancellationToken)
{
    private readonly HashSet<string> _followed = new(StringComparer.Ordinal);

    /// <summary>
    /// A folder that belongs to no layout: versioned files are found in it at any depth (as Flyway does), other migrations are only
    /// reported.
    /// </summary>
    public void Search(FolderEntry folder, IReadOnlyList<FolderEntry> entries) => Search(folder, entries, StrayUndo.IsNamedSo(folder.Name));

    private void Search(FolderEntry folder, IReadOnlyList<FolderEntry> entries, bool isUndo)
    {
        if (IsLoop(folder))
            return;
        var others = 0;
        foreach (var entry in entries)
        {
            if (entry.IsFolder)
            {
                if (!FolderNames.Contains(FolderNames.OtherPurposes, entry.Name))
                    Search(entry, FolderEntry.In(entry.Path), isUndo || StrayUndo.IsNamedSo(entry.Name));
            }
            else if (entry.LooksLikeMigration(versioned: true) && filter.Reads(MigrationLayout.Versioned))
            {
                content.AddNumbered(entry, filter);
            }
            else if (entry.LooksLikeMigration(versioned: false))
            {
                others++;
            }
            else if (MigrationFileName.IsSql(entry.Name) && MigrationFileName.NumberLength(folder.Name.TrimStart('v')) > 0)
            {
                content.Warn(
                    entry,
                    "The file is ignored: its folder is named like a version, but its own name does not start with a number.",
                    "Give it a number ('01__name.sql') if it is a migration."
                );
            }
        }

        if (filter.Only is not null)
            return;
        if (isUndo)
            StrayUndo.ReportBelow(content, folder, entries);
        if (isUndo || others == 0)
            return;
        content.OtherFolders.Add(Path.GetRelativePath(root, folder.Path));
        content.Warn(
            folder,
            $"The subfolder holds {others} script{(others == 1 ? "" : "s")} named like migrations, which are not part of this folder.",
            $"If they should run, move them up, or use the subfolder as a separate migration folder: {CallOption.Path.Of(folder.Path)}."
        );
    }

    /// <summary>
    /// Whether a link leads back to where the search is, or to where another link has led it: links in a circle (a package manager makes
    /// them) have no end.
    /// </summary>
    private bool IsLoop(FolderEntry folder)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (new DirectoryInfo(folder.Path).ResolveLinkTarget(returnFinalTarget: true) is not { } target)
            return false;
        var place = Path.TrimEndingDirectorySeparator(target.FullName);
        return folder.Path.StartsWith(place + Path.DirectorySeparatorChar, StringComparison.Ordinal) || !_followed.Add(place);
    }
}
