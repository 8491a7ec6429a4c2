namespace Migrations.Sqlite;

/// <summary>What a restore has just done; a process that is killed there must leave a database that is as before or as after.</summary>
internal enum RestoreStep
{
    Locked,
    Kept,
    Copied,
    NewWritten,
    JournalMoved,
    Renamed,
}
