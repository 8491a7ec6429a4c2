namespace Migrations.Folders;

/// <summary>The file of a squash, in the layout of the last migration that it replaces, whose version it has.</summary>
/// <param name="Path">Its path inside the migration folder.</param>
/// <param name="Text">What stands in it.</param>
internal sealed record SquashFile(string Path, string Text)
{
    /// <summary>Writes it, in memory.</summary>
    /// <param name="root">The migration folder.</param>
    /// <param name="replaced">The migrations that it replaces.</param>
    /// <param name="name">What it is called.</param>
    /// <param name="text">What stands below its header.</param>
    /// <param name="options">How the folder is read.</param>
    /// <exception cref="MigrationException"><see cref="ErrorId.UsageInvalid"/>: the name cannot be used.</exception>
    public static SquashFile Of(string root, IReadOnlyList<Migration> replaced, string name, string text, FolderOptions options)
    {
        var last = replaced[^1];
        var scan = MigrationFolderReader.Scan(root, options.Layout, CancellationToken.None);
        var file = scan.Files.First(f => string.Equals(f.Path, last.Up.File, StringComparison.Ordinal));
        var dialect = MigrationFolderReader.ReadScripts([file], options.Layout, CancellationToken.None)[file].Dialect;
        var layout = file.Form switch
        {
            _ when file.VersionFolder is not null => MigrationLayout.VersionFolders,
            FileForm.Versioned => MigrationLayout.Versioned,
            FileForm.FolderEach or FileForm.FolderEachWhole => MigrationLayout.FolderEach,
            FileForm.UpSuffix => MigrationLayout.UpDownSuffix,
            _ when dialect is not null => MigrationLayout.Sections,
            _ => MigrationLayout.DownSuffix,
        };
        var template = new MigrationTemplateText(
            file.Number,
            MigrationTemplate.Slug(name),
            $"Folds {replaced[0]} to {last} into one",
            DateTimeOffset.Now,
            dialect ?? SectionDialect.Plain
        )
        {
            Irreversible = true,
            Scripts = (text, ""),
        };
        var place = new TemplatePlace(layout, file.VersionFolder) { IsWhole = file.Form == FileForm.FolderEachWhole };
        var (path, whole) = template.Files(place)[0];
        // Versioned files may be in folders of folders.
        var folder =
            layout == MigrationLayout.Versioned ? System.IO.Path.GetRelativePath(root, System.IO.Path.GetDirectoryName(file.Path)!) : ".";
        return new SquashFile(
            System.IO.Path.Combine(folder is "." ? "" : folder, path.Replace('/', System.IO.Path.DirectorySeparatorChar)),
            whole
        );
    }

    /// <summary>Reads it as a migration folder would.</summary>
    /// <exception cref="FolderException">It would not be read as one migration.</exception>
    public Migration Read(FolderOptions options, CancellationToken cancellationToken)
    {
        var alone = Directory.CreateTempSubdirectory("migrations-squash-");
        try
        {
            var place = System.IO.Path.Combine(alone.FullName, Path);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(place)!);
            File.WriteAllText(place, Text);
            var read = MigrationFolderReader.Read(alone.FullName, options with { NoHooks = true }, cancellationToken).Migrations[0];
            // The file goes, and its text stays.
            return read with { Up = MigrationScript.OfText(Path, read.Up.ReadOriginalText()) with { Header = read.Up.Header } };
        }
        finally
        {
            alone.Delete(recursive: true);
        }
    }
}
