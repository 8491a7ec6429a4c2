using Migrations.Databases;
using Migrations.Events;
using Migrations.Folders;

namespace Migrations.Sqlite;

/// <summary>The file of a copy's target, with the errors for people.</summary>
internal static class SqliteTargetFile
{
    /// <summary>Demands a place where a file can be.</summary>
    public static void Demand(DatabaseTarget target)
    {
        if (SqliteTarget.IsMemory(target))
            throw new MigrationException(
                ErrorId.UsageInvalid,
                "A database in memory (:memory:) is gone when the command ends, so nothing can be copied into it.",
                "Name a database file."
            );
        DatabasePlace.Check(target, SessionAccess.Create);
    }

    /// <summary>Makes the file that is filled beside its place.</summary>
    public static SqliteNewFile Create(DatabaseTarget target)
    {
        try
        {
            return SqliteNewFile.Create(RealPath.Of(SqliteTarget.PathOf(target)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MigrationException(
                ErrorId.PermissionDenied,
                $"The database '{target.Display}' cannot be created: {e.Message}",
                "Let this user write in the folder, or name another one.",
                e
            );
        }
    }

    /// <summary>Gives it its name. Its connection is closed.</summary>
    public static void Publish(SqliteNewFile file, DatabaseTarget target)
    {
        try
        {
            file.Publish();
        }
        catch (IOException e)
        {
            throw new MigrationException(
                ErrorId.DiskFailed,
                $"'{target.Display}' could not be put in its place: {e.Message}",
                "If another program has created a file of this name, choose another; or check the disk. Then run the command again.",
                e
            );
        }
    }

    /// <summary>Removes it, unless it has its name.</summary>
    public static void Remove(SqliteNewFile? file, DatabaseTarget target, IEventSink events)
    {
        try
        {
            file?.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            events.Publish(
                new WarningRaised($"A file that the copy had begun beside '{target.Display}' could not be deleted: {e.Message}")
            );
        }
    }
}
