namespace Migrations.Folders;

/// <summary>
/// Finds the files of a migration folder by their names and places, without opening scripts. What looks like a migration and fits no rule
/// is a problem; nothing of the kind is passed over in silence.
/// </summary>
internal sealed class FolderScan
{
    private readonly FolderContent _content = new();
    private readonly LayoutFilter _filter;
    private readonly SubfolderSearch _others;

    private FolderScan(string root, LayoutFilter filter, CancellationToken cancellationToken)
    {
        _filter = filter;
        _others = new SubfolderSearch(root, filter, _content, cancellationToken);
    }

    /// <summary>Goes through a folder.</summary>
    /// <param name="root">Its full path.</param>
    /// <param name="layout">The only layout to look for; null: all.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="IOException">A folder cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">A folder must not be read.</exception>
    public static FolderContent Run(string root, MigrationLayout? layout, CancellationToken cancellationToken)
    {
        var scan = new FolderScan(root, new LayoutFilter(layout), cancellationToken);
        var entries = FolderEntry.In(root);
        foreach (var entry in entries)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (entry.IsFolder)
                scan.TakeFolder(entry);
            else
                scan.TakeFile(entry, e => scan._content.AddNumbered(e, scan._filter));
        }

        scan._content.AddSettings();
        NotSql.RejectFolder(entries, scan._content);
        SqitchProject.Reject(root, scan._content);
        if (layout is null)
            StrayUndo.ReportBeside(scan._content, root);
        return scan._content;
    }

    /// <summary>Sorts a file out; what may be a migration is passed to <paramref name="addScript"/>.</summary>
    private void TakeFile(FolderEntry entry, Action<FolderEntry> addScript)
    {
        if (entry.Name.EndsWith(".sha256", StringComparison.OrdinalIgnoreCase))
            _content.ChecksumFiles.Add(entry.Path);
        else if (FlywayScriptFile.Is(entry.Name))
            _content.ScriptSettings.Add(entry);
        else if (MigrationFileName.IsSql(entry.Name) && !FolderNames.Contains(FolderNames.NoMigrations, entry.Name))
            addScript(entry);
        else if (PowerShellFile.Is(entry.Name) && MigrationFileName.BeginsLikeOne(entry.Name))
            addScript(entry);
        else if (LeftOutFile.Of(entry.Name, MigrationFileName.BeginsLikeOne(entry.Name)) is { } leftOut)
            _content.LeaveOut(entry, leftOut);
        else if (
            MigrationFileName.NumberLength(entry.Name) is > 0 and var digits
            && entry.Name[digits..].StartsWith('_')
            && FolderNames.Contains(FolderNames.Languages, Path.GetExtension(entry.Name))
        )
            NotSql.Report(_content, entry);
    }

    private void TakeFolder(FolderEntry folder)
    {
        if (folder.Name.Equals(Hook.FolderName, StringComparison.OrdinalIgnoreCase))
        {
            _content.Hooks.AddRange(FolderEntry.In(folder.Path));
            return;
        }

        if (FolderNames.Contains(FolderNames.OtherPurposes, folder.Name))
        {
            _content.HasChecks |=
                folder.Name.Equals(FolderNames.Checks, StringComparison.OrdinalIgnoreCase)
                && Directory.EnumerateFiles(folder.Path, "*.sql", SearchOption.AllDirectories).Any();
            return;
        }

        if (FolderNames.Contains(FolderNames.Rollback, folder.Name))
        {
            if (_filter.Reads(MigrationLayout.RollbackFolder))
                Each(folder, _content.AddRollback);
            return;
        }

        var entries = FolderEntry.In(folder.Path);
        var isVersion = IsVersionFolder(folder, entries);
        // A year's folder with versioned files or folders of them in it is only a place.
        var isPlace =
            entries.Any(e => e.IsFolder || e.LooksLikeMigration(versioned: true))
            && !entries.Any(e => FolderPerMigration.FormOf(e.Name) is not null);
        if (isVersion && _filter.Reads(MigrationLayout.VersionFolders))
            Each(folder, entry => AddInVersionFolder(entry, folder.Name));
        else if (!isVersion && MigrationFileName.NumberLength(folder.Name) > 0 && !isPlace && _filter.Reads(MigrationLayout.FolderEach))
            FolderPerMigration.AddTo(_content, folder, entries);
        else
            _others.Search(folder, entries);
    }

    private void Each(FolderEntry folder, Action<FolderEntry> addScript)
    {
        foreach (var entry in FolderEntry.In(folder.Path).Where(e => !e.IsFolder))
            TakeFile(entry, addScript);
    }

    /// <summary><c>0.9/</c> or <c>v1.0.0/</c> with numbered scripts in it.</summary>
    private static bool IsVersionFolder(FolderEntry folder, IReadOnlyList<FolderEntry> entries)
    {
        var version = folder.Name.StartsWith('v') ? folder.Name[1..] : folder.Name;
        return MigrationVersion.TryParse(version, out var parsed)
            && parsed.PartCount <= 3
            && !version.Contains('_', StringComparison.Ordinal)
            && entries.Any(e => e.LooksLikeMigration(versioned: false));
    }

    private void AddInVersionFolder(FolderEntry entry, string folder)
    {
        if (MigrationFileName.TryParse(entry.Name, rollbackSuffix: true, out var name) && name.Form != FileForm.Versioned)
            _content.Add(entry, name, name.Form, name.IsDown, folder);
        else
            _content.Misfits.Add(entry.Path);
    }
}
