namespace Migrations.Folders;
/// <summary>STUB</summary>
public static class MigrationFolderReader
{
    /// <summary>STUB</summary>
    public static MigrationFolder Read(string path, FolderOptions options, CancellationToken cancellationToken) => throw new InvalidOperationException(path + options + cancellationToken.IsCancellationRequested);
}
