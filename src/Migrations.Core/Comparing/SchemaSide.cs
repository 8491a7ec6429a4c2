using Migrations.Databases;

namespace Migrations.Comparing;

/// <summary>Something that has a schema, to be compared. A closed set.</summary>
public abstract record SchemaSide
{
    private protected SchemaSide() { }
}

/// <summary>A database.</summary>
/// <param name="Target">The database.</param>
public sealed record DatabaseSide(DatabaseTarget Target) : SchemaSide;

/// <summary>A file of SQL that makes a whole schema.</summary>
/// <param name="File">The file's path.</param>
public sealed record FileSide(string File) : SchemaSide;

/// <summary>A migration folder: what all its migrations make in an empty database.</summary>
/// <param name="Folder">The folder's path.</param>
public sealed record FolderSide(string Folder) : SchemaSide;

/// <summary>A backup.</summary>
/// <param name="Backup">The backup, not compressed.</param>
public sealed record BackupSide(BackupSource Backup) : SchemaSide;
