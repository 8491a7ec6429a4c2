namespace Migrations;

/// <summary>What a backup is written as.</summary>
public enum BackupFormat
{
    /// <summary>The engine's own: a database file (SQLite), a custom archive of <c>pg_dump</c> (PostgreSQL).</summary>
    Native,

    /// <summary>A folder that several jobs write and read at once (PostgreSQL).</summary>
    Directory,

    /// <summary>A script of SQL statements.</summary>
    Sql,
}
