using System.Text;

namespace Migrations.Folders;

/// <summary>Where the undo of a migration that is there already belongs, and how it gets there.</summary>
internal sealed class UndoFile
{
    private readonly string _root;
    private readonly Migration _migration;
    private readonly FolderOptions _options;
    private readonly SectionDialect _dialect;

    private UndoFile(string root, Migration migration, FolderOptions options, string path, SectionDialect dialect) =>
        (_root, _migration, _options, Path, _dialect) = (root, migration, options, path, dialect);

    /// <summary>The file's full path; the migration's own file where it has both halves in one.</summary>
    public string Path { get; }

    private bool IsSection => string.Equals(Path, _migration.Up.File, StringComparison.Ordinal);

    /// <summary>Finds the place: where the undo is that it has, else where the folder's layout wants it.</summary>
    public static UndoFile Of(string root, Migration migration, FolderOptions options, CancellationToken cancellationToken)
    {
        var scan = MigrationFolderReader.Scan(root, options.Layout, cancellationToken);
        var scripts = MigrationFolderReader.ReadScripts(scan.Files, options.Layout, cancellationToken);
        var file = scan.Files.First(f => string.Equals(f.Path, migration.Up.File, StringComparison.Ordinal));
        var dialect = scripts[file].Dialect;
        var isSections =
            dialect is not null && (scripts[file].DownSection is not null || dialect != SectionDialect.Plain)
            || (NumberingStyle.Of(scan.Files, scripts, options.Layout).Layout == MigrationLayout.Sections && dialect is not null);
        var path =
            migration.Down?.File is { } down ? down
            : isSections ? file.Path
            : Beside(root, file, scan, scripts, options);
        return new UndoFile(root, migration, options, path, dialect ?? SectionDialect.Plain);
    }

    /// <summary>Writes it, and takes it back when the folder does not read it as what it is.</summary>
    /// <exception cref="MigrationException"><see cref="ErrorId.DiskFailed"/>, <see cref="ErrorId.PermissionDenied"/>: it cannot be
    /// written. <see cref="ErrorId.GenerationRefused"/>: the folder would not read it as the undo of this migration.</exception>
    public void Write(string text, CancellationToken cancellationToken)
    {
        var before = File.Exists(Path) ? File.ReadAllBytes(Path) : null;
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
            WholeFile.Write(Path, IsSection ? WithSection(before!, text) : Encoding.UTF8.GetBytes(text));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                e is UnauthorizedAccessException ? ErrorId.PermissionDenied : ErrorId.DiskFailed,
                $"The undo of {_migration} cannot be written to '{Path}': {e.Message}",
                "Make the folder writable, and check that the disk has free space.",
                e
            );
        }

        if (IsRead(cancellationToken))
            return;
        if (before is null)
            File.Delete(Path);
        else
            WholeFile.Write(Path, before);
        throw new MigrationException(
            ErrorId.GenerationRefused,
            $"The undo of {_migration} was not written: in '{Path}' it would not be read as the undo of this migration alone.",
            "End the migration's file with a line end, or write the undo by hand."
        );
    }

    private bool IsRead(CancellationToken cancellationToken)
    {
        try
        {
            var read = MigrationFolderReader
                .Read(_root, _options, cancellationToken)
                .Migrations.FirstOrDefault(m => m.Key == _migration.Key);
            return read is { HasUndo: true } && string.Equals(read.Up.Checksum, _migration.Up.Checksum, StringComparison.Ordinal);
        }
        catch (FolderException)
        {
            return false;
        }
    }

    private byte[] WithSection(byte[] file, string text)
    {
        if (_migration.Down is { } down)
            return [.. file[..(int)down.Offset], .. Encoding.UTF8.GetBytes(text), .. file[(int)(down.Offset + down.Length)..]];
        return [.. file, .. Encoding.UTF8.GetBytes(SectionMarker.Write(_dialect, down: true) + "\n" + text)];
    }

    private static string Beside(
        string root,
        MigrationFile file,
        FolderContent scan,
        Dictionary<MigrationFile, ScriptFile> scripts,
        FolderOptions options
    )
    {
        var layout = NumberingStyle.Of(scan.Files, scripts, options.Layout).Layout;
        if (file.Form is FileForm.FolderEach or FileForm.FolderEachWhole)
            return System.IO.Path.Combine(System.IO.Path.GetDirectoryName(file.Path)!, "down.sql");
        if (options.Layout is null && file.VersionFolder is null && OtherReader.Find(root) is not null)
            layout = MigrationLayout.RollbackFolder;
        var folder = System.IO.Path.GetDirectoryName(file.Path)!;
        var stem = file.FileName[..^MigrationFileName.Extension.Length];
        return layout switch
        {
            _ when file.Form == FileForm.UpSuffix => System.IO.Path.Combine(folder, stem[..^".up".Length] + ".down.sql"),
            MigrationLayout.RollbackFolder => System.IO.Path.Combine(root, "rollback", file.Number.Replace('_', '.') + "_rollback.sql"),
            _ when file.Form == FileForm.Versioned => System.IO.Path.Combine(folder, "U" + file.FileName[1..]),
            MigrationLayout.RollbackSuffix => System.IO.Path.Combine(folder, stem + "_rollback.sql"),
            _ => System.IO.Path.Combine(folder, stem + ".down.sql"),
        };
    }
}
