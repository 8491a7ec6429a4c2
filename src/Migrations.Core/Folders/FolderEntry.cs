using System.IO.Enumeration;

namespace Migrations.Folders;

/// <summary>A file or folder. Names that begin with a dot are hidden from everything.</summary>
internal readonly record struct FolderEntry(string Path, string Name, bool IsFolder)
{
    /// <summary>Opens what is no file on disk; null for files.</summary>
    public Func<Stream>? Open { get; init; }

    private static readonly EnumerationOptions All = new() { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false };

    public static List<FolderEntry> In(string folder)
    {
        // It may be gone since it was seen: someone else steps back from creating a migration.
        if (!Directory.Exists(folder))
            return [];
        var entries = new FileSystemEnumerable<FolderEntry>(
            folder,
            (ref FileSystemEntry e) => new FolderEntry(e.ToFullPath(), e.FileName.ToString(), e.IsDirectory),
            All
        )
        {
            ShouldIncludePredicate = (ref FileSystemEntry e) => !e.FileName.StartsWith("."),
        }.ToList();
        entries.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
        return entries;
    }

    /// <summary>Whether a file's name would be a migration's: in the versioned layout, or in one of the others.</summary>
    public bool LooksLikeMigration(bool versioned) =>
        !IsFolder
        && MigrationFileName.IsSql(Name)
        && MigrationFileName.TryParse(Name, rollbackSuffix: true, out var name)
        && name.Form == FileForm.Versioned == versioned;
}
