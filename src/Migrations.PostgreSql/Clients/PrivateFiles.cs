using Migrations.Backup;

namespace Migrations.PostgreSql;

/// <summary>Makes files and folders that only their owner may open.</summary>
internal static class PrivateFiles
{
    /// <summary>Makes an empty file.</summary>
    /// <exception cref="MigrationException">It cannot be made.</exception>
    public static void CreateFile(string path) => Try(path, () => OwnerOnly.CreateFile(path).Dispose());

    /// <summary>Makes an empty folder.</summary>
    /// <exception cref="MigrationException">It cannot be made.</exception>
    public static void CreateFolder(string path) => Try(path, () => OwnerOnly.CreateFolder(path));

    private static void Try(string path, Action make)
    {
        try
        {
            make();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.BackupFolderInvalid,
                $"'{path}' cannot be written: {e.Message}",
                "Give a folder that exists and that this user may write to.",
                e
            );
        }
    }
}
