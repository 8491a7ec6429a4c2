namespace Migrations.Sqlite;

/// <summary>The database engine, as messages, snapshots and journals name it.</summary>
internal static class SqliteEngine
{
    public const string Name = "SQLite";
}
