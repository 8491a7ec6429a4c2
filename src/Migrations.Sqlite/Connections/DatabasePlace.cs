using Migrations.Databases;
using Migrations.Folders;

namespace Migrations.Sqlite;

/// <summary>Where a database file is, or is to be.</summary>
internal static class DatabasePlace
{
    /// <summary>Checks that a database can be where it is said to be.</summary>
    /// <exception cref="MigrationException">It cannot.</exception>
    public static void Check(DatabaseTarget target, SessionAccess access)
    {
        var path = SqliteTarget.PathOf(target);
        if (SqliteTarget.IsMemory(target))
            return;
        if (File.Exists(path))
        {
            if (RegularFile.OtherKind(path) is { } kind)
                throw new MigrationException(
                    ErrorId.DatabaseInvalid,
                    $"'{target.Display}' is {kind}, not a database file.",
                    $"Name the database file with {CallOption.Database}."
                );
            return;
        }

        if (Directory.Exists(path))
            throw new MigrationException(
                ErrorId.DatabaseInvalid,
                $"'{target.Display}' is a folder, not a database file.",
                $"Name the database file in it with {CallOption.Database}."
            );
        if (ClosedFolder.Find(path) is { } closed)
            throw new MigrationException(
                ErrorId.PermissionDenied,
                $"The database '{target.Display}' cannot be opened: access to the folder '{closed}' is denied.",
                ClosedFolder.Way
            );
        var folder = Path.GetDirectoryName(path);
        if (!string.IsNullOrEmpty(folder) && !Directory.Exists(folder))
        {
            throw new MigrationException(
                ErrorId.DatabaseFolderMissing,
                $"The database '{target.Display}' cannot be there: the folder '{folder}' does not exist.",
                $"Create the folder (mkdir \"{folder}\"), or correct {CallOption.Database}."
            );
        }

        if (access != SessionAccess.Create)
        {
            throw new MigrationException(
                ErrorId.DatabaseMissing,
                $"The database '{target.Display}' does not exist.",
                $"Correct {CallOption.Database}, or create it by applying migrations: '{Call.Up}'."
            );
        }
    }
}
