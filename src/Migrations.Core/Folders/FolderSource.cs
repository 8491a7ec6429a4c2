namespace Migrations.Folders;

/// <summary>The migrations of a folder.</summary>
internal sealed class FolderSource(string path) : MigrationSource(path)
{
    public override string? Folder => Name;

    public override MigrationSource Under(string place) => new FolderSource(Path.Combine(place, Name));

    internal override MigrationFolder Read(FolderOptions options, CancellationToken cancellationToken) =>
        MigrationFolderReader.Read(Name, options, cancellationToken);
}
