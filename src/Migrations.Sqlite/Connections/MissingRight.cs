using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>Names the right without which a file can be read only as a mix of what others are writing.</summary>
internal static class MissingRight
{
    private const string Way =
        "or run the command as the user who owns the database. docs/permissions.md shows how two accounts share one.";

    /// <summary>The error; null when it is another right, or none, that is missing.</summary>
    /// <param name="path">The database.</param>
    /// <param name="failure">What SQLite said.</param>
    public static MigrationException? Find(string path, SqliteFailure failure)
    {
        if (!CanRead(path))
            return null;
        if (SqliteHeader.UsesLog(path))
        {
            return Denied(
                $"'{path}' is in WAL mode and can be read only together with '{Path.GetFileName(path)}-wal' and '-shm', which you "
                    + "may neither open nor create. Without them, what others write meanwhile would be mixed into what is read.",
                $"Give yourself the right to write the folder '{Path.GetDirectoryName(path)}' and these files, {Way}",
                failure
            );
        }

        return File.Exists(path + "-journal")
            ? Denied(
                $"'{path}' has a journal beside it, '{Path.GetFileName(path)}-journal', of a transaction that was not finished, "
                    + "and you may not put it back. Without that, half of that transaction would be read.",
                $"Give yourself the right to write the file, its folder and the journal, {Way}",
                failure
            )
            : null;
    }

    private static MigrationException Denied(string message, Advice nextStep, SqliteFailure failure) =>
        new(ErrorId.PermissionDenied, $"{message} [{failure.CodeText}]", nextStep, failure);

    private static bool CanRead(string path)
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
