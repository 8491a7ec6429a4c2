namespace Migrations.Sqlite.Native;

/// <summary>How SQLite stores a value (<see href="https://sqlite.org/datatype3.html"/>).</summary>
internal enum SqliteType
{
    Integer = 1,
    Real = 2,
    Text = 3,
    Blob = 4,
    Null = 5,
}
