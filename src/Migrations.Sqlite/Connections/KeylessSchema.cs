using Migrations.Sqlite.Native;

namespace Migrations.Sqlite;

/// <summary>
/// Remembers at which version of the schema <c>main</c> it had no foreign keys, so that many small steps need not search all of it twice
/// each (<see href="https://sqlite.org/pragma.html#pragma_schema_version"/>).
/// </summary>
internal sealed class KeylessSchema(SqliteHandle handle)
{
    /// <summary>The schema that is remembered.</summary>
    public const string Schema = "main";

    private long? _version;

    /// <summary>Whether the schema as it is now is known to have no foreign keys.</summary>
    public bool IsKnown => _version is not null && _version == Read();

    /// <summary>The schema as it is now has none.</summary>
    public void Note() => _version = Read();

    /// <summary>A rollback gives versions back, which then may stand for another schema.</summary>
    public void Forget() => _version = null;

    private long? Read() => handle.QueryInt64("PRAGMA main.schema_version");
}
